/** From everything a run produced to its record: figures, recommendations, checks, verdict. */
import { availableParallelism } from 'node:os'
import { formatUsd, picoUsd, sumUsd, zeroUsd, type PicoUsd } from '../../src/base/money.ts'
import { exitCodeOf, worstVerdict, type CheckResult } from '../../src/base/verdict.ts'
import { countTokens, type ComponentDrift, type Reconciliation } from '../../src/index.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import { comparisonLine, recordCell, sameQuestionLines, sharedPerQuery, type MeasuredCell } from '../check/comparison.ts'
import { checkIsolation } from '../check/isolation-check.ts'
import type { OracleReport } from '../check/leak-oracle.ts'
import { checkReconciliation, costByRequest, reconcileMonth, type ClosedMonth } from '../check/month.ts'
import { checkCanaries, checkConfigurations, checkFailures, checkTenants } from '../check/run-checks.ts'
import { cellFigures } from '../measure/cell-figures.ts'
import type { Sample } from '../measure/sample.ts'
import type { Provisioned } from '../provision/provision.ts'
import type { ServiceAccount } from '../services/protocol.ts'
import type { ReferenceTarget } from '../target/reference/reference-target.ts'
import type { Prepared } from './prepare.ts'
import type { RunOptions } from './run-options.ts'

/** Everything a run produced. */
export interface RunProducts {
  readonly options: RunOptions
  readonly prepared: Prepared
  readonly provisioned: Provisioned
  readonly samples: readonly Sample[]
  readonly closed: ClosedMonth
  readonly account: ServiceAccount
  readonly month: string
  readonly oracle: OracleReport
  readonly target: ReferenceTarget
  readonly stages: RunRecord['timing']
  /** Checks that were made while the system was up. */
  readonly extraChecks: readonly CheckResult[]
}

const readingAssumed = 'How well each model reads is assumed (harness/profiles, after "Lost in the Middle"), not measured: answers come from a local stand-in.'
const readingMeasured = 'How well models read is your own measurement where there is one for the cell, and assumed elsewhere; which it is stands beside each figure.'
const assumptions = [
  'On texts of your own the stand-in reader finds what is worded alike and little else: its share of right answers is a floor, not a forecast.',
  'Retrieval runs on a lexical stand-in for the embedding model; its recall says nothing about the vendor\'s.',
  'Model, vector store and reranker times are drawn from published medians; only our own time is measured.',
  'Queries a month, shared cost and prices are the scenario\'s and the price book\'s.',
]

/** Builds the record. */
export async function buildRecord(products: RunProducts): Promise<RunRecord> {
  const { options, oracle, prepared } = products
  const { scenario } = options
  const { book } = prepared
  const costOf = costByRequest(products.closed.charges)
  const measured = measure(products, costOf)
  const shared = sharedPerQuery({ scenario, cells: prepared.cells, activity: products.closed.activity, book, atMs: options.clock.nowMs(), pineconePerQuery: pineconePerQuery(products) })
  const reconciliation = reconcileMonth(products.closed, products.account.bill)
  const checks = runChecks(products, measured, reconciliation)
  const verdict = worstVerdict(checks.map((check) => check.verdict))
  return {
    recordVersion: 1,
    runId: options.runId,
    verdict,
    exitCode: exitCodeOf(verdict),
    runDir: options.runDir,
    seed: scenario.seed,
    scenario: scenario.name,
    scenarioSha256: scenario.sha256,
    priceBook: { id: book.id, sha256: book.sha256 },
    services: 'embedded',
    timeScale: scenario.timeScale,
    trials: scenario.trials,
    code: options.code,
    environment: await environmentOf(products),
    tenants: tenantLines(products),
    cells: measured.map((each) => recordCell(each, { shared: shared.get(each.cell.id) ?? zeroUsd, method: scenario.allocation })),
    comparison: comparisonLines(products, measured, shared),
    sameQuestion: sameQuestionLines(prepared.cells, products.samples, costOf),
    isolation: { ...isolationOf(oracle), canary: canaryShare(products) },
    reconciliation: reconciliationOf(products, reconciliation),
    capacityLimits: { namespaceLimit: scenario.capacity.namespaceLimit, operatingLimit: scenario.capacity.operatingLimit, alertAt: scenario.capacity.alertAt },
    capacity: products.target.capacityEvents.map(({ indexName, namespaces, event }) => ({ index: indexSuffix(indexName), namespaces, event })),
    checks: [...checks],
    warnings: [...prepared.warnings],
    timing: products.stages,
  }
}

function measure({ prepared, samples, options }: RunProducts, costOf: (requestId: string) => PicoUsd): readonly MeasuredCell[] {
  const byCell = Map.groupBy(samples, ({ cell }) => cell)
  return prepared.cells.map((cell) => ({ cell, figures: cellFigures(byCell.get(cell.id) ?? [], costOf, [options.scenario.seed, cell.id]), measurement: prepared.measurements.get(cell.id) ?? null }))
}

