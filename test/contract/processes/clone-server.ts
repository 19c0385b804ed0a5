/**
 * Starts a clone's server as whoever runs this, tries statements as its superuser, says what came
 * of each, and stays until it is told to stop.
 */
import { once } from 'node:events'
import pg from 'pg'
import { releaseLease, takeLease } from '../../../harness/services/lease.ts'
import { startCloneServer } from '../../../harness/services/postgres/clone-server.ts'
import { messageOf } from '../../../src/base/errors.ts'
import { systemClock } from '../../../src/base/clock.ts'

const { majorVersion, statements } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly majorVersion: number
  readonly statements: readonly string[]
}
const folder = await takeLease(null)
const server = await startCloneServer(folder, systemClock, { majorVersion })
const { host, port, superuser, password } = server
const client = new pg.Client({ host, port, user: superuser, password, database: 'postgres' })
await client.connect()
const said: string[] = []
for (const sql of statements) said.push(await client.query(sql).then(() => 'done', messageOf))
await client.end()
process.stdout.write(`${JSON.stringify({ folder, host, unconfined: server.unconfined, said })}\n`)
await once(process.stdin, 'data')
await server.stop()
await releaseLease(folder)
process.exit(0)
