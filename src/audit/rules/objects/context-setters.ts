/** Text that reads or sets the session's state. */
import type { Lookup } from '../../sql/lookup.ts'
import { rowScope, selectLineage } from '../../sql/lineage.ts'
import { parseStatements } from '../../sql/parse.ts'
import { comparisonsIn } from '../../sql/comparisons.ts'

/** Whether a query compares something with the session. */
export function settableContext(query: string, lookup: Lookup): boolean {
  return parseStatements(query).some((statement) => {
    const sources = [
      ...selectLineage(statement, rowScope(lookup, null)).sources,
      ...comparisonsIn(statement, rowScope(lookup, null)).flatMap(({ left, right }) => [
        ...left.sources,
        ...right.sources,
      ]),
    ]
    return sources.length > 0
  })
}

/** Whether a body sets a setting, by function or by SET. */
export function setsSomething(source: string): boolean {
  return (
    /\bset_config\s*\(/i.test(source) ||
    /\bset\s+(local\s+|session\s+)?["\w]+\.["\w]+\s*(=|to)\b/i.test(source)
  )
}
