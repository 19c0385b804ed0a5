/** Copies of a clone's structure, each filled, finished and probed once. */
import { newSuffix } from '../../base/random.ts'
import type { Abstention } from '../../base/finding.ts'
import type { Lookup } from '../sql/lookup.ts'
import { qualified, quoted } from '../sql/quote.ts'
import { finishPieces, leakproofPieces } from './finish.ts'
import type { GuardedConnection } from './guarded.ts'
import { makeHelpers, observerSql, type Helpers } from './helpers.ts'
import { makeOwned, ownersIn, type Owners } from './owners.ts'
import { makeAll, type Piece } from './piece.ts'
import { schemaGrantPieces } from './schemas.ts'
import type { Connections, Superuser } from './server.ts'

/** A structure without rows, of which stages are made. */
export interface Structure extends AsyncDisposable {
  readonly abstained: readonly Abstention[]
  /** What a reader should know of how it was made. */
  readonly notes: readonly string[]
  /**
   * Makes a stage, filled by `plant`, which runs before triggers, foreign keys and row security are
   * there. The last stage is the structure itself: copying a database takes longer than most
   * audits.
   */
  stage(
    plant: (owners: Owners) => Promise<void>,
    options: { readonly isLast: boolean },
  ): Promise<Stage>
}

/** A database that is ready to be probed. */
export interface Stage extends AsyncDisposable {
  readonly database: string
  readonly abstained: readonly Abstention[]
  readonly owners: Owners
  /** Opens a session of a login. The caller ends it. */
  session(login: string, statementMs: number): Promise<GuardedConnection>
  /** The functions for observing and acting, made when they are first asked for. */
  helpers(): Promise<Helpers>
  /** The superuser, for roles alone. */
  readonly superuser: Superuser
}

/** A structure that is there, and how it is reached. */
export interface StageOptions {
  readonly connections: Connections
  readonly admin: Superuser
  /** The name of the structure's database. */
  readonly structure: string
  readonly lookup: Lookup
  readonly owners: readonly string[]
  readonly abstained: readonly Abstention[]
  readonly notes: readonly string[]
  /** Roles that were made for it, and go with it. */
  readonly roles: readonly string[]
  /** Stored settings of a stage, by its database. */
  settings(database: string): readonly Piece[]
}

/** Stages of a structure. */
export function stagesOf(options: StageOptions): Structure {
  const { connections, admin, structure, abstained, notes, roles } = options
  let count = 0
  return {
    abstained,
    notes,
    stage: (plant, { isLast }) => makeStage(options, { plant, isLast, number: ++count }),
    async [Symbol.asyncDispose]() {
      try {
        await admin.run(`drop database if exists ${quoted(structure)} with (force)`)
        for (const role of roles) await admin.run(`drop role if exists ${quoted(role)}`)
      } finally {
        await connections[Symbol.asyncDispose]()
      }
    },
  }
}

interface Staging {
  readonly plant: (owners: Owners) => Promise<void>
  readonly isLast: boolean
  readonly number: number
}

async function makeStage(
  options: StageOptions,
  { plant, isLast, number }: Staging,
): Promise<Stage> {
  const { connections, admin, structure, lookup } = options
  // All names begin with the structure's, by which what a killed audit left is found.
  const database = isLast ? structure : `${structure}_stage_${number}`
  const observer = `${structure}_observer_${number}`
  if (!isLast)
    await admin.run(
      `create database ${quoted(database)} template ${quoted(structure)} owner ` +
        `${quoted(lookup.catalogue.database.owner)}`,
    )
  const owners = ownersIn(connections, database)
  const leave = async (superuser: Superuser | null): Promise<void> => {
    await owners[Symbol.asyncDispose]()
    await superuser?.end()
    await admin.run(`drop database if exists ${quoted(database)} with (force)`)
    await admin.run(`drop role if exists ${quoted(observer)}`)
  }
  let superuser: Superuser | null = null
  try {
    await plant(owners)
    superuser = await connections.superuser(database)
    const abstained = await finish(options, { database, owners, superuser })
    return stageOf(options, { database, observer, owners, superuser, abstained, leave })
  } catch (error) {
    await leave(superuser).catch(() => undefined)
    throw error
  }
}

interface Finishing {
  readonly database: string
  readonly owners: Owners
  readonly superuser: Superuser
}

/** Puts what guards the rows around them. */
async function finish(
  { lookup, settings }: StageOptions,
  { database, owners, superuser }: Finishing,
): Promise<readonly Abstention[]> {
  return [
    ...(await makeOwned(owners, finishPieces(lookup))),
    ...(await makeAll([...lastPieces(lookup), ...settings(database)], ({ sql }) =>
      superuser.run(sql),
    )),
    ...(await refresh(owners, lookup)),
  ]
}

interface Finished extends Finishing {
  readonly observer: string
  readonly abstained: readonly Abstention[]
  leave(superuser: Superuser): Promise<void>
}

function stageOf({ connections, admin, owners: all, lookup }: StageOptions, made: Finished): Stage {
  const { database, observer, owners, superuser, abstained, leave } = made
  let helpers: Promise<Helpers> | null = null
  const makeThem = async (): Promise<Helpers> => {
    await admin.run(observerSql(observer))
    const schema = `tenantbench_${newSuffix()}`
    return await makeHelpers(superuser, { schema, observer, owners: all, lookup })
  }
  return {
    database,
    abstained,
    owners,
    superuser,
    session: (login, statementMs) => connections.session(login, database, statementMs),
    helpers: () => (helpers ??= makeThem()),
    [Symbol.asyncDispose]: () => leave(superuser),
  }
}

/** What the superuser says last; none of it runs anything. */
function lastPieces({ catalogue }: Lookup): readonly Piece[] {
  return [...leakproofPieces(catalogue), ...schemaGrantPieces(catalogue)]
}

/**
 * Materialized views are filled as their owners fill them, with the rights that they have in the
 * end.
 */
async function refresh(owners: Owners, { catalogue }: Lookup): Promise<readonly Abstention[]> {
  const abstained: Abstention[] = []
  for (const view of catalogue.relations) {
    if (view.kind !== 'm') continue
    const reason = await owners
      .run(view.owner, `refresh materialized view ${qualified(view)}`)
      .then(() => null, String)
    if (reason !== null)
      abstained.push({
        object: `${view.schema}.${view.name}`,
        reason: `It cannot be filled on the clone: ${reason}.`,
      })
  }
  return abstained
}
