/** C11: a definer function finds its tables by the caller's search path. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { withSql, type Rule } from '../rule.ts'
import { definerFunctions, functionSql } from './views.ts'

/** The rule. */
export const c11: Rule = {
  id: 'C11',
  title: "A definer function can be made to read the caller's own tables",
  severities: withSql('critical'),
  explanation:
    "Without a search path of its own, unqualified names mean what the caller's path says, pg_temp first of all.",
  source: 'PostgreSQL documentation, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely"',
  shownBy: 'catalogue',
  find: (subject) =>
    definerFunctions(subject)
      .filter(
        ({ called }) => !called.settings.some((setting) => setting.startsWith('search_path=')),
      )
      .map(({ called, roles }) => ({
        object: nameOf(called),
        oid: called.oid,
        roles,
        detail: 'SECURITY DEFINER without a search path of its own',
        fix:
          `ALTER ${functionSql(called)} SET search_path = pg_catalog, pg_temp;\n-- and ` +
          'qualify what it takes from other schemas.',
      })),
}
