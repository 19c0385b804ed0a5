/** B31: a helper of a policy finds its functions by the caller's search path. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { qualified } from '../../sql/quote.ts'
import { withSql, type Rule } from '../rule.ts'

/** The rule. */
export const b31: Rule = {
  id: 'B31',
  title: "A policy's function can be made to call the tenant's own",
  severities: withSql('critical'),
  explanation:
    "Without a search path of its own, names in the function mean what the caller's path says; " +
    'a schema before pg_catalog can answer for current_setting.',
  source: 'PostgreSQL documentation, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely"',
  shownBy: 'catalogue',
  find({ model }) {
    const used = new Map(
      model.policies
        .flatMap(({ using, check }) => [using, check])
        .flatMap((each) => each?.lineage.functions ?? [])
        .map((called) => [called.oid, called]),
    )
    return [...used.values()]
      .filter(
        ({ settings, source }) =>
          !settings.some((each) => each.startsWith('search_path=')) && source.trim() !== '',
      )
      .map((called) => ({
        object: nameOf(called),
        oid: null,
        detail: 'a policy calls it, and it has no search path of its own',
        fix:
          `ALTER FUNCTION ${qualified(called)}(${called.identityArguments}) SET search_path ` +
          '= pg_catalog, pg_temp;\n-- and qualify what it takes from other schemas.',
      }))
  },
}
