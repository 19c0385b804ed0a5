/**
 * What a query of a simulated tenant costs: under its own configuration as it came out, under
 * another as tables make it.
 */
import {
  parseUsd,
  picoUsd,
  usdAsNumber,
  usdFromNumber,
  type PicoUsd,
} from '../../../src/base/money.ts'
import type { PriceBook } from '../../../src/index.ts'
import type { SimulateReport } from '../../../reports/simulate/simulate-report.ts'
import { isSame, type Configuration } from '../economics.ts'
import { partsOfTokens, sumOfParts, type KnownParts, type MissingPrice } from '../query-parts.ts'
import { attemptsOf } from '../../simulate/engine/fates.ts'
import { queryShapes, type QueryShape } from './simulated-queries.ts'
import { keepingCosts, type ChangedOnTheWay, type PlannedSimulation } from './simulated-time.ts'
import type { SimulatedTenant } from './simulated-tenants.ts'

/** What it is made from. */
export interface CostInput {
  readonly simulation: PlannedSimulation
  readonly tenants: readonly SimulatedTenant[]
  readonly changed: ChangedOnTheWay
}

/** A query. */
export interface SimulatedCost {
  readonly mean: PicoUsd
  readonly parts: KnownParts
  /** Of the parts: reranking and reads. */
  readonly pinecone: PicoUsd
  readonly standardDeviationUsd: number
  readonly p95Ms: number | null
  readonly longestPrompt: number
  readonly answered: number
}

/** Costs of all tenants. */
export interface SimulatedCosts {
  costOf(
    tenant: SimulatedTenant,
    configuration: Configuration,
    book: PriceBook,
  ): SimulatedCost | MissingPrice
  readonly words: readonly string[]
}

/** Works them out. */
export function simulatedCosts(input: CostInput): SimulatedCosts {
  const { simulation, tenants } = input
  const {
    report,
    planned: { plan },
  } = simulation
  const shapes = queryShapes(simulation)
  const cells = new Map(
    report.cells.map((cell) => [cellKey(cell.tenant ?? cell.tier, cell.variant), cell]),
  )
  const cellOf = ({
    id,
    tier,
    current,
  }: SimulatedTenant): SimulateReport['cells'][number] | undefined =>
    cells.get(cellKey(id, current)) ?? cells.get(cellKey(tier, current))
  const atMs = plan.months.at(-1)?.segments.at(-1)?.fromMs ?? 0
  const partsOf = (
    tenant: SimulatedTenant,
    configuration: Configuration,
    book: PriceBook,
  ): KnownParts | MissingPrice => {
    const { prompt, answer } = shapes.shapeOf(tenant.place, configuration)
    const measured = report.models === 'profiles' ? undefined : cellOf(tenant)
    const tokens = {
      prompt: measured?.promptMean ?? prompt.mean,
      completion: measured?.completionMean ?? answer.mean,
      question: plan.fleet.questionTokens[tenant.place] ?? 0,
      cachedShare: plan.rates.cachedPromptTokens,
    }
    return partsOfTokens(configuration, tokens, {
      book,
      about: {
        atMs,
        embeddingModel: plan.embeddingModel,
        reranker: plan.reranker,
        storedBytes: plan.fleet.storedBytes[tenant.place] ?? 0,
      },
    })
  }
  const directs = directCosts(input)
  const tables = tenants.map((tenant) => {
    const parts = partsOf(tenant, tenant.current, plan.book)
    return 'missing' in parts ? picoUsd(0n) : sumOfParts(parts)
  })
  const factors = tenants.map(({ place }) => {
    const [direct, listed] = [directs[place] ?? null, usdAsNumber(tables[place] ?? picoUsd(0n))]
    return direct === null || listed === 0
      ? attemptsOf(plan) * (1 - plan.rates.cachedAnswers)
      : usdAsNumber(direct) / listed
  })
  const todayUnder = (place: number, listed: PicoUsd): PicoUsd | null => {
    const [direct, own] = [directs[place] ?? null, tables[place] ?? 0n]
    return direct === null || own === 0n ? null : picoUsd((direct * listed) / own)
  }
  return {
    costOf(tenant, configuration, book) {
      const listed = partsOf(tenant, configuration, book)
      if ('missing' in listed) return listed
      const parts = scaledParts(listed, factors[tenant.place] ?? 1)
      const shape = shapes.shapeOf(tenant.place, configuration)
      const isCurrent = isSame(configuration, tenant.current)
      const cell = isCurrent ? cellOf(tenant) : undefined
      return {
        mean:
          (isCurrent ? todayUnder(tenant.place, sumOfParts(listed)) : null) ?? sumOfParts(parts),
        parts,
        pinecone: picoUsd(parts.rerank + parts.retrieval),
        standardDeviationUsd: spreadOf(parts, shape, plan.rates.cachedAnswers),
        p95Ms: cell === undefined ? shape.p95Ms() : cell.latencyMs.p95,
        longestPrompt: shape.prompt.largest,
        answered: cell === undefined ? 0 : cell.queries - cell.failures,
      }
    },
    words: factorWords(factors),
  }
}

function cellKey(who: string, { model, topK, rerank }: Configuration): string {
  return JSON.stringify([who, model, topK, rerank])
}

/**
 * What each tenant's queries came to, one of them; null where there are none, or the time as a
 * whole was not like its end.
 */
function directCosts({
  simulation: {
    report,
    planned: { plan },
  },
  tenants,
  changed,
}: CostInput): readonly (PicoUsd | null)[] {
  const keeping = keepingCosts(plan, plan.book)
  return tenants.map(({ place, queries }) => {
    if (queries === 0 || changed.prices || changed.tenants.has(place)) return null
    return picoUsd(
      (parseUsd(report.tenants[place]?.directUsd ?? '0') - (keeping[place] ?? 0n)) /
        BigInt(queries),
    )
  })
}

function scaledParts(parts: KnownParts, factor: number): KnownParts {
  const times = (part: PicoUsd): PicoUsd => usdFromNumber(usdAsNumber(part) * factor)
  return {
    model: times(parts.model),
    prompt: times(parts.prompt),
    rerank: times(parts.rerank),
    retrieval: times(parts.retrieval),
    embedding: times(parts.embedding),
  }
}

/**
 * Of single queries: prompt and answer vary independently, at what a token of each costs; an answer
 * from the service's own cache costs nothing.
 */
function spreadOf(
  parts: KnownParts,
  { prompt, answer }: QueryShape,
  cachedAnswers: number,
): number {
  const asked = 1 - cachedAnswers
  if (asked === 0) return 0
  const ofPrompt = prompt.mean === 0 ? 0 : usdAsNumber(parts.prompt) / asked / prompt.mean
  const ofAnswer =
    answer.mean === 0 ? 0 : usdAsNumber(picoUsd(parts.model - parts.prompt)) / asked / answer.mean
  const mean = usdAsNumber(sumOfParts(parts)) / asked
  return Math.sqrt(
    asked * (ofPrompt ** 2 * prompt.variance + ofAnswer ** 2 * answer.variance + mean ** 2) -
      (asked * mean) ** 2,
  )
}

function factorWords(factors: readonly number[]): readonly string[] {
  const [least, most] = [Math.min(...factors).toFixed(3), Math.max(...factors).toFixed(3)]
  return [
    'What queries came to over what tables say of them: ' +
      `${least === most ? least : `${least} to ${most}`} (attempts that break off, answers from ` +
      'the cache, and chance).',
  ]
}
