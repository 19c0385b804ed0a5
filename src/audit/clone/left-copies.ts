/**
 * What an audit that was killed left on a user's server. A copy's name begins everything that
 * belongs to it, and its audit holds an advisory lock on the name for as long as it lives: what
 * nobody holds is nobody's any more.
 */
import { literal, quoted } from '../sql/quote.ts'
import type { Superuser } from './server.ts'

/** How the name of every copy begins. */
export const copyPrefix = 'tenantbench_copy_'
const copyName = /^tenantbench_copy_[0-9a-f]{10}(?=$|_)/

/** Takes or tries the lock on a copy's name, in the database where the audit's own session is. */
export function lockSql(
  call: 'pg_advisory_lock' | 'pg_try_advisory_lock' | 'pg_advisory_unlock',
  copy: string,
): string {
  return `select pg_catalog.${call}(pg_catalog.hashtextextended(${literal(copy)}, 0))`
}

/**
 * Drops databases and logins of copies whose audit is gone. What bears another name is not looked
 * at.
 */
export async function clearLeftCopies(admin: Superuser): Promise<void> {
  const databases = await namesIn(admin, 'select datname from pg_catalog.pg_database')
  const roles = await namesIn(admin, 'select rolname from pg_catalog.pg_roles')
  for (const copy of new Set(
    [...databases, ...roles].map((name) => copyName.exec(name)?.[0] ?? ''),
  )) {
    if (copy === '') continue
    const [[isOurs] = []] = await admin.run(lockSql('pg_try_advisory_lock', copy))
    if (isOurs !== true) continue
    const belongs = (name: string): boolean => copyName.exec(name)?.[0] === copy
    for (const name of databases.filter(belongs))
      await admin.run(`drop database if exists ${quoted(name)} with (force)`)
    for (const name of roles.filter(belongs)) await admin.run(`drop role if exists ${quoted(name)}`)
    await admin.run(lockSql('pg_advisory_unlock', copy))
  }
}

async function namesIn(admin: Superuser, sql: string): Promise<readonly string[]> {
  const rows = await admin.run(sql)
  return rows.map(([name]) => String(name)).filter((name) => name.startsWith(copyPrefix))
}
