/** B03: a second way in that does not ask for the tenant. */
import type { Rule } from '../rule.ts'
import { policyHit, usingBranches } from '../support.ts'
import { isLiteralTenant, isSharing } from './shapes.ts'

/**
 * The rule. Rows that are shared by a flag, for reading, are reported as low: that may be what is
 * meant.
 */
export const b03: Rule = {
  id: 'B03',
  title: 'A further condition opens rows of other tenants',
  severities: { M1: 'critical', M2: 'critical', M3: 'critical' },
  explanation: 'Permissive policies, and branches of an OR, add up: the widest one decides.',
  source: 'PostgreSQL documentation, CREATE POLICY, "Application of Multiple Policies"',
  shownBy: ['read', 'update', 'delete'],
  find: (subject) =>
    usingBranches(subject)
      .filter(
        ({ branch, alone, judged }) =>
          branch.vector === 'B03' && !alone && !isLiteralTenant(subject, judged, branch),
      )
      .map((found) => {
        const meant = isSharing(found.branch) && found.commands.every((command) => command === 'r')
        return {
          ...policyHit(
            subject,
            found,
            meant ? 'rows are shared on purpose, it seems: say so in the allow list' : '',
          ),
          ...(meant ? { severities: { M1: 'low', M2: 'low', M3: 'low' } as const } : {}),
        }
      }),
}
