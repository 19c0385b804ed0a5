/**
 * Once per test run: the embedded services, and a PostgreSQL 15 where its binaries are installed.
 */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { TestProject } from 'vitest/node'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster } from '../../harness/services/postgres/cluster.ts'
import type { ServiceAddresses } from '../../harness/services/protocol.ts'
import { startServices } from '../../harness/services/services.ts'
import { systemClock } from '../../src/base/clock.ts'
import { newSuffix } from '../../src/base/random.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of the services that the whole test run shares. */
    services: ServiceAddresses
    /** Admin URLs of the PostgreSQL servers to test on, by major version. */
    postgresServers: Record<string, string>
  }
}

const debianFifteen = '/usr/lib/postgresql/15/bin'

/* oxlint-disable-next-line import/no-default-export -- vitest calls the default export. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const faults = { abortedStreams: 0, lateEvents: 0, throttled: 0 }
  const services = await startServices(
    {
      runId: `test_${newSuffix()}`,
      seed: 1,
      timeScale: 0,
      faults,
      namespacesPerIndex: 100,
      databaseUrl: null,
    },
    systemClock,
  )
  const stops = [services.close]
  const servers: Record<string, string> = { '18': services.addresses.adminUrl }
  if (existsSync(debianFifteen)) {
    const folder = await takeLease(null)
    await mkdir(folder, { recursive: true })
    const cluster = await startCluster(folder, systemClock, { binariesFolder: debianFifteen })
    servers['15'] = cluster.adminUrl
    stops.push(cluster.stop, () => releaseLease(folder))
  } else console.warn('PostgreSQL 15 is not installed here: integration tests run on 18 alone.')
  project.provide('services', services.addresses)
  project.provide('postgresServers', servers)
  return async () => {
    for (const stop of stops) await stop()
  }
}
