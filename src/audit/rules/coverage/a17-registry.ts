/** A17: the list of tenants can be read by each of them. */
import { always, type Rule } from '../rule.ts'
import { unprotectedHits } from './unprotected.ts'

/** The rule. */
export const a17: Rule = {
  id: 'A17',
  title: 'The list of tenants can be read by each of them',
  severities: always('medium'),
  explanation: 'Names and plans of all customers are customer data too.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read', 'join', 'insert', 'update', 'move', 'delete'],
  find: (subject) => unprotectedHits(subject, 'A17'),
}
