/** B25: a function that reads the context is declared IMMUTABLE. */
import { nameOf, type DatabaseFunction } from '../../catalogue/catalogue.ts'
import { qualified } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'

const readsContext = /current_setting|current_user|session_user|\bauth\.|\bfrom\s+[\w".]+/i

/** The rule. */
export const b25: Rule = {
  id: 'B25',
  title: "A prepared plan keeps the first tenant's context",
  severities: always('critical'),
  explanation:
    'PostgreSQL computes an IMMUTABLE function once, when it plans. A prepared statement, or a ' +
    "query in a function, then serves the first tenant's rows to the next.",
  source: 'PostgreSQL documentation, "Function Volatility Categories"',
  shownBy: 'catalogue',
  find({ model, lookup }) {
    const used = new Map<number, { readonly called: DatabaseFunction; readonly tables: string[] }>()
    for (const { relation, using, check } of model.policies) {
      for (const called of [using, check].flatMap((each) => each?.lineage.functions ?? [])) {
        if (
          called.volatility !== 'i' ||
          !readsContext.test(
            called.source + (called.source.trim() === '' ? (called.definition ?? '') : ''),
          )
        )
          continue
        const entry = used.get(called.oid) ?? { called, tables: [] }
        if (!entry.tables.includes(nameOf(relation))) entry.tables.push(nameOf(relation))
        used.set(called.oid, entry)
      }
    }
    return [...used.values()].flatMap(({ called, tables }) =>
      tables.map((table) => ({
        object: table,
        oid: lookup.catalogue.relations.find((relation) => nameOf(relation) === table)?.oid ?? null,
        detail:
          `its policy calls ${nameOf(called)}(${called.identityArguments}), which is ` +
          'IMMUTABLE and reads the session',
        fix: `ALTER FUNCTION ${qualified(called)}(${called.identityArguments}) STABLE;`,
      })),
    )
  },
}
