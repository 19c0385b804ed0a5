/**
 * The modules in src as the system under test: on services of ours, with a ledger, a bill to hold
 * it against, and modelled times.
 */
import { monthOf } from '../../../src/base/clock.ts'
import { picoUsd, sumUsd, zeroUsd, type PicoUsd } from '../../../src/base/money.ts'
import { installSchema } from '../../../src/index.ts'
import { sharedPerQuery } from '../../recommend/comparison.ts'
import {
  checkReconciliation,
  closeMonth,
  costByRequest,
  reconcileMonth,
  type ClosedMonth,
} from '../../reconcile/month.ts'
import { joinModelledTime, measuredAlone, type Observed } from '../../measure/sample.ts'
import { startServices, type Services } from '../../services/services.ts'
import {
  openReferenceTarget,
  type ReferenceTarget,
} from '../../target/reference/reference-target.ts'
import { serviceOptions, targetOptions } from '../parts.ts'
import type { Journal } from '../journal/journal.ts'
import type { Prepared } from '../prepare.ts'
import type { Stages } from '../progress.ts'
import type { RunOptions } from '../run-options.ts'
import {
  indexesOf,
  liveAssumptions,
  noBillYet,
  removeIndexes,
  untilSearchable,
} from './live-vendors.ts'
import type { OpenSystem, SystemBooks, SystemFacts } from './system.ts'

/** What a system is opened with. */
export interface SystemOptions {
  readonly options: RunOptions
  readonly prepared: Prepared
  readonly stages: Stages
  readonly journal: Journal
}

const assumptions = [
  'On texts of your own the stand-in reader finds what is worded alike and little else: its ' +
    'share of right answers is a floor, not a forecast.',
  "Retrieval runs on a lexical stand-in for the embedding model; its recall says nothing about the vendor's.",
  'Model, vector store and reranker times are drawn from published medians; only our own time is measured.',
  "Queries a month, shared cost and prices are the scenario's and the price book's.",
]

/** Starts services, installs the schema, opens the modules. */
export async function openReferenceSystem({
  options,
  prepared,
  stages,
  journal,
}: SystemOptions): Promise<OpenSystem> {
  const { clock } = options
  const { faults } = prepared
  await using opened = new AsyncDisposableStack()
  const services = opened.use(
    await stages.during('services', () => startServices(serviceOptions(options, faults), clock)),
  )
  const { addresses } = services
  const logins = await stages.during('schema', () => installSchema(addresses.adminUrl, clock))
  const target = opened.use(
    await openReferenceTarget(targetOptions(options, { addresses, logins, faults, journal })),
  )
  const live = options.live ?? null
  const removed = new Set<string>()
  const removeOnce = async (): Promise<readonly string[]> =>
    live === null || removed.size > 0 ? [] : (removed.add('indexes'), removeIndexes(target))
  opened.defer(async () => {
    for (const sentence of await removeOnce()) options.progress.note(sentence)
  })
  const held = opened.move()
  let closed: ClosedMonth | null = null
  return {
    target,
    lost: services.lost,
    reference: { target, adminUrl: addresses.adminUrl },
    isModelled: live === null,
    isMetered: true,
    async plant() {
      await faults.sabotage.afterProvisioning?.(addresses.adminUrl)
      if (live !== null)
        await untilSearchable(target, {
          clock,
          dimensions: options.scenario.models.embedding.dimensions,
          signal: options.signal,
        })
      if (faults.dropsVectorIndexes)
        for (const indexName of indexesOf(target)) await target.store.deleteIndex(indexName)
    },
    async closeBooks(observed) {
      const month = monthOf(clock.nowMs())
      closed = await closeMonth({
        operator: target.operator,
        clock,
        book: prepared.book,
        month,
        method: options.scenario.allocation,
      })
      return books({ options, prepared, services, closed, month, observed })
    },
    facts: () => factsOf(options, target, closed),
    release: removeOnce,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

interface Closing {
  readonly options: RunOptions
  readonly prepared: Prepared
  readonly services: Services
  readonly closed: ClosedMonth
  readonly month: string
  readonly observed: readonly Observed[]
}

async function books({
  options,
  prepared,
  services,
  closed,
  month,
  observed,
}: Closing): Promise<SystemBooks> {
  const { scenario, clock } = options
  const account = await services.account(month)
  const shared = {
    scenario,
    cells: prepared.cells,
    activity: closed.activity,
    book: prepared.book,
    atMs: clock.nowMs(),
    pineconePerQuery: pineconePerQuery(closed, observed),
  }
  const common = {
    month,
    costOf: costByRequest(closed.charges),
    whyNoCost: 'nothing was metered',
    sharedByCell: sharedPerQuery(shared),
    warnings: [],
    servicesPeakMemoryBytes: account.peakMemoryBytes,
  }
  if (options.live != null)
    return {
      ...common,
      samples: measuredAlone(observed),
      reconciliation: null,
      checks: [],
      notExamined: [noBillYet],
    }
  const found = reconcileMonth(closed, account.bill)
  const own = checkReconciliation(found, account.incidents)
  return {
    ...common,
    samples: joinModelledTime(observed, account.served, scenario.timeScale),
    reconciliation: { found, incidents: account.incidents },
    // The user's own month is the check then, and the run's own is told beside it.
    checks:
      options.ownMonth === undefined || options.ownMonth === null
        ? [own]
        : [options.ownMonth.check, { ...own, id: `${own.id}.reference` }],
    notExamined: [],
  }
}

/** Pinecone's part of the mean query of a cell. */
function pineconePerQuery(
  { charges }: ClosedMonth,
  observed: readonly Observed[],
): (cell: string) => PicoUsd {
  const ofPinecone = costByRequest(
    charges.filter(({ component }) => component.startsWith('pinecone.')),
  )
  const requests = Map.groupBy(observed, ({ cell }) => cell)
  const means = new Map(
    [...requests].map(([cell, group]) => [
      cell,
      picoUsd(sumUsd(group.map(({ requestId }) => ofPinecone(requestId))) / BigInt(group.length)),
    ]),
  )
  return (cell) => means.get(cell) ?? zeroUsd
}

async function factsOf(
  { scenario, databaseUrl, live = null }: RunOptions,
  target: ReferenceTarget,
  closed: ClosedMonth | null,
): Promise<SystemFacts> {
  const { rows } = await target.operator.query<{ version: string }>(
    "select current_setting('server_version') as version",
  )
  const stored = new Map(
    (closed?.activity ?? []).map(({ tenantId, storedBytes }) => [String(tenantId), storedBytes]),
  )
  const { namespaceLimit, operatingLimit, alertAt } = scenario.capacity
  return {
    services: live === null ? 'embedded' : 'live',
    environment: {
      postgres: rows[0]?.version ?? 'unknown',
      database: databaseUrl === null ? 'embedded' : 'borrowed',
    },
    capacityLimits: { namespaceLimit, operatingLimit, alertAt },
    capacity: target.capacityEvents.map(({ indexName, namespaces, event }) => ({
      index: indexSuffix(indexName),
      namespaces,
      event,
    })),
    placeOf: (tenant) => ({
      index: indexSuffix(target.database.directory.require(tenant).placement.indexName),
      storedBytes: stored.get(tenant) ?? 0,
      reason: null,
    }),
    assumptions: live === null ? assumptions : liveAssumptions,
  }
}

/** The index without the run's prefix, which differs from run to run: `index-1`. */
function indexSuffix(indexName: string): string {
  return `index-${indexName.split('-').at(-1) ?? ''}`
}
