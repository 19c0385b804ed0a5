/**
 * What only matters when a tenant can run SQL: a context that is a plain setting is whatever the
 * session says it is.
 */
import type { Finding } from '../../base/finding.ts'
import type { RuleSubject } from '../rules/rule.ts'

/**
 * The finding under M3, or none: where the key itself is the setting, any session may set another
 * one.
 */
export function plainContextFinding({ model, lookup, sessions }: RuleSubject): readonly Finding[] {
  const direct = model.sessionColumns.find(
    ({ use, looksUp, sources }) =>
      looksUp.length === 0 &&
      use.relation.rowSecurity &&
      sources.every(({ setting }) => setting !== 'role'),
  )
  const source = direct?.sources[0]
  if (direct === undefined || source === undefined || sessions.length === 0) return []
  const object = `database ${lookup.catalogue.database.name}`
  return [
    {
      key: 'B07-plain-context',
      vector: 'B07',
      title: 'The context is a plain setting, and whoever can run SQL can set it',
      severity: 'critical',
      severities: { M1: 'info', M2: 'info', M3: 'critical' },
      status: 'proven',
      object,
      roles: [...new Set(sessions.map(({ login }) => login))],
      witness:
        `policies compare columns with ${source.setting}, which any role may set\nselect ` +
        `set_config('${source.setting.replaceAll("'", "''")}', 'another tenant', false);`,
      fix:
        '-- Give each tenant a role of its own, or sign the context and verify it in a ' +
        'SECURITY DEFINER function with an expiry.',
      explanation:
        'Custom settings have no privileges. Row security by a setting protects against ' +
        "forgotten filters and against values, not against SQL of the tenant's own.",
      fixCheck: null,
      reason: null,
    },
  ]
}
