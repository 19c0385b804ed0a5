/** Privileges on whole tables, to which row security does not apply. */
import { nameOf } from '../../catalogue/catalogue.ts'
import type { TablePrivilege } from '../../reach/privileges.ts'
import { qualified, quoted } from '../../sql/quote.ts'
import type { Hit, RuleSubject } from '../rule.ts'
import { loginsOf, tenantTables } from '../support.ts'

/**
 * Tables of tenants on which some tenant's session that does not own them holds one of the
 * privileges.
 */
export function wholeTableHits(
  subject: RuleSubject,
  wanted: readonly TablePrivilege[],
): readonly Hit[] {
  return tenantTables(subject).flatMap((relation) => {
    const holders = subject.sessions.filter(
      ({ role }) =>
        !subject.privileges.owns(role, relation.owner) &&
        wanted.some((privilege) => subject.privileges.onTable(role, relation, privilege)),
    )
    const held = wanted.filter((privilege) =>
      holders.some(({ role }) => subject.privileges.onTable(role, relation, privilege)),
    )
    if (holders.length === 0) return []
    const grantees = new Set(
      relation.grants
        .filter(({ privilege }) => held.some((each) => each === privilege))
        .map(({ grantee }) => grantee),
    )
    grantees.delete(relation.owner)
    const from = [...grantees].map((role) => (role === null ? 'PUBLIC' : quoted(role))).join(', ')
    return [
      {
        object: nameOf(relation),
        oid: relation.oid,
        roles: loginsOf(holders),
        detail: `${loginsOf(holders).join(', ')} holds ${held.join(', ')}`,
        shows: held[0] === 'TRUNCATE' ? `TRUNCATE ${qualified(relation)};` : '',
        fix: `REVOKE ${held.join(', ')} ON ${qualified(relation)} FROM ${from};`,
      },
    ]
  })
}
