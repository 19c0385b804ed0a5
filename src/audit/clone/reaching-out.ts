/**
 * Functions that could touch something outside the database: other servers, files, programs. They
 * are never called.
 */
import type { DatabaseFunction } from '../catalogue/catalogue.ts'
import type { Lookup } from '../sql/lookup.ts'

const reaching: readonly (readonly [RegExp, string])[] = [
  [/\bdblink\w*\s*\(/i, 'it uses dblink'],
  [/\bpostgres_fdw\w*/i, 'it uses postgres_fdw'],
  [
    /\b(http|http_get|http_post|http_put|http_delete|http_request|net\.http_\w+)\s*\(/i,
    'it makes HTTP requests',
  ],
  [
    /\bcopy\b[\s\S]{0,400}\b(program|to\s+'|from\s+'|to\s+stdout)/i,
    'it copies from or to files or programs',
  ],
  [/\bexecute\b[\s\S]{0,200}\bcopy\b/i, 'it copies from or to files or programs'],
  [
    /\b(pg_read_file|pg_read_binary_file|pg_ls_dir|pg_stat_file|pg_write_server_files|lo_import|lo_export|pg_file_\w+)\s*\(/i,
    'it reads or writes files of the server',
  ],
  [/\baws_(s3|lambda)\./i, 'it calls a cloud service'],
  [
    /\b(pg_terminate_backend|pg_cancel_backend|pg_reload_conf|pg_rotate_logfile)\s*\(/i,
    'it acts on other sessions of the server',
  ],
  [/\balter\s+system\b/i, 'it changes the server'],
]

/**
 * Why a function, or one that it calls, or a foreign table that it uses, reaches out; null when it
 * does not.
 */
export function reachesOut(
  called: DatabaseFunction,
  lookup: Lookup,
  seen: ReadonlySet<number> = new Set(),
): string | null {
  if (seen.has(called.oid)) return null
  if (!called.trustedLanguage) return `it is written in ${called.language}`
  const text = `${called.source}\n${called.definition ?? ''}`
  const own = reaching.find(([pattern]) => pattern.test(text))
  if (own !== undefined) return own[1]
  const foreign = lookup.catalogue.relations.find(
    ({ kind, name }) =>
      kind === 'f' && new RegExp(`\\b${name.replace(/[^\w]/g, '.')}\\b`).test(text),
  )
  if (foreign !== undefined) return `it uses the foreign table ${foreign.name}`
  const deeper = new Set([...seen, called.oid])
  for (const inner of lookup.catalogue.functions) {
    if (
      inner.oid === called.oid ||
      !new RegExp(`\\b${inner.name.replace(/[^\w]/g, '.')}\\b`).test(text)
    )
      continue
    const why = reachesOut(inner, lookup, deeper)
    if (why !== null) return `it uses ${inner.name}, and ${why}`
  }
  return null
}
