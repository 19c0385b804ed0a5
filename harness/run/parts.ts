/** What the services and the system under test are started with, from the run's options. */
import { resolve } from 'node:path'
import { capacityWebhook, type RoleLogins } from '../../src/index.ts'
import type { ServiceAddresses, ServiceOptions } from '../services/protocol.ts'
import type { ReferenceOptions } from '../target/reference/reference-target.ts'
import { journalFiles, type Journal } from './journal/journal.ts'
import type { RunOptions } from './run-options.ts'
import type { PlantedFaults } from './sabotage.ts'

/** Options of the services. */
export function serviceOptions(
  { runId, scenario, databaseUrl, runDir, isResumable = false }: RunOptions,
  { providerFaults, slowdown }: PlantedFaults,
): ServiceOptions {
  const { seed, timeScale, capacity } = scenario
  const { indexQuota, ...faults } = providerFaults
  return {
    runId,
    seed,
    timeScale,
    faults,
    indexQuota,
    slowdown,
    namespacesPerIndex: capacity.namespaceLimit,
    databaseUrl,
    journal:
      isResumable && scenario.load === undefined ? resolve(runDir, journalFiles.vendors) : null,
    terms: scenario.priceBook === 'm11-2023' ? 'm11-2023' : 'list',
  }
}

/** Options of the reference system on running services. */
export function targetOptions(
  options: RunOptions,
  on: {
    readonly addresses: ServiceAddresses
    readonly logins: RoleLogins
    readonly faults: PlantedFaults
    readonly journal: Journal
  },
): ReferenceOptions {
  const { scenario, runId, clock, progress } = options
  const { openai, anthropic, pinecone } = on.addresses
  const { alertWebhook: url } = scenario.capacity
  const webhook =
    url === undefined
      ? null
      : capacityWebhook({
          url,
          clock,
          onFailure: (message) =>
            progress.note(`The webhook for capacity alerts did not take one: ${message}.`),
        })
  return {
    logins: on.logins,
    endpoints: options.live ?? { openai, anthropic, pinecone },
    models: scenario.models,
    capacity: on.faults.capacity,
    indexPrefix: `tb-${runId.slice(-10)}`,
    clock,
    maxConnections: scenario.concurrency + 2,
    tiers: scenario.tiers,
    onCapacityEvent(event) {
      progress.capacity(event)
      webhook?.onEvent(event)
    },
    onCall: on.journal.call,
    onMetered: on.journal.metered,
    ...on.faults.sabotage,
  }
}
