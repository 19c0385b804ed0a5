/**
 * Sessions of the owners of a database's objects, opened as they are needed and kept while there
 * are few.
 */
import type { Abstention } from '../../base/finding.ts'
import type { GuardedConnection, GuardedResult } from './guarded.ts'
import { makeAll, type OwnedPiece } from './piece.ts'
import type { Connections } from './server.ts'

/** Runs statements as owners. */
export interface Owners extends AsyncDisposable {
  /** Runs SQL as an owner. Throws the server's error. */
  run(owner: string, sql: string): Promise<GuardedResult>
}

/** Building is quick; code of the database that runs meanwhile gets no longer. */
const statementMs = 10_000
const maxKept = 16

/**
 * What every session of an owner begins with: all names of ours are qualified, and bodies are taken
 * as they are.
 */
const setup =
  "set search_path to ''; set client_min_messages to error; set check_function_bodies to off; set row_security to on"

/** Opens sessions in one database. */
export function ownersIn(connections: Connections, database: string): Owners {
  const sessions = new Map<string, GuardedConnection>()
  const sessionOf = async (owner: string): Promise<GuardedConnection> => {
    const kept = sessions.get(owner)
    if (kept !== undefined && !kept.isLost) return kept
    sessions.delete(owner)
    const [oldest] = sessions
    if (oldest !== undefined && sessions.size >= maxKept) {
      sessions.delete(oldest[0])
      await oldest[1].end()
    }
    const opened = await connections.session(owner, database, statementMs)
    await opened.run(setup)
    sessions.set(owner, opened)
    return opened
  }
  return {
    run: async (owner, sql) => (await sessionOf(owner)).run(sql),
    async [Symbol.asyncDispose]() {
      for (const session of sessions.values()) await session.end()
    },
  }
}

/** Makes pieces as their owners. */
export function makeOwned(
  owners: Owners,
  pieces: readonly OwnedPiece[],
): Promise<readonly Abstention[]> {
  return makeAll(pieces, async ({ owner, sql, otherwise }) => {
    try {
      await owners.run(owner, sql)
    } catch (error) {
      if (otherwise === undefined) throw error
      await owners.run(owner, otherwise)
    }
  })
}
