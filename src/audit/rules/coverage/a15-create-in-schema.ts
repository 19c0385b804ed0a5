/** A15: tenants may create objects in a schema that others' queries look into. */
import { quoted } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { loginsOf } from '../support.ts'

/** The rule. */
export const a15: Rule = {
  id: 'A15',
  title: "A tenant's session can create objects in a schema that others use",
  severities: always('medium'),
  explanation:
    'A function or table of the right name in a schema of the search path is called or read in place of the real one.',
  source: 'PostgreSQL documentation, "Schemas and Privileges"; CVE-2018-1058',
  shownBy: 'catalogue',
  find: ({ lookup, sessions, privileges }) =>
    lookup.catalogue.schemas.flatMap(({ name, owner, grants }) => {
      const creators = sessions.filter(
        ({ role }) =>
          !privileges.owns(role, owner) &&
          privileges.onSchema(role, name, 'CREATE') &&
          privileges.onSchema(role, name, 'USAGE'),
      )
      if (creators.length === 0) return []
      const from = grants
        .filter(({ privilege, grantee }) => privilege === 'CREATE' && grantee !== owner)
        .map(({ grantee }) => (grantee === null ? 'PUBLIC' : quoted(grantee)))
      return [
        {
          object: `schema ${name}`,
          oid: null,
          roles: loginsOf(creators),
          detail: `${loginsOf(creators).join(', ')} may create in schema ${name}`,
          fix: `REVOKE CREATE ON SCHEMA ${quoted(name)} FROM ${from.join(', ')};`,
        },
      ]
    }),
}
