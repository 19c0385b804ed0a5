/** From cells to the record's lines: costs with both parts, the comparison of tenants, the same question to each. */
import { formatUsd, formatUsdRounded, parseUsd, picoUsd, sumUsd, usdFromNumber, zeroUsd, type PicoUsd } from '../../src/base/money.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import { minimumTopUps, priceOf, shareOut, storedQuantity, amountOf, hoursPerMonth, type AllocationMethod, type PriceBook, type TenantActivity } from '../../src/index.ts'
import type { ComparisonLine, RecordCell, RunRecord } from '../../reports/record/record.ts'
import type { CellFigures } from '../measure/cell-figures.ts'
import type { Sample } from '../measure/sample.ts'
import { wilsonInterval } from '../measure/intervals.ts'
import type { Cell } from '../scenario/cells.ts'
import type { Measurement } from '../scenario/measurements.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { ScenarioTenant } from '../scenario/resolve.ts'
import type { IngestReport } from '../target/target.ts'
import { recommend, type Candidate } from './recommend.ts'

/** A cell with its figures. */
export interface MeasuredCell {
  readonly cell: Cell
  readonly figures: CellFigures
  /** The user's own count of right answers; it takes the place of what is assumed. */
  readonly measurement: Measurement | null
}

/** What shared cost is computed from: the scenario's volumes and what the run found. */
export interface SharedCostInput {
  readonly scenario: LoadedScenario
  readonly cells: readonly Cell[]
  readonly activity: readonly TenantActivity[]
  readonly book: PriceBook
  readonly atMs: number
  /** Pinecone's part of what a query of a cell costs. */
  pineconePerQuery(cell: string): PicoUsd
}

/**
 * What each query carries of fixed cost, by cell: the scenario's shared cost and the top-up to Pinecone's minimum at monthly volume,
 * all tenants under their current configurations, split by the scenario's method; plus the tenant's own storage; divided by its
 * queries a month. A cell that uses Pinecone less than the current one raises the top-up: that change is the cell's alone, so that
 * the difference between two cells is the difference in the bill.
 */
export function sharedPerQuery(input: SharedCostInput): ReadonlyMap<string, PicoUsd> {
  const { scenario, activity, cells } = input
  const volume = activity.map(({ tenantId }) => ({ tenantId, queries: tenantOf(scenario, tenantId).queriesPerMonth }))
  const storage = storageByTenant(input)
  const current = new Map(cells.filter(({ isCurrent }) => isCurrent).map(({ tenantId, id }) => [tenantId, id]))
  const topUp = topUpUnder(input, { storage, current })
  const pool = sumUsd([...Object.values(scenario.sharedMonthlyUsd).map(parseUsd), topUp])
  const shares = shareOut(pool, scenario.allocation, volume)
  return new Map(
    cells.map(({ id, tenantId }) => {
      const change = topUpUnder(input, { storage, current: new Map(current).set(tenantId, id) }) - topUp
      const monthly = (shares.get(tenantId) ?? 0n) + (storage.get(tenantId) ?? 0n) + change
      return [id, picoUsd(monthly / BigInt(tenantOf(scenario, tenantId).queriesPerMonth))]
    }),
  )
}

function storageByTenant({ activity, book, atMs }: SharedCostInput): ReadonlyMap<TenantId, PicoUsd> {
  const price = priceOf(book, { provider: 'pinecone', sku: 'serverless', unit: 'storage-gb-months', atMs })
  return new Map(activity.map(({ tenantId, storedBytes }) => [tenantId, amountOf(storedQuantity(BigInt(storedBytes), hoursPerMonth), price)]))
}

interface World {
  readonly storage: ReadonlyMap<TenantId, PicoUsd>
  /** The cell that each tenant runs under. */
  readonly current: ReadonlyMap<TenantId, string>
}

/** The month's top-up to the minimum when every tenant runs under the cell given. */
function topUpUnder({ scenario, book, pineconePerQuery }: SharedCostInput, { storage, current }: World): PicoUsd {
  const queries = [...current].map(([tenantId, cell]) => ({ component: 'pinecone.usage', amount: picoUsd(pineconePerQuery(cell) * BigInt(tenantOf(scenario, tenantId).queriesPerMonth)) }))
  const held = [...storage.values()].map((amount) => ({ component: 'pinecone.storage', amount }))
  return minimumTopUps([...queries, ...held], book).get('pinecone.minimum') ?? zeroUsd
}

function tenantOf(scenario: LoadedScenario, id: string): ScenarioTenant {
  return scenario.tenants.find((tenant) => tenant.id === id) as ScenarioTenant
}

/** A query's part of shared cost, and the method that gave it. */
export interface SharedPart {
  readonly shared: PicoUsd
  readonly method: AllocationMethod
}

