/** C22: functions that a tenant's role owns run in privileged maintenance. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { qualified } from '../../sql/quote.ts'
import { withSql, type Rule } from '../rule.ts'
import { loginsOf } from '../support.ts'

/**
 * The rule: functions in indexes, policies, defaults or triggers that a tenant's session may
 * replace.
 */
export const c22: Rule = {
  id: 'C22',
  title: "A tenant's session can replace a function that others run",
  severities: withSql('high'),
  explanation:
    'Its owner may put anything into it; policies, indexes and triggers then run it for other ' +
    'tenants, and for the superuser in ANALYZE or pg_dump.',
  source: 'PostgreSQL documentation, CREATE FUNCTION; CVE-2018-1058',
  shownBy: 'catalogue',
  find({ lookup, model, sessions, privileges }) {
    const inPolicies = new Set(
      model.policies
        .flatMap(({ using, check }) => [using, check])
        .flatMap((each) => each?.lineage.functions ?? [])
        .map(({ oid }) => oid),
    )
    const inTriggers = new Set(lookup.catalogue.triggers.map(({ function: oid }) => oid))
    const isIndexed = (name: string): boolean =>
      lookup.catalogue.indexes.some(({ definition }) =>
        new RegExp(`\\b${name.replace(/[^\w]/g, '.')}"?\\(`).test(definition),
      )
    return lookup.catalogue.functions
      .filter(({ oid, name }) => inPolicies.has(oid) || inTriggers.has(oid) || isIndexed(name))
      .flatMap((called) => {
        const owners = sessions.filter(({ role }) => privileges.owns(role, called.owner))
        return owners.length === 0
          ? []
          : [
              {
                object: nameOf(called),
                oid: null,
                roles: loginsOf(owners),
                detail: `${loginsOf(owners).join(', ')} acts as its owner`,
                fix: `ALTER FUNCTION ${qualified(called)}(${called.identityArguments}) OWNER TO a_role_without_login;`,
              },
            ]
      })
  },
}
