/** C08: a function shows or changes rows of all tenants, with the rights of its owner. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { comment, quoted } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { setsSomething } from './context-setters.ts'
import { definerFunctions, functionSql, looksPastPolicies, showsTenants } from './views.ts'

/** The rule. */
export const c08: Rule = {
  id: 'C08',
  title: 'A function shows or changes rows of all tenants, with the rights of its owner',
  severities: always('critical'),
  explanation:
    'SECURITY DEFINER runs as the owner; where policies do not apply to the owner, the ' +
    'function is a way around them, and PUBLIC may execute it unless that is revoked.',
  source: 'PostgreSQL documentation, CREATE FUNCTION, SECURITY DEFINER',
  shownBy: ['call', 'side-write'],
  find: (subject) =>
    definerFunctions(subject)
      .filter(
        ({ called, tables }) =>
          showsTenants(subject, tables) &&
          tables.some((table) => looksPastPolicies(subject, called.owner, table)) &&
          !setsSomething(called.source),
      )
      .map(({ called, roles }) => ({
        object: nameOf(called),
        oid: called.oid,
        roles,
        detail: `it runs as ${called.owner}`,
        fix:
          `REVOKE EXECUTE ON ${functionSql(called)} FROM PUBLIC, ` +
          `${[...new Set(subject.sessions.map(({ role }) => role))].map(quoted).join(', ')};\n` +
          `${comment(`or ALTER ${functionSql(called)} SECURITY INVOKER;`)}`,
      })),
}
