/** From cells to the record's lines: costs with both parts, the comparison of tenants, the same question to each. */
import { formatUsd, formatUsdRounded, parseUsd, picoUsd, sumUsd, usdFromNumber, type PicoUsd } from '../../src/base/money.ts'
import { minimumTopUps, priceOf, shareOut, storedQuantity, amountOf, hoursPerMonth, type AllocationMethod, type PriceBook, type TenantActivity } from '../../src/index.ts'
import type { ComparisonLine, RecordCell, RunRecord } from '../../reports/record/record.ts'
import type { CellFigures } from '../measure/cell-figures.ts'
import type { Sample } from '../measure/sample.ts'
import type { Cell } from '../scenario/cells.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { ScenarioTenant } from '../scenario/schema.ts'
import type { IngestReport } from '../target/target.ts'
import { recommend, type Candidate } from './recommend.ts'

/** A cell with its figures. */
export interface MeasuredCell {
  readonly cell: Cell
  readonly figures: CellFigures
}

/** What a tenant's month looks like at its scenario's volume, under its current configuration. */
export interface SharedCostInput {
  readonly scenario: LoadedScenario
  readonly cells: readonly MeasuredCell[]
  readonly activity: readonly TenantActivity[]
  readonly book: PriceBook
  readonly atMs: number
  /** Pinecone's part of what a query costs, by tenant, under its current configuration. */
  pineconePerQuery(tenant: string): PicoUsd
}

/**
 * What each query of a tenant carries of fixed cost: the scenario's shared cost and the top-up to Pinecone's minimum at monthly
 * volume, split by the scenario's method, plus the tenant's own storage; divided by its queries a month.
 */
export function sharedPerQuery(input: SharedCostInput): ReadonlyMap<string, PicoUsd> {
  const { scenario, activity, book } = input
  const storagePrice = priceOf(book, { provider: 'pinecone', sku: 'serverless', unit: 'storage-gb-months', atMs: input.atMs })
  const storage = new Map(activity.map(({ tenantId, storedBytes }) => [String(tenantId), amountOf(storedQuantity(BigInt(storedBytes), hoursPerMonth), storagePrice)]))
  const volume = activity.map(({ tenantId }) => ({ tenantId, queries: tenantOf(scenario, tenantId).queriesPerMonth }))
  const monthly = volume.map(({ tenantId, queries }) => ({ component: 'pinecone.usage', amount: picoUsd(input.pineconePerQuery(tenantId) * BigInt(queries)) }))
  const topUps = minimumTopUps([...monthly, ...[...storage.values()].map((amount) => ({ component: 'pinecone.storage', amount }))], book)
  const pool = sumUsd([...Object.values(scenario.sharedMonthlyUsd).map(parseUsd), ...topUps.values()])
  const shares = shareOut(pool, scenario.allocation, volume)
  return new Map(volume.map(({ tenantId, queries }) => [tenantId, picoUsd(((shares.get(tenantId) ?? 0n) + (storage.get(tenantId) ?? 0n)) / BigInt(queries))]))
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
export function recordCell({ cell, figures }: MeasuredCell, { shared, method }: SharedPart): RecordCell {
  const { directCost, quality, byKind, latencyMs, ...rest } = figures
  const withShared = (direct: PicoUsd): string => formatUsd(picoUsd(direct + shared))
  const missing = [latencyMs.p95 === null ? `p95 needs 60 samples, p99 300; there are ${latencyMs.count}` : latencyMs.p99 === null ? `p99 needs 300 samples; there are ${latencyMs.count}` : null]
  return {
    id: cell.id,
    tenant: cell.tenantId,
    variant: { ...cell.variant },
    isCurrent: cell.isCurrent,
    ...rest,
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
    quality: { ...quality, source: 'modelled' },
    qualityByKind: [...byKind],
  }
}

/** One tenant's line. */
export function comparisonLine(tenant: ScenarioTenant, cells: readonly MeasuredCell[], about: { readonly report: IngestReport; readonly shared: PicoUsd; readonly assumptions: readonly string[] }): ComparisonLine {
  const own = cells.filter(({ cell }) => cell.tenantId === tenant.id)
  const candidates = own.map(({ cell, figures }) => candidateOf(cell, figures, about.shared))
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

function candidateOf(cell: Cell, figures: CellFigures, shared: PicoUsd): Candidate {
  const { answerAccuracy, low95, high95, questions } = figures.quality
  return {
    variant: cell.variant,
    costPerQuery: picoUsd(figures.directCost.mean + shared),
    quality: { share: answerAccuracy, low95, high95, questions },
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
