/** B01w: a policy that is always true lets every tenant change or delete every row. */
import { always, type Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'

/** The rule. */
export const b01w: Rule = {
  id: 'B01w',
  title: 'A policy that is always true lets every tenant change or delete every row',
  severities: always('critical'),
  explanation:
    'UPDATE and DELETE that read no column are judged by their own policies only; a SELECT ' +
    'policy does not stand in the way.',
  source: 'PostgreSQL documentation, "Row Security Policies"',
  shownBy: ['update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(
        ({ judged, branch, commands, expression }) =>
          (commands.includes('w') || commands.includes('d')) &&
          branch.vector === 'B01' &&
          expression.branches.length === 1 &&
          judged.policy.command !== 'r',
      )
      .map((found) => policyHit(subject, found)),
}
