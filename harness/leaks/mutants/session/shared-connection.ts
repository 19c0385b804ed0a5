/** A connection that two borrow at once. */
import type { Mutant } from '../mutant.ts'
import type pg from 'pg'
/** The mutant. */
export const sharedConnection: readonly Mutant[] = [
  {
    id: 'session.shared-connection',
    vector: 'E02',
    layer: 'session',
    severity: 'critical',
    what: 'whoever asks for a connection while one is out is given the same one',
    layers: () => ({
      decorateDatabase: (database) => {
        share(database.app.pool)
        return database
      },
    }),
  },
]

function share(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool) as unknown as (
    callback?: unknown,
  ) => Promise<pg.PoolClient>
  let [shared, borrowers]: [Promise<pg.PoolClient> | null, number] = [null, 0]
  const sharing = async (callback?: unknown): Promise<pg.PoolClient> => {
    if (callback !== undefined) return connect(callback)
    borrowers++
    shared ??= connect()
    const client = await shared
    let isBack = false
    const giveBack = (): void => {
      if (isBack || --borrowers > 0) return
      isBack = true
      shared = null
      client.release()
    }
    return new Proxy(client, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        return key === 'release'
          ? giveBack
          : typeof value === 'function'
            ? value.bind(target)
            : value
      },
    })
  }
  Object.assign(pool, { connect: sharing })
}
