/** C09: a function gives the rows of whichever tenant it is asked for. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { comment, quoted } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { setsSomething } from './context-setters.ts'
import { definerFunctions, functionSql, looksPastPolicies, showsTenants } from './views.ts'

/** The rule. */
export const c09: Rule = {
  id: 'C09',
  title: 'A function gives the rows of whichever tenant it is asked for',
  severities: always('critical'),
  explanation:
    'The function takes the tenant, or the id of a row, as an argument and looks with the rights of its owner.',
  source: 'PostgreSQL documentation, CREATE FUNCTION, SECURITY DEFINER',
  shownBy: ['call-with-key'],
  find: (subject) =>
    definerFunctions(subject)
      .filter(
        ({ called, tables }) =>
          showsTenants(subject, tables) &&
          called.argumentTypes.length > 0 &&
          tables.some((table) => looksPastPolicies(subject, called.owner, table)) &&
          !setsSomething(called.source),
      )
      .map(({ called, roles }) => ({
        object: nameOf(called),
        oid: called.oid,
        roles,
        detail: `it runs as ${called.owner} and takes (${called.identityArguments})`,
        fix:
          `REVOKE EXECUTE ON ${functionSql(called)} FROM PUBLIC, ` +
          `${[...new Set(subject.sessions.map(({ role }) => role))].map(quoted).join(', ')};\n` +
          `${comment(`or ALTER ${functionSql(called)} SECURITY INVOKER;`)}`,
      })),
}
