/** B32: a function of the database's own is called leakproof. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { qualified } from '../../sql/quote.ts'
import type { Rule } from '../rule.ts'

/** The rule. */
export const b32: Rule = {
  id: 'B32',
  title: 'A function that runs before the policies can tell what it saw',
  severities: { M1: 'low', M2: 'high', M3: 'high' },
  explanation:
    'LEAKPROOF lets the planner run the function on rows that the policy would drop; a notice ' +
    'or an error in it shows them.',
  source: 'PostgreSQL documentation, CREATE FUNCTION, LEAKPROOF',
  shownBy: 'catalogue',
  find: ({ lookup }) =>
    lookup.catalogue.functions
      .filter(({ leakproof }) => leakproof)
      .map((called) => ({
        object: nameOf(called),
        oid: null,
        detail: `${nameOf(called)}(${called.identityArguments}) is marked LEAKPROOF`,
        fix: `ALTER FUNCTION ${qualified(called)}(${called.identityArguments}) NOT LEAKPROOF;`,
      })),
}