/** Pinecone's part of the mean query of a cell. */
function pineconePerQuery({ closed, samples }: RunProducts): (cell: string) => PicoUsd {
  const ofPinecone = costByRequest(closed.charges.filter(({ component }) => component.startsWith('pinecone.')))
  const requests = Map.groupBy(samples, ({ cell }) => cell)
  const means = new Map([...requests].map(([cell, group]) => [cell, picoUsd(sumUsd(group.map(({ requestId }) => ofPinecone(requestId))) / BigInt(group.length))]))
  return (cell) => means.get(cell) ?? zeroUsd
}

function runChecks(products: RunProducts, measured: readonly MeasuredCell[], reconciliation: Reconciliation): RunRecord['checks'] {
  const answered = Map.groupBy(products.samples.filter(({ outcome }) => outcome === 'answered'), ({ tenant }) => tenant)
  const tenants = [...products.provisioned].map(([tenant, { chunks }]) => ({ tenant, chunks, answered: answered.get(tenant)?.length ?? 0 }))
  return [
    checkIsolation(products.oracle),
    ...reconciliationChecks(products, reconciliation),
    checkTenants(tenants),
    checkFailures(measured.map(({ figures }) => figures)),
    checkCanaries([...products.provisioned.values()]),
    checkConfigurations(measured.map(({ cell, figures }) => ({ tenant: cell.tenantId, versions: cell.isCurrent ? figures.configVersions : [], mislabelled: figures.mislabelled }))),
    ...products.extraChecks,
  ]
}

function reconciliationChecks({ options, account }: RunProducts, reconciliation: Reconciliation): readonly CheckResult[] {
  const own = checkReconciliation(reconciliation, account.incidents)
  return options.ownMonth === undefined || options.ownMonth === null ? [own] : [options.ownMonth.check, { ...own, id: `${own.id}.reference` }]
}

function tenantLines({ options, provisioned, target, closed }: RunProducts): RunRecord['tenants'] {
  const stored = new Map(closed.activity.map(({ tenantId, storedBytes }) => [String(tenantId), storedBytes]))
  return options.scenario.tenants.map(({ id }) => {
    const report = provisioned.get(target.database.directory.require(id).id)
    const { indexName } = target.database.directory.require(id).placement
    return { tenant: id, documents: report?.documents ?? 0, words: report?.words ?? 0, chunks: report?.chunks ?? 0, index: indexSuffix(indexName), storedBytes: stored.get(id) ?? 0 }
  })
}

/** The index without the run's prefix, which differs from run to run: `index-1`. */
function indexSuffix(indexName: string): string {
  return `index-${indexName.split('-').at(-1) ?? ''}`
}

function comparisonLines(products: RunProducts, measured: readonly MeasuredCell[], shared: ReadonlyMap<string, PicoUsd>): RunRecord['comparison'] {
  const reading = products.prepared.measurements.size === 0 ? readingAssumed : readingMeasured
  return products.options.scenario.tenants.flatMap((tenant) => {
    const report = products.provisioned.get(products.target.database.directory.require(tenant.id).id)
    return report === undefined ? [] : [comparisonLine(tenant, measured, { report, sharedByCell: shared, assumptions: [reading, ...assumptions] })]
  })
}

function isolationOf({ checks, leaks, upperBound95, boundaries, witnesses }: OracleReport): Omit<RunRecord['isolation'], 'canary'> {
  return { checks, leaks, upperBound95, boundaries: boundaries.map((each) => ({ ...each })), witnesses: witnesses.map((each) => ({ ...each })) }
}

/** What the canaries cost in tokens: stated, because they are in every prompt. */
function canaryShare({ prepared, provisioned }: RunProducts): RunRecord['isolation']['canary'] {
  const reports = prepared.corpora.map(({ tenantId, canary }) => ({ report: provisioned.get(tenantId), tokens: countTokens(` (${canary})`) }))
  const chunks = reports.reduce((sum, { report }) => sum + (report?.chunks ?? 0), 0)
  const marked = reports.reduce((sum, { report }) => sum + (report?.marked ?? 0), 0)
  const all = reports.reduce((sum, { report }) => sum + (report?.chunkTokens ?? 0), 0)
  const ours = reports.reduce((sum, { report, tokens }) => sum + (report?.marked ?? 0) * tokens, 0)
  return { chunks, marked, tokenSharePct: all === 0 ? 0 : (100 * ours) / all }
}

function reconciliationOf({ options, month, account }: RunProducts, { verdict, components, usage, total }: Reconciliation): RunRecord['reconciliation'] {
  const line = ({ allocated, billed, ...rest }: ComponentDrift): RunRecord['reconciliation']['total'] => ({ ...rest, allocatedUsd: formatUsd(allocated), billedUsd: formatUsd(billed) })
  return { month, verdict, method: options.scenario.allocation, components: components.map(line), usage: line(usage), total: line(total), incidents: account.incidents }
}

async function environmentOf({ options, target }: RunProducts): Promise<RunRecord['environment']> {
  const { rows } = await target.operator.query<{ version: string }>("select current_setting('server_version') as version")
  return {
    node: process.version,
    platform: process.platform,
    architecture: process.arch,
    processors: availableParallelism(),
    postgres: rows[0]?.version ?? 'unknown',
    database: options.databaseUrl === null ? 'embedded' : 'borrowed',
  }
}