/** A cell as the record has it. */
export function recordCell({ cell, figures, measurement }: MeasuredCell, { shared, method }: SharedPart): RecordCell {
  const { directCost, quality: _quality, byKind, latencyMs, configVersions, mislabelled: _mislabelled, ...rest } = figures
  const withShared = (direct: PicoUsd): string => formatUsd(picoUsd(direct + shared))
  const missing = [latencyMs.p95 === null ? `p95 needs 60 samples, p99 300; there are ${latencyMs.count}` : latencyMs.p99 === null ? `p99 needs 300 samples; there are ${latencyMs.count}` : null]
  return {
    id: cell.id,
    tenant: cell.tenantId,
    variant: { ...cell.variant },
    isCurrent: cell.isCurrent,
    ...rest,
    configVersions: [...configVersions],
    latencyMs,
    latencySource: 'modelled+measured',
    reason: missing[0] ?? null,
    costPerQueryUsd: {
      mean: withShared(directCost.mean),
      low95: withShared(usdFromNumber(directCost.interval.low95)),
      high95: withShared(usdFromNumber(directCost.interval.high95)),
      direct: formatUsd(directCost.mean),
      shared: formatUsd(shared),
      standardDeviation: formatUsd(usdFromNumber(directCost.standardDeviationUsd)),
      method,
    },
    quality: qualityOf(figures, measurement),
    qualityByKind: [...byKind],
  }
}

/** Quality as it counts: the user's own measurement where there is one, else what the run's modelled answers came to. */
function qualityOf({ quality }: CellFigures, measurement: Measurement | null): RecordCell['quality'] {
  if (measurement === null) return { ...quality, source: 'modelled' }
  const { right, asked } = measurement
  return { questions: asked, retrievalRecall: quality.retrievalRecall, answerAccuracy: right / asked, ...wilsonInterval(right, asked), source: 'measured' }
}

/** What a tenant's line needs beside its cells. */
export interface AboutTenant {
  readonly report: IngestReport
  readonly sharedByCell: ReadonlyMap<string, PicoUsd>
  readonly assumptions: readonly string[]
}

/** One tenant's line. */
export function comparisonLine(tenant: ScenarioTenant, cells: readonly MeasuredCell[], about: AboutTenant): ComparisonLine {
  const own = cells.filter(({ cell }) => cell.tenantId === tenant.id)
  const candidates = own.map((each) => candidateOf(each, about.sharedByCell.get(each.cell.id) ?? zeroUsd))
  const current = candidates[own.findIndex(({ cell }) => cell.isCurrent)] as Candidate
  const { qualityFloor, latencyObjectiveMs, queriesPerMonth } = tenant
  const { chosen, reason, flipsWhen } = recommend(candidates, { qualityFloor, latencyObjectiveMs, queriesPerMonth, monthlyBudget: parseUsd(tenant.monthlyBudgetUsd) })
  const difference = chosen === null ? null : picoUsd((chosen.costPerQuery - current.costPerQuery) * BigInt(queriesPerMonth))
  return {
    tenant: tenant.id,
    name: tenant.name,
    tier: tenant.tier,
    docCount: about.report.documents,
    avgDocWords: about.report.documents === 0 ? 0 : Math.round((10 * about.report.words) / about.report.documents) / 10,
    currentModel: tenant.current.model,
    currentTopK: tenant.current.topK,
    currentRerank: tenant.current.rerank,
    currentCostPerQueryUsd: formatUsd(current.costPerQuery),
    optimalModel: chosen?.variant.model ?? null,
    optimalTopK: chosen?.variant.topK ?? null,
    optimalRerank: chosen?.variant.rerank ?? null,
    projectedCostPerQueryUsd: chosen === null ? null : formatUsd(chosen.costPerQuery),
    monthlyDifferenceUsd: difference === null ? null : formatUsdRounded(difference, 2),
    reason,
    assumptions: [...about.assumptions],
    flipsWhen,
  }
}

function candidateOf({ cell, figures, measurement }: MeasuredCell, shared: PicoUsd): Candidate {
  const { answerAccuracy, low95, high95, questions, source } = qualityOf(figures, measurement)
  return {
    variant: cell.variant,
    costPerQuery: picoUsd(figures.directCost.mean + shared),
    quality: { share: answerAccuracy, low95, high95, questions, source },
    p95Ms: figures.modelledMs.p95,
    answered: figures.queries - figures.failures,
    infeasible: figures.infeasible,
  }
}

/** The first shared question, as each tenant's current configuration answered it the first time. */
export function sameQuestionLines(cells: readonly Cell[], samples: readonly Sample[], costOf: (requestId: string) => PicoUsd): RunRecord['sameQuestion'] {
  const current = new Set(cells.filter(({ isCurrent }) => isCurrent).map(({ id }) => id))
  const shared = samples.filter(({ kind, cell, trial }) => kind === 'shared' && trial === 1 && current.has(cell))
  const question = shared.map((sample) => sample.question).sort()[0]
  return shared
    .filter((sample) => sample.question === question)
    .sort((one, other) => (one.tenant < other.tenant ? -1 : 1))
    .map((sample) => ({
      tenant: sample.tenant,
      question: sample.texts.question,
      responseMs: sample.outcome === 'answered' ? sample.latencyMs : null,
      promptTokens: sample.promptTokens,
      completionTokens: sample.completionTokens,
      costUsd: formatUsd(costOf(sample.requestId)),
      topSource: sample.topSource,
      correct: sample.right,
    }))
}
