/**
 * A writer that is killed in the middle of its work loses no event that was acknowledged and
 * doubles none: whoever takes over begins a little before the last one it knows of. Three times
 * here, fifty times with TENANTBENCH_KILLS=50 (`npm run proof -- kills`).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { randomFor } from '../../src/base/random.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'

const writer = fileURLToPath(new URL('processes/record-until-killed.ts', import.meta.url))
const kills = Number(process.env['TENANTBENCH_KILLS'] ?? 3)
const [serverUrl = ''] = Object.values(inject('postgresServers'))
const seed = 5

let db: TestDatabase
beforeAll(async () => {
  db = await freshDatabase(serverUrl)
  await db.signUp('killed')
})
afterAll(() => db[Symbol.asyncDispose]())

/**
 * Lets a writer work from an event on, kills it after so many acknowledgements, and returns the
 * last event that it acknowledged.
 */
async function writeUntilKilled(from: number, acknowledgements: number): Promise<number> {
  const child = spawn(process.execPath, [writer, db.logins.app, db.logins.operator, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let acknowledged = from
  let heard = 0
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line)
    if (++heard === acknowledgements) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  return acknowledged
}

test(`killed ${kills} times (seed ${seed})`, { timeout: 20_000 + kills * 3_000 }, async () => {
  const random = randomFor([seed, 'kills'])
  let acknowledged = 0
  for (let kill = 0; kill < kills; kill++)
    acknowledged = await writeUntilKilled(Math.max(0, acknowledged - 40), random.integer(3, 30))
  const { rows } = await db.operator.query<{ events: number; requests: number; missing: number }>(
    `select count(*)::int as events, count(distinct request_id)::int as requests,
       (select count(*)::int from generate_series(0, $1::int - 1) as n where not exists (select
         from usage_events where request_id = 'r' || n)) as missing from usage_events`,
    [acknowledged],
  )
  expect(rows[0]).toMatchObject({ missing: 0 })
  expect(rows[0]?.events).toBe(rows[0]?.requests)
  expect(rows[0]?.events).toBeGreaterThanOrEqual(acknowledged)
})
