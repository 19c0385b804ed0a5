/**
 * Channels that every database with shared tables has: they are told once, where some tenant's
 * session reaches such a table.
 */
import type { Hit, RuleSubject } from '../rule.ts'
import { sessionsWith, tenantTables } from '../support.ts'

/** One hit for the database, or none where tenants reach no protected table. */
export function channel(
  subject: RuleSubject,
  { detail, fix }: { readonly detail: string; readonly fix: string },
): readonly Hit[] {
  const tables = new Set([
    ...tenantTables(subject),
    ...subject.model.policies.map(({ relation }) => relation),
  ])
  const reached = [...tables].filter(
    (relation) => relation.rowSecurity && sessionsWith(subject, relation, ['SELECT']).length > 0,
  )
  return reached.length === 0
    ? []
    : [
        {
          object: `database ${subject.lookup.catalogue.database.name}`,
          oid: null,
          detail: `${detail} (${reached.length} table${reached.length === 1 ? '' : 's'})`,
          fix,
        },
      ]
}
