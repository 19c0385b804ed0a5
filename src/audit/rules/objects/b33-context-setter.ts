/** B33: anybody can have a protected context made for any tenant. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { quoted } from '../../sql/quote.ts'
import type { Rule, RuleSubject } from '../rule.ts'
import { setsSomething } from './context-setters.ts'
import { definerFunctions, functionSql, showsTenants } from './views.ts'

/**
 * Whether the tenant's key itself is the context: then any session may set it anyway. A session id
 * that is looked up is another matter.
 */
function isPlain({ model }: RuleSubject): boolean {
  return model.sessionColumns.some(
    ({ use, looksUp }) =>
      looksUp.length === 0 &&
      use.relation.rowSecurity &&
      model.tables.get(use.relation.oid)?.decides !== true,
  )
}

/**
 * The rule: a definer function that sets the context, shown by calling it with another tenant's key
 * and junk beside it.
 */
export const b33: Rule = {
  id: 'B33',
  title: 'A function makes the caller any tenant it names',
  severities: { M1: 'medium', M2: 'critical', M3: 'critical' },
  explanation:
    'The function that is to verify a tenant sets the context without doing so. With no ' +
    "argument beside the tenant's key there is nothing to verify at all.",
  source: 'PostgreSQL documentation, CREATE FUNCTION, SECURITY DEFINER',
  shownBy: ['call-sets-context'],
  find: (subject) =>
    definerFunctions(subject)
      .filter(
        ({ called, tables }) =>
          setsSomething(called.source) &&
          !showsTenants(
            subject,
            tables.filter(({ oid }) => subject.model.tables.get(oid)?.decides !== true),
          ) &&
          called.argumentTypes.length > 0,
      )
      .map(({ called, roles }) => ({
        object: nameOf(called),
        oid: called.oid,
        roles,
        detail: `it sets the context from (${called.identityArguments})`,
        fix:
          `REVOKE EXECUTE ON ${functionSql(called)} FROM PUBLIC, ` +
          `${[...new Set(subject.sessions.map(({ role }) => role))].map(quoted).join(', ')};\n-- ` +
          'or verify the secret before the context is set.',
        // One argument, no secret: it is the application's own way to say which tenant it works
        // for.
        ...(called.argumentTypes.length < 2 && isPlain(subject)
          ? { severities: { M1: 'info', M2: 'low', M3: 'high' } as const }
          : {}),
      })),
}
