/** Making a clone: a database of its own on a throw-away server of the same major version, with structure and nothing else. */
import { messageOf } from '../../base/errors.ts'
import type { Abstention } from '../../base/finding.ts'
import type { Queryable } from '../../db/pool.ts'
import type { Lookup } from '../sql/lookup.ts'
import { reachingExtensions, rolePieces, structurePieces, type Piece } from './ddl.ts'

/** What could not be made again. */
export interface BuildReport {
  readonly abstained: readonly Abstention[]
}

/** Makes roles and structure over a connection of the throw-away server's superuser to the clone's database. */
export async function buildClone(client: Queryable, lookup: Lookup): Promise<BuildReport> {
  const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles')
  const roles = await runAll(client, rolePieces({ ...lookup.catalogue, database: { ...lookup.catalogue.database, name: await databaseName(client) } }, new Set(rows.map(({ rolname }) => rolname))))
  await client.query('set check_function_bodies to off')
  await client.query("set search_path to ''")
  await client.query('set client_min_messages to error')
  const structure = await runAll(client, structurePieces(lookup))
  return { abstained: [...roles, ...structure, ...leftOut(lookup)] }
}

async function databaseName(client: Queryable): Promise<string> {
  return (await client.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? ''
}

/** Runs pieces until no more of them succeeds; what depends on a later one succeeds in the next round. */
async function runAll(client: Queryable, pieces: readonly Piece[]): Promise<readonly Abstention[]> {
  let waiting = pieces
  for (;;) {
    const failed: { readonly piece: Piece; readonly message: string }[] = []
    for (const piece of waiting) {
      try {
        await client.query(piece.sql)
      } catch (error) {
        failed.push({ piece, message: messageOf(error) })
      }
    }
    if (failed.length === 0 || failed.length === waiting.length) return failed.map(({ piece, message }) => ({ object: piece.object, reason: `It cannot be rebuilt on the clone: ${message}.` }))
    waiting = failed.map(({ piece }) => piece)
  }
}

function leftOut({ catalogue }: Lookup): readonly Abstention[] {
  return [
    ...catalogue.extensions.filter(({ name }) => reachingExtensions.has(name)).map(({ name }) => ({ object: `extension ${name}`, reason: 'It reaches out of the database, so it is not installed on the clone.' })),
    ...catalogue.relations.filter(({ kind }) => kind === 'f').map(({ schema, name }) => ({ object: `${schema}.${name}`, reason: 'A foreign table: its rows are on another server, which the clone must not reach.' })),
    ...catalogue.functions.filter(({ trustedLanguage, language }) => !trustedLanguage || language === 'internal').map(({ schema, name, language }) => ({ object: `${schema}.${name}`, reason: `Written in ${language}, which can reach out of the database; it is not called.` })),
  ]
}
