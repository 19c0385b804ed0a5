/**
 * Starting PostgreSQL where a port is taken between looking and starting: the next one is tried,
 * and no other process is touched.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster } from '../../harness/services/postgres/cluster.ts'
import { systemClock } from '../../src/base/clock.ts'
import { failureOf } from './support/vendors.ts'

async function occupied(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, port: address !== null && typeof address === 'object' ? address.port : 0 }
}

describe('a port that is taken', () => {
  it('is left, and another is found', async () => {
    const taken = await occupied()
    const free = await occupied()
    free.server.close()
    const ports = [taken.port, free.port]
    const folder = await takeLease(null)
    const cluster = await startCluster(folder, systemClock, {
      findPort: async () => ports.shift() ?? 0,
    })
    expect(new URL(cluster.adminUrl).port).toBe(String(free.port))
    await cluster.stop()
    await releaseLease(folder)
    expect(taken.server.listening).toBe(true)
    taken.server.close()
  })

  it("again and again ends with PostgreSQL's own words", async () => {
    const taken = await occupied()
    const folder = await takeLease(null)
    const error = await failureOf(
      startCluster(folder, systemClock, { findPort: async () => taken.port }),
    )
    expect(error).toMatchObject({ code: 'TB_SERVICE_START', exitCode: 5 })
    expect(error.message).toMatch(/Address already in use/)
    await releaseLease(folder)
    taken.server.close()
  })
})
