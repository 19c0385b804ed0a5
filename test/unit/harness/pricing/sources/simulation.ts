/** A simulation as it was read, by hand: what its queries came to is what a test says. */
import { parseScenario } from '../../../../../harness/scenario/parse.ts'
import type { ReadSimulation } from '../../../../../harness/pricing/sources/simulated-time.ts'
import type { SimulateReport } from '../../../../../reports/simulate/simulate-report.ts'
import { loadPriceBook } from '../../../../../src/index.ts'
import { scenarioText, tenantLines } from '../../../support/scenario.ts'
import { profilesOf, threeChunks } from './profiles.ts'

/** The book of the scenarios that come along: gpt-4o-mini takes $0.15 and $0.60 a million. */
export const listBook = await loadPriceBook('list-2026-11')

/** What is changed in it. */
export interface WrittenSimulated {
  readonly simulation?: string
  readonly more?: Readonly<Record<string, string>>
  readonly tenants?: readonly string[]
  readonly report?: Partial<SimulateReport>
  readonly queries?: number
  /** Of each tenant. */
  readonly directUsd?: string
  readonly sharedUsd?: string
  readonly minimumUsd?: string
}

/** gpt-4o-mini, top_k 1, beside what tenants have. */
export const besides = { variants: '\n  - { model: gpt-4o-mini, topK: 1, rerank: false }' } as const

/** Tenants A and B under gpt-4o-mini, top_k 3; a month of a thousand queries each. */
export function simulated({
  simulation = '{ from: 2026-11-01, months: 1 }',
  more = {},
  tenants = [tenantLines('A'), tenantLines('B')],
  report = {},
  queries = 1_000,
  directUsd = '1',
  sharedUsd = '10',
  minimumUsd = '0',
}: WrittenSimulated = {}): ReadSimulation {
  const models =
    '{ embedding: { model: text-embedding-3-small, dimensions: 64 }, reranker: bge-reranker-v2-m3 }'
  const scenario = parseScenario(
    scenarioText({ models, variants: '', priceBook: 'list-2026-11', simulation, ...more }, tenants),
    's.yaml',
  )
  const current = { model: 'gpt-4o-mini', topK: 3, rerank: false }
  const ids = scenario.tenants.map(({ id }) => id)
  return {
    scenario,
    listed: listBook,
    profiles: profilesOf({ ...threeChunks, storedBytes: 0, upsertBytes: 0 }),
    report: {
      simulationVersion: 1,
      scenario: scenario.name,
      scenarioSha256: scenario.sha256,
      seed: scenario.seed,
      grain: 'hour',
      models: 'profiles',
      priceBook: { id: listBook.id, sha256: listBook.sha256 },
      code: { version: '0.1.0', commit: null, dirty: null },
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-12-01T00:00:00.000Z',
      queries: queries * ids.length,
      virtualSeconds: 30 * 86_400,
      counts: {
        arrived: 0,
        finished: 0,
        failed: 0,
        inFlight: 0,
        fromCache: 0,
        timedOut: 0,
        throttled: 0,
        aborted: 0,
        unavailable: 0,
      },
      latencySource: 'simulated',
      latencyMs: { count: 0, p50: null, p95: null, p99: null, reason: null },
      waits: null,
      unallocatedUsd: '0',
      totalUsd: '0',
      months: [
        {
          month: '2026-11',
          usageUsd: '0',
          minimumUsd,
          sharedUsd: '0',
          totalUsd: '0',
          lateUsd: '0',
          billedUsd: '0',
        },
      ],
      products: [],
      tenants: ids.map((tenant) => ({
        tenant,
        tier: 'growth',
        queries,
        costUsd: '0',
        directUsd,
        sharedUsd,
        revenueUsd: null,
      })),
      configurations: [],
      cells: ids.map((tenant) => ({
        tenant,
        tier: 'growth',
        variant: current,
        queries,
        failures: 0,
        latencyMs: { count: queries, p50: 1, p95: 7_777, p99: null },
        promptMean: 1_320,
        completionMean: 200,
      })),
      capacity: [],
      indexes: [],
      signups: { tenants: ids.length, placed: ids.length },
      refusals: null,
      tiers: [],
      assumptions: ['Simulated.'],
      timing: {
        wallSeconds: 1,
        queriesPerSecond: 1,
        workers: 1,
        tokenProfilesFromCache: true,
        peakMemoryBytes: 1,
        stages: [],
      },
      ...report,
    },
  }
}
