/**
 * From cells to the record's lines: costs with both parts, the comparison of tenants, the same
 * question to each.
 */
import {
  formatUsd,
  formatUsdRounded,
  parseUsd,
  picoUsd,
  sumUsd,
  usdFromNumber,
  zeroUsd,
  type PicoUsd,
} from '../../src/base/money.ts'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import {
  minimumTopUps,
  priceOf,
  shareOut,
  storedQuantity,
  amountOf,
  hoursPerMonth,
  type AllocationMethod,
  type PriceBook,
  type TenantActivity,
} from '../../src/index.ts'
import type { ComparisonLine, RecordCell, RunRecord } from '../../reports/record/record.ts'
import type { CellFigures, CostOf } from '../measure/cell-figures.ts'
import type { Sample } from '../measure/sample.ts'
import { wilsonInterval } from '../measure/intervals.ts'
import type { Cell } from '../scenario/cells.ts'
import type { Measurement } from '../scenario/measurements.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { ScenarioTenant } from '../scenario/resolve.ts'
import type { IngestReport } from '../target/target.ts'
import { recommend, type Candidate, type Recommendation } from './recommend.ts'

/** A cell with its figures. */
export interface MeasuredCell {
  readonly cell: Cell
  readonly figures: CellFigures
  /** The user's own count of right answers; it takes the place of what is assumed. */
  readonly measurement: Measurement | null
  /** Whether times and answers come from stand-ins of ours. */
  readonly isModelled: boolean
  /** Whether usage is counted by our own meter; otherwise the target tells it. */
  readonly isMetered: boolean
  /** Why there is no cost where there is none. */
  readonly whyNoCost: string
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
 * What each query carries of fixed cost, by cell: the scenario's shared cost and the top-up to
 * Pinecone's minimum at monthly volume, all tenants under their current configurations, split by
 * the scenario's method; plus the tenant's own storage; divided by its queries a month. A cell that
 * uses Pinecone less than the current one raises the top-up: that change is the cell's alone, so
 * that the difference between two cells is the difference in the bill.
 */
export function sharedPerQuery(input: SharedCostInput): ReadonlyMap<string, PicoUsd> {
  const { scenario, activity, cells } = input
  const volume = activity.map(({ tenantId }) => ({
    tenantId,
    queries: tenantOf(scenario, tenantId).queriesPerMonth,
  }))
  const storage = storageByTenant(input)
  const current = new Map(
    cells.filter(({ isCurrent }) => isCurrent).map(({ tenantId, id }) => [tenantId, id]),
  )
  const topUp = topUpUnder(input, { storage, current })
  const pool = sumUsd([...Object.values(scenario.sharedMonthlyUsd).map(parseUsd), topUp])
  const shares = sharesOf(pool, scenario.allocation, volume)
  return new Map(
    cells.map(({ id, tenantId }) => {
      const change =
        topUpUnder(input, { storage, current: new Map(current).set(tenantId, id) }) - topUp
      const monthly = (shares.get(tenantId) ?? 0n) + (storage.get(tenantId) ?? 0n) + change
      return [id, picoUsd(monthly / BigInt(tenantOf(scenario, tenantId).queriesPerMonth))]
    }),
  )
}

function storageByTenant({
  activity,
  book,
  atMs,
}: SharedCostInput): ReadonlyMap<TenantId, PicoUsd> {
  const price = priceOf(book, {
    provider: 'pinecone',
    sku: 'serverless',
    unit: 'storage-gb-months',
    atMs,
  })
  return new Map(
    activity.map(({ tenantId, storedBytes }) => [
      tenantId,
      amountOf(storedQuantity(BigInt(storedBytes), hoursPerMonth), price),
    ]),
  )
}

/**
 * The scenario's own shared cost alone, split by its method: of a system whose other fixed cost
 * nobody knows.
 */
export function scenarioSharePerQuery(
  scenario: LoadedScenario,
  cells: readonly Cell[],
): ReadonlyMap<string, PicoUsd> {
  const volume = scenario.tenants.map(({ id, queriesPerMonth }) => ({
    tenantId: parseTenantId(id),
    queries: queriesPerMonth,
  }))
  const shares = sharesOf(
    sumUsd(Object.values(scenario.sharedMonthlyUsd).map(parseUsd)),
    scenario.allocation,
    volume,
  )
  return new Map(
    cells.map(({ id, tenantId }) => [
      id,
      picoUsd((shares.get(tenantId) ?? 0n) / BigInt(tenantOf(scenario, tenantId).queriesPerMonth)),
    ]),
  )
}

function sharesOf(
  amount: PicoUsd,
  method: AllocationMethod,
  volume: readonly { readonly tenantId: TenantId; readonly queries: number }[],
): ReadonlyMap<TenantId, PicoUsd> {
  const claimants = volume.map((each) => ({ ...each, storedBytes: 0, ownCost: 0n }))
  return new Map(
    shareOut({ component: 'shared', amount }, { rule: { method }, claimants }).lines.map((line) => [
      line.tenantId,
      line.amount,
    ]),
  )
}

interface World {
  readonly storage: ReadonlyMap<TenantId, PicoUsd>
  /** The cell that each tenant runs under. */
  readonly current: ReadonlyMap<TenantId, string>
}

/** The month's top-up to the minimum when every tenant runs under the cell given. */
function topUpUnder(
  { scenario, book, pineconePerQuery }: SharedCostInput,
  { storage, current }: World,
): PicoUsd {
  const queries = [...current].map(([tenantId, cell]) => ({
    component: 'pinecone.usage',
    amount: picoUsd(pineconePerQuery(cell) * BigInt(tenantOf(scenario, tenantId).queriesPerMonth)),
  }))
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
export function recordCell(measured: MeasuredCell, part: SharedPart): RecordCell {
  const { cell, figures, measurement, isModelled, isMetered } = measured
  const {
    directCost: _directCost,
    quality: _quality,
    byKind,
    latencyMs,
    configVersions,
    stages,
    mislabelled: _mislabelled,
    tokens,
    ...rest
  } = figures
  const missing =
    latencyMs.p95 === null
      ? `p95 needs 60 samples, p99 300; there are ${latencyMs.count}`
      : latencyMs.p99 === null
        ? `p99 needs 300 samples; there are ${latencyMs.count}`
        : null
  return {
    id: cell.id,
    tenant: cell.tenantId,
    variant: { ...cell.variant },
    isCurrent: cell.isCurrent,
    ...rest,
    configVersions: [...configVersions],
    latencyMs: { ...latencyMs, stages: [...stages] },
    latencySource: isModelled ? 'modelled+measured' : 'measured',
    reason: missing,
    tokens: { ...tokens, source: isMetered ? 'metered' : 'target' },
    costPerQueryUsd: costOfCell(measured, part),
    costSpread: spreadOf(figures),
    quality: qualityOf(figures, measurement, isModelled),
    qualityByKind: [...byKind],
  }
}

function costOfCell(
  { figures: { directCost }, whyNoCost }: MeasuredCell,
  { shared, method }: SharedPart,
): RecordCell['costPerQueryUsd'] {
  if (directCost === null)
    return {
      mean: null,
      low95: null,
      high95: null,
      direct: null,
      shared: null,
      standardDeviation: null,
      method,
      reason: whyNoCost,
    }
  const withShared = (direct: PicoUsd): string => formatUsd(picoUsd(direct + shared))
  return {
    mean: withShared(directCost.mean),
    low95: withShared(usdFromNumber(directCost.interval.low95)),
    high95: withShared(usdFromNumber(directCost.interval.high95)),
    direct: formatUsd(directCost.mean),
    shared: formatUsd(shared),
    standardDeviation: formatUsd(usdFromNumber(directCost.standardDeviationUsd)),
    method,
    reason: null,
  }
}

function spreadOf({ directCost }: CellFigures): RecordCell['costSpread'] {
  if (directCost === null) return null
  const { p50, p95, max, coefficientOfVariation, topHundredthPct } = directCost.spread
  const written = (usd: number | null): string | null =>
    usd === null ? null : formatUsd(usdFromNumber(usd))
  return {
    p50Usd: written(p50),
    p95Usd: written(p95),
    maxUsd: written(max),
    coefficientOfVariation,
    topHundredthPct,
  }
}

/**
 * Quality as it counts: the user's own measurement where there is one, else what the run's answers
 * came to.
 */
function qualityOf(
  { quality }: CellFigures,
  measurement: Measurement | null,
  isModelled: boolean,
): RecordCell['quality'] {
  if (measurement === null) return { ...quality, source: isModelled ? 'modelled' : 'measured' }
  const { right, asked } = measurement
  return {
    questions: asked,
    retrievalRecall: quality.retrievalRecall,
    answerAccuracy: right / asked,
    ...wilsonInterval(right, asked),
    source: 'measured',
  }
}

/** What a tenant's line needs beside its cells. */
export interface AboutTenant {
  readonly report: IngestReport
  readonly sharedByCell: ReadonlyMap<string, PicoUsd>
  readonly assumptions: readonly string[]
}

/** One tenant's line. */
export function comparisonLine(
  tenant: ScenarioTenant,
  cells: readonly MeasuredCell[],
  about: AboutTenant,
): ComparisonLine {
  const { queriesPerMonth, current } = tenant
  const own = cells.filter(({ cell }) => cell.tenantId === tenant.id)
  const candidates = own.flatMap(
    (each) => candidateOf(each, about.sharedByCell.get(each.cell.id) ?? zeroUsd) ?? [],
  )
  const today = candidates.find(
    ({ variant }) => variant === own.find(({ cell }) => cell.isCurrent)?.cell.variant,
  )
  const { chosen, reason, flipsWhen } = recommendFor(tenant, own, candidates)
  const difference =
    chosen === null || today === undefined
      ? null
      : picoUsd((chosen.costPerQuery - today.costPerQuery) * BigInt(queriesPerMonth))
  return {
    tenant: tenant.id,
    name: tenant.name,
    tier: tenant.tier,
    docCount: about.report.documents,
    avgDocWords:
      about.report.documents === 0
        ? 0
        : Math.round((10 * about.report.words) / about.report.documents) / 10,
    currentModel: current.model,
    currentTopK: current.topK,
    currentRerank: current.rerank,
    currentCostPerQueryUsd: today === undefined ? null : formatUsd(today.costPerQuery),
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

/**
 * The cheapest of some is not the cheapest of all: where one has no cost, nothing is recommended.
 */
function recommendFor(
  tenant: ScenarioTenant,
  own: readonly MeasuredCell[],
  candidates: readonly Candidate[],
): Recommendation {
  const { qualityFloor, latencyObjectiveMs, queriesPerMonth } = tenant
  if (candidates.length < own.length)
    return {
      chosen: null,
      reason: `none: ${own.find(({ figures }) => figures.directCost === null)?.whyNoCost ?? 'no cost is known'}.`,
      flipsWhen: null,
    }
  return recommend(candidates, {
    qualityFloor,
    latencyObjectiveMs,
    queriesPerMonth,
    monthlyBudget: parseUsd(tenant.monthlyBudgetUsd),
  })
}

/** Null without a cost. */
function candidateOf(
  { cell, figures, measurement, isModelled }: MeasuredCell,
  shared: PicoUsd,
): Candidate | null {
  if (figures.directCost === null) return null
  const { answerAccuracy, low95, high95, questions, source } = qualityOf(
    figures,
    measurement,
    isModelled,
  )
  return {
    variant: cell.variant,
    costPerQuery: picoUsd(figures.directCost.mean + shared),
    quality: { share: answerAccuracy, low95, high95, questions, source },
    p95Ms: isModelled ? figures.modelledMs.p95 : figures.latencyMs.p95,
    timing: isModelled ? 'modelled' : 'measured',
    answered: figures.queries - figures.failures,
    infeasible: figures.infeasible,
  }
}

/** The first shared question, as each tenant's current configuration answered it the first time. */
export function sameQuestionLines(
  cells: readonly MeasuredCell[],
  samples: readonly Sample[],
  costOf: CostOf,
): RunRecord['sameQuestion'] {
  const current = new Map(
    cells.filter(({ cell }) => cell.isCurrent).map((each) => [each.cell.id, each]),
  )
  const shared = samples.filter(
    ({ kind, cell, trial }) => kind === 'shared' && trial === 1 && current.has(cell),
  )
  const question = shared.map((sample) => sample.question).sort()[0]
  return shared
    .filter((sample) => sample.question === question)
    .sort((one, other) => (one.tenant < other.tenant ? -1 : 1))
    .map((sample) => {
      const { tenant, outcome, promptTokens, completionTokens, topSource, right: correct } = sample
      const cost = costOf(sample.requestId)
      const reason =
        outcome === 'failed'
          ? 'the query failed'
          : cost === null
            ? (current.get(sample.cell)?.whyNoCost ?? null)
            : null
      return {
        tenant,
        question: sample.texts.question,
        responseMs: outcome === 'answered' ? sample.latencyMs : null,
        promptTokens,
        completionTokens,
        costUsd: cost === null ? null : formatUsd(cost),
        reason,
        topSource,
        correct,
      }
    })
}
