/**
 * From a recorded run to what tenants cost: the record has costs, tokens, quality and times by
 * cell, its scenario volumes, floors, objectives and budgets. Under another price book the same
 * usage is priced again.
 */
import {
  parseUsd,
  picoUsd,
  usdAsNumber,
  usdFromNumber,
  zeroUsd,
  type PicoUsd,
} from '../../src/base/money.ts'
import { parseTenantId } from '../../src/base/tenant-id.ts'
import type { PriceBook } from '../../src/index.ts'
import type { RecordCell, RunRecord } from '../../reports/record/record.ts'
import { sharedPerQuery } from '../recommend/comparison.ts'
import { cellsOf } from '../scenario/cells.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { CostPerQuery, Economics, TenantEconomics, VariantEconomics } from './economics.ts'
import {
  recordedParts,
  repricedParts,
  sumOfParts,
  type AboutCell,
  type MissingPrice,
} from './query-parts.ts'

/** A recorded run with what its figures came from. */
export interface RunSource {
  readonly record: RunRecord
  /** The scenario of the record, by its hash. */
  readonly scenario: LoadedScenario
  /** The book that the run was priced by. */
  readonly book: PriceBook
  /**
   * Ids of cells that were not run but derived: their part of what is shared is worked out here.
   * The scenario has their configurations.
   */
  readonly derived?: ReadonlySet<string>
}

/** What a query of a cell costs, its part of what is fixed apart; or why that is not known. */
type PricedCell =
  | {
      readonly direct: CostPerQuery
      readonly shared: PicoUsd
      readonly parts: VariantEconomics['partsPerQuery']
    }
  | MissingPrice

/**
 * The tenants as recorded; under another book, as it would price them. Throws TB_PRICE_MISSING when
 * that book prices no storage.
 */
export function economicsOfRun(source: RunSource, book: PriceBook = source.book): Economics {
  const cells = new Map(source.record.cells.map((cell) => [cell.id, recordedCell(source, cell)]))
  return assembled(
    source,
    book === source.book ? withDerivedShare(source, cells) : repricedCells(source, cells, book),
  )
}

/** What a cell does not say of itself. */
export function aboutCell(
  { record, scenario }: RunSource,
  { tenant }: Pick<RecordCell, 'tenant'>,
): AboutCell {
  const stored = record.tenants.find((each) => each.tenant === tenant)?.storedBytes ?? null
  const { embedding, reranker } = scenario.models
  return {
    atMs: Date.parse(record.timing.startedAt),
    embeddingModel: embedding.model,
    reranker,
    storedBytes: record.subject.kind === 'reference' ? stored : null,
  }
}

function recordedCell(source: RunSource, cell: RecordCell): PricedCell {
  const { direct, shared, low95, high95, standardDeviation, reason } = cell.costPerQueryUsd
  if (cell.queries === 0) return { missing: 'it was never asked' }
  if (direct === null || shared === null || low95 === null || high95 === null)
    return { missing: reason ?? 'no cost is known' }
  const mean = parseUsd(direct)
  const without = (usd: string): PicoUsd => picoUsd(parseUsd(usd) - parseUsd(shared))
  return {
    direct: {
      mean,
      low95: without(low95),
      high95: without(high95),
      standardDeviationUsd:
        standardDeviation === null ? 0 : usdAsNumber(parseUsd(standardDeviation)),
    },
    shared: parseUsd(shared),
    parts: recordedParts(cell, mean, { book: source.book, about: aboutCell(source, cell) }),
  }
}

/**
 * What a derived cell carries is what its tenant's current one carries, and what it changes in a
 * minimum.
 */
function withDerivedShare(
  source: RunSource,
  cells: ReadonlyMap<string, PricedCell>,
): ReadonlyMap<string, PricedCell> {
  const { derived = new Set<string>(), record } = source
  const shared = derived.size === 0 ? null : sharedUnder(source, cells, source.book)
  if (shared === null) return cells
  const current = new Map(
    record.cells.filter(({ isCurrent }) => isCurrent).map(({ tenant, id }) => [tenant, id]),
  )
  const shareOf = ({ id, tenant }: RecordCell): PicoUsd | null => {
    const today = current.get(tenant) ?? ''
    const [own, before, priced] = [shared.get(id), shared.get(today), cells.get(today)]
    return own === undefined || before === undefined || priced === undefined || 'missing' in priced
      ? null
      : picoUsd(priced.shared + own - before)
  }
  const shares = new Map(
    record.cells.filter(({ id }) => derived.has(id)).map((cell) => [cell.id, shareOf(cell)]),
  )
  return new Map(
    [...cells].map(([id, cell]) => [
      id,
      'missing' in cell ? cell : { ...cell, shared: shares.get(id) ?? cell.shared },
    ]),
  )
}

/** The same usage by another book; what spreads, spreads in proportion. */
function repricedCells(
  source: RunSource,
  recorded: ReadonlyMap<string, PricedCell>,
  book: PriceBook,
): ReadonlyMap<string, PricedCell> {
  const directs = new Map(
    source.record.cells.map((cell) => [
      cell.id,
      repricedCell(source, cell, {
        recorded: recorded.get(cell.id) ?? { missing: 'no cell' },
        book,
      }),
    ]),
  )
  const shared = sharedUnder(source, directs, book)
  return new Map(
    [...directs].map(([id, cell]) => [
      id,
      'missing' in cell ? cell : { ...cell, shared: shared?.get(id) ?? cell.shared },
    ]),
  )
}

