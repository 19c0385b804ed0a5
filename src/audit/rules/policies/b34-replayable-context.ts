/** B34: a signed context that never runs out. */
import { nameOf } from '../../catalogue/catalogue.ts'
import type { Rule } from '../rule.ts'

/** The rule: a signature is verified, and no time is looked at. */
export const b34: Rule = {
  id: 'B34',
  title: 'A signed context can be used again, at any time and by any session',
  severities: { M1: 'low', M2: 'low', M3: 'medium' },
  explanation:
    'The signature proves who made the context, not when or for which session; whoever has seen one has it for good.',
  source: 'RFC 7519 section 4.1.4 on expiration',
  shownBy: 'unprobed',
  find: ({ model }) =>
    model.policies.flatMap(({ relation, using, policy }) => {
      const text =
        (using?.text ?? '') +
        (using?.lineage.functions ?? []).map(({ source }) => source).join('\n')
      const signed = /\b(hmac|crypt|digest|md5|sha\d+|verify)\s*\(/i.test(text)
      return using !== null &&
        signed &&
        !/\b(now|clock_timestamp|current_timestamp|expires|exp|pg_backend_pid)\b/i.test(text)
        ? [
            {
              object: nameOf(relation),
              oid: null,
              detail: `policy "${policy.name}" verifies a signature without an expiry`,
              fix: '-- Sign an expiry and the session (pg_backend_pid) with the tenant, and compare both.',
            },
          ]
        : []
    }),
}
