/**
 * A clone: the structure of the audited database on a throw-away server, as its owners make it. It
 * is filled and finished in copies, one for each round of probes, which are dropped with what
 * belongs to them.
 */
import { newSuffix } from '../../base/random.ts'
import type { Abstention } from '../../base/finding.ts'
import type { Clock } from '../../base/clock.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { SessionRole } from '../reach/privileges.ts'
import type { Lookup } from '../sql/lookup.ts'
import { quoted } from '../sql/quote.ts'
import { makeOwned, ownersIn } from './owners.ts'
import { makeAll, type Piece } from './piece.ts'
import { membershipPieces, roleNotes, rolePieces, settingPieces } from './roles.ts'
import { extensionPieces, schemaPieces } from './schemas.ts'
import { connectionsTo, type Connections, type Superuser, type ThrowawayServer } from './server.ts'
import { stagesOf, type Structure } from './stage.ts'
import { borrowedMemberships, isUntrusted, signatureOf, structurePieces } from './structure.ts'

/** What is cloned, and who will log in. */
export interface CloneOptions {
  readonly lookup: Lookup
  readonly clock: Clock
  /** Roles as which sessions are judged. */
  readonly logins: readonly string[]
}

/** What the clone of a judged database needs. */
export function cloneOptions(
  { lookup, sessions }: { readonly lookup: Lookup; readonly sessions: readonly SessionRole[] },
  { clock }: { readonly clock: Clock },
): CloneOptions {
  return { lookup, clock, logins: [...new Set(sessions.map(({ login }) => login))] }
}

/** Makes the structure. Throws the driver's error when the server is gone. */
export async function makeClone(
  server: ThrowawayServer,
  options: CloneOptions,
): Promise<Structure> {
  const { lookup, clock, logins } = options
  const { catalogue } = lookup
  const connections = connectionsTo(server, clock)
  const admin = await connections.superuser('postgres')
  const database = `clone_${newSuffix()}`
  const owners = ownersOf(catalogue)
  const roles = await makeAll(rolePieces(catalogue, new Set([...owners, ...logins])), ({ sql }) =>
    admin.run(sql),
  )
  const abstained = [...roles, ...leftOut(catalogue)]
  await admin.run(
    `create database ${quoted(database)} owner ${quoted(catalogue.database.owner)} template template0`,
  )
  abstained.push(...(await buildStructure({ connections, admin, database, lookup })))
  const notes = [
    ...roleNotes(catalogue),
    ...(server.unconfined === null
      ? []
      : [
          `The clone is not confined: ${server.unconfined}. Its roles and its access rules hold alone.`,
        ]),
  ]
  return stagesOf({
    connections,
    admin,
    structure: database,
    lookup,
    owners,
    abstained,
    notes,
    roles: catalogue.roles.map(({ name }) => name),
    settings: (stage) => settingPieces(catalogue, stage),
  })
}

interface Building {
  readonly connections: Connections
  readonly admin: Superuser
  readonly database: string
  readonly lookup: Lookup
}

async function buildStructure({
  connections,
  admin,
  database,
  lookup,
}: Building): Promise<readonly Abstention[]> {
  const { catalogue } = lookup
  const superuser = await connections.superuser(database)
  const asSuperuser = ({ sql }: Piece): Promise<unknown> => superuser.run(sql)
  const trusted = await trustedExtensions(async (sql) =>
    (await superuser.run(sql)).map(([name]) => String(name)),
  )
  const abstained = [
    ...(await makeAll(schemaPieces(catalogue), asSuperuser)),
    // Before anything of the database's own is there that a script of an extension could come upon.
    ...(await makeAll(extensionPieces(catalogue, trusted), asSuperuser)),
    ...catalogue.extensions.filter(({ name }) => !trusted.has(name)).map(notTrusted),
  ]
  await superuser.end()
  const borrowed = borrowedMemberships(lookup)
  for (const [role, member] of borrowed)
    await admin.run(`grant ${quoted(role)} to ${quoted(member)}`).catch(() => undefined)
  {
    await using owners = ownersIn(connections, database)
    abstained.push(...(await makeOwned(owners, structurePieces(lookup))))
  }
  for (const [role, member] of borrowed)
    await admin.run(`revoke ${quoted(role)} from ${quoted(member)}`).catch(() => undefined)
  abstained.push(...(await makeAll(membershipPieces(catalogue), ({ sql }) => admin.run(sql))))
  return abstained
}

/** Everybody who owns something. `pg_database_owner` is nobody who could log in. */
export function ownersOf({
  relations,
  functions,
  types,
  collations,
}: Catalogue): readonly string[] {
  const owned = [...relations, ...functions, ...types, ...collations]
  return [...new Set(owned.map(({ owner }) => owner))].filter((owner) => !owner.startsWith('pg_'))
}

/**
 * Extensions of a server that an ordinary owner may create: they reach nothing beyond their
 * database.
 */
export async function trustedExtensions(
  ask: (sql: string) => Promise<readonly string[]>,
): Promise<ReadonlySet<string>> {
  return new Set(
    await ask(
      'select distinct name::pg_catalog.text as name from pg_catalog.pg_available_extension_versions where trusted',
    ),
  )
}

function notTrusted({ name }: { readonly name: string }): Abstention {
  return {
    object: `extension ${name}`,
    reason:
      'It may reach out of the database, or is not among those that come along, so it is not installed on the clone.',
  }
}

function leftOut({ relations, functions }: Catalogue): readonly Abstention[] {
  const foreign = relations.filter(({ kind }) => kind === 'f')
  const aggregates = functions.filter(({ kind }) => kind === 'a')
  const unsafe = functions.filter((each) => isUntrusted(each))
  return [
    ...foreign.map(({ schema, name }) => ({
      object: `${schema}.${name}`,
      reason: 'A foreign table: its rows are on another server, which the clone must not reach.',
    })),
    ...aggregates.map((each) => ({
      object: signatureOf(each),
      reason: 'An aggregate: it is not rebuilt.',
    })),
    ...unsafe.map(({ schema, name, language }) => ({
      object: `${schema}.${name}`,
      reason: `Written in ${language}, which can reach out of the database; it is not called.`,
    })),
  ]
}