function repricedCell(
  source: RunSource,
  cell: RecordCell,
  { recorded, book }: { readonly recorded: PricedCell; readonly book: PriceBook },
): PricedCell {
  if ('missing' in recorded) return recorded
  const parts = repricedParts(cell, recorded.parts, {
    from: source.book,
    to: book,
    about: aboutCell(source, cell),
  })
  if ('missing' in parts) return parts
  const mean = sumOfParts(parts)
  const times = recorded.direct.mean === 0n ? 1 : Number(mean) / Number(recorded.direct.mean)
  const around = (end: PicoUsd): PicoUsd =>
    picoUsd(mean + usdFromNumber(usdAsNumber(picoUsd(end - recorded.direct.mean)) * times))
  return {
    direct: {
      mean,
      low95: around(recorded.direct.low95),
      high95: around(recorded.direct.high95),
      standardDeviationUsd: recorded.direct.standardDeviationUsd * times,
    },
    shared: recorded.shared,
    parts,
  }
}

/**
 * Shared cost by that book, as a run works it out; null for a system that is not ours, whose fixed
 * cost is the scenario's alone.
 */
function sharedUnder(
  { record, scenario }: RunSource,
  cells: ReadonlyMap<string, PricedCell>,
  book: PriceBook,
): ReadonlyMap<string, PicoUsd> | null {
  const stored = record.tenants.flatMap(({ tenant, storedBytes }) =>
    storedBytes === null ? [] : [{ tenantId: parseTenantId(tenant), queries: 0, storedBytes }],
  )
  if (record.subject.kind !== 'reference' || stored.length < record.tenants.length) return null
  const pineconePerQuery = (id: string): PicoUsd => {
    const cell = cells.get(id)
    return cell === undefined || 'missing' in cell
      ? zeroUsd
      : picoUsd((cell.parts.rerank ?? 0n) + (cell.parts.retrieval ?? 0n))
  }
  return sharedPerQuery({
    scenario,
    cells: cellsOf(scenario),
    activity: stored,
    book,
    atMs: Date.parse(record.timing.startedAt),
    pineconePerQuery,
  })
}

/**
 * Fixed is what a query carries today; what another configuration changes in it is that
 * configuration's own.
 */
function assembled(
  { record, scenario, derived = new Set() }: RunSource,
  priced: ReadonlyMap<string, PricedCell>,
): Economics {
  const tenants: TenantEconomics[] = []
  const leftOut: Economics['leftOut'][number][] = []
  const cellsOfTenant = Map.groupBy(record.cells, ({ tenant }) => tenant)
  for (const {
    id,
    tier,
    queriesPerMonth,
    qualityFloor,
    latencyObjectiveMs,
    monthlyBudgetUsd,
  } of scenario.tenants) {
    const own = cellsOfTenant.get(id) ?? []
    const current = own.find(({ isCurrent }) => isCurrent)
    const today = current === undefined ? undefined : priced.get(current.id)
    if (current === undefined || today === undefined || 'missing' in today) {
      leftOut.push({
        tenant: id,
        reason:
          today === undefined || !('missing' in today)
            ? 'its current configuration is no cell of the run'
            : today.missing,
      })
      continue
    }
    tenants.push({
      tenant: id,
      tier,
      queriesPerMonth,
      fixedMonthlyUsd: picoUsd(today.shared * BigInt(queriesPerMonth)),
      needs: { qualityFloor, latencyObjectiveMs, monthlyBudgetUsd: parseUsd(monthlyBudgetUsd) },
      currentVariant: current.variant.id,
      variants: own
        .flatMap((cell) => variantOf(cell, priced.get(cell.id), today.shared) ?? [])
        .map((variant) => ({ ...variant, isDerived: derived.has(`${id}/${variant.id}`) })),
      unpriced: own.flatMap((cell) => unpricedOf(cell, priced.get(cell.id))),
    })
  }
  return { tenants, leftOut }
}

function unpricedOf(
  { variant: { model, topK, rerank } }: RecordCell,
  priced: PricedCell | undefined,
): TenantEconomics['unpriced'] {
  return priced !== undefined && 'missing' in priced
    ? [{ model, topK, rerank, reason: priced.missing }]
    : []
}

function variantOf(
  cell: RecordCell,
  priced: PricedCell | undefined,
  sharedToday: PicoUsd,
): Omit<VariantEconomics, 'isDerived'> | null {
  if (priced === undefined || 'missing' in priced) return null
  const change = priced.shared - sharedToday
  const { mean, low95, high95, standardDeviationUsd } = priced.direct
  const isModelled = cell.latencySource !== 'measured'
  const { answerAccuracy, questions, source } = cell.quality
  return {
    ...cell.variant,
    costPerQuery: {
      mean: picoUsd(mean + change),
      low95: picoUsd(low95 + change),
      high95: picoUsd(high95 + change),
      standardDeviationUsd,
    },
    partsPerQuery: priced.parts,
    quality:
      questions === 0
        ? null
        : {
            share: answerAccuracy,
            low95: cell.quality.low95,
            high95: cell.quality.high95,
            questions,
            source,
          },
    p95Ms: isModelled ? cell.modelledMs.p95 : cell.latencyMs.p95,
    timing: isModelled ? 'modelled' : 'measured',
    answered: cell.queries - cell.failures,
    infeasible: cell.infeasible,
  }
}
