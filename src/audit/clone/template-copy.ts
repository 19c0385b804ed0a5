/**
 * A copy of the database on its own server, made only when that is asked for: it holds the rows too. It is cut off before anything is
 * probed: no user mapping, no subscription, no foreign server that leads anywhere, no trigger that reaches out.
 */
import pg from 'pg'
import { messageOf, TenantbenchError } from '../../base/errors.ts'
import { newSuffix } from '../../base/random.ts'
import { openDatabase, sqlState, type Database } from '../../db/pool.ts'
import type { Lookup } from '../sql/lookup.ts'
import { qualified, quoted } from '../sql/quote.ts'
import { reachesOut } from './reaching-out.ts'

/** The copy. `url` is a secret. It is dropped when it is disposed of. */
export interface TemplateCopy extends AsyncDisposable {
  readonly url: string
}

/** Copies. Throws TB_DATABASE_RIGHTS when the user is no superuser or somebody is connected; nobody's session is ended. */
export async function makeTemplateCopy(databaseUrl: string, lookup: Lookup): Promise<TemplateCopy> {
  const original = new URL(databaseUrl)
  const name = `tenantbench_copy_${newSuffix()}`
  const maintenance = new URL(databaseUrl)
  maintenance.pathname = '/postgres'
  const copy = new URL(databaseUrl)
  copy.pathname = `/${name}`
  const admin = openDatabase({ connectionString: maintenance.href, maxConnections: 1, applicationName: 'tenantbench audit' })
  try {
    await requireSuperuser(admin)
    await admin.query(`create database ${quoted(name)} template ${quoted(decodeURIComponent(original.pathname.slice(1)))}`)
  } catch (error) {
    await admin.close()
    const reason = sqlState(error) === '55006' ? 'Other sessions are connected to it, and they are not ended' : messageOf(error)
    throw error instanceof TenantbenchError ? error : new TenantbenchError('TB_DATABASE_RIGHTS', { detail: `The database cannot be copied: ${reason}.`, cause: error })
  }
  const drop = async (): Promise<void> => {
    await admin.query(`drop database if exists ${quoted(name)} with (force)`).finally(() => admin.close())
  }
  try {
    await cutOff(copy.href, lookup)
    return { url: copy.href, [Symbol.asyncDispose]: drop }
  } catch (error) {
    await drop()
    throw error
  }
}

async function requireSuperuser(admin: Database): Promise<void> {
  const { rows } = await admin.query<{ super: boolean }>('select rolsuper as super from pg_roles where rolname = current_user')
  if (rows[0]?.super !== true) throw new TenantbenchError('TB_DATABASE_RIGHTS', { detail: '--probe template needs a superuser: to copy the database, and to act as its roles in the copy.' })
}

async function cutOff(url: string, lookup: Lookup): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'tenantbench audit' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows: mappings } = await client.query<{ usename: string | null; srvname: string }>('select case when umuser = 0 then null else usename end as usename, srvname from pg_user_mappings')
    for (const { usename, srvname } of mappings) await client.query(`drop user mapping if exists for ${usename === null ? 'public' : quoted(usename)} server ${quoted(srvname)}`)
    // Foreign tables would be read and written elsewhere: with their servers they go from the copy altogether.
    for (const { name } of lookup.catalogue.servers) await client.query(`drop server if exists ${quoted(name)} cascade`)
    const { rows: subscriptions } = await client.query<{ subname: string }>('select subname from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())')
    for (const { subname } of subscriptions) await client.query(`alter subscription ${quoted(subname)} disable; alter subscription ${quoted(subname)} set (slot_name = none); drop subscription ${quoted(subname)}`)
    for (const { table, name, function: oid } of lookup.catalogue.triggers) {
      const [relation, called] = [lookup.relation(table), lookup.function(oid)]
      if (relation !== null && called !== null && reachesOut(called, lookup) !== null) await client.query(`alter table ${qualified(relation)} disable trigger ${quoted(name)}`)
    }
    for (const name of lookup.catalogue.eventTriggers) await client.query(`alter event trigger ${quoted(name)} disable`)
  } finally {
    await client.end().catch(() => undefined)
  }
}
