/** B01: a policy that is always true lets every tenant read every row. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'
import { isDirectory } from './shapes.ts'

/** The rule. */
export const b01: Rule = {
  id: 'B01',
  title: 'A policy that is always true lets every tenant read every row',
  severities: always('critical'),
  explanation: 'A permissive policy without a condition is as good as none for the roles it names.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['read'],
  find: (subject) =>
    usingBranches(subject)
      .filter(
        ({ judged, branch, commands, expression }) =>
          commands.includes('r') &&
          branch.vector === 'B01' &&
          expression.branches.length === 1 &&
          !isDirectory(subject, judged),
      )
      .map((found) => policyHit(subject, found)),
}
