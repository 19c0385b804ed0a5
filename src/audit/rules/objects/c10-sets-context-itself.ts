/** C10: a function takes the tenant as an argument and becomes it. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { comment, quoted } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { setsSomething } from './context-setters.ts'
import { definerFunctions, functionSql, showsTenants } from './views.ts'

/** The rule. */
export const c10: Rule = {
  id: 'C10',
  title: 'A function takes the tenant as an argument and becomes it',
  severities: always('critical'),
  explanation:
    'It sets the context from its argument and reads: the caller gets the other tenant, and stays in its context.',
  source: 'PostgreSQL documentation, CREATE FUNCTION, SECURITY DEFINER',
  shownBy: ['call', 'call-with-key', 'call-sets-context'],
  find: (subject) =>
    definerFunctions(subject)
      .filter(({ called, tables }) => showsTenants(subject, tables) && setsSomething(called.source))
      .map(({ called, roles }) => ({
        object: nameOf(called),
        oid: called.oid,
        roles,
        detail: `it sets the context and runs as ${called.owner}`,
        fix:
          `REVOKE EXECUTE ON ${functionSql(called)} FROM PUBLIC, ` +
          `${[...new Set(subject.sessions.map(({ role }) => role))].map(quoted).join(', ')};\n` +
          `${comment(`or ALTER ${functionSql(called)} SECURITY INVOKER;`)}`,
      })),
}
