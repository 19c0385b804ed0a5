/**
 * What was simulated, planned again from its scenario: who was there, from when on under what, and
 * what a tenant costs without being asked.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import { sumFractions } from '../../../src/base/fraction.ts'
import { picoUsd, usdAsNumber, usdFromNumber, type PicoUsd } from '../../../src/base/money.ts'
import { roundedUsd, type PriceBook } from '../../../src/index.ts'
import type { SimulateReport } from '../../../reports/simulate/simulate-report.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import { simulationSchema, type WrittenSimulation } from '../../scenario/simulation-schema.ts'
import { changedBook } from '../../simulate/bill/changed-book.ts'
import { billGroup } from '../../simulate/bill/group-bill.ts'
import { buildPlan, type Planned } from '../../simulate/build-plan.ts'
import { usageSums } from '../../simulate/engine/usage-sums.ts'
import { modelsFromProfiles } from '../../simulate/models/from-profiles.ts'
import type { ServiceModels } from '../../simulate/models/service-models.ts'
import type { SimulationPlan } from '../../simulate/plan.ts'
import type { TokenProfiles } from '../../simulate/tokens/profile-cache.ts'

/** A simulation that was read, with all that it was made from. */
export interface ReadSimulation {
  readonly report: SimulateReport
  /** The scenario of the report, by its hash. */
  readonly scenario: LoadedScenario
  /** The book before any price changed on the way. */
  readonly listed: PriceBook
  readonly profiles: TokenProfiles
}

/** With its plan made again. */
export interface PlannedSimulation extends ReadSimulation {
  readonly planned: Planned
  /** By published profiles. */
  readonly models: ServiceModels
}

/** What of a scenario was simulated. Throws TB_USAGE for a load, which is no month. */
export function simulationOf(
  { from, virtualSeconds }: SimulateReport,
  { simulation, load }: LoadedScenario,
): WrittenSimulation {
  if (simulation !== undefined) return simulation
  if (load !== undefined && virtualSeconds === load.durationSeconds)
    throw new TenantbenchError('TB_USAGE', {
      detail:
        `A load of ${virtualSeconds} seconds was simulated, which says nothing of a month: ` +
        'give the scenario a simulation, or simulate it with --grain hour.',
    })
  return simulationSchema.parse({ from: from.slice(0, 10), months: 1 })
}

/** The book as a simulation has it: with the prices that change on the way. */
export function bookOf(
  listed: PriceBook,
  { changes }: Pick<WrittenSimulation, 'changes'>,
): PriceBook {
  return changedBook(
    listed,
    changes.flatMap((change) =>
      'price' in change
        ? [{ atMs: Date.parse(`${change.on}T00:00:00Z`), price: change.price }]
        : [],
    ),
  )
}

/** Plans it again. Throws TB_RECORD_INVALID where the report has other tenants. */
export function planAgain(read: ReadSimulation): PlannedSimulation {
  const { report, scenario, listed, profiles } = read
  const models = modelsFromProfiles(scenario.models)
  const planned = buildPlan({
    scenario,
    simulation: simulationOf(report, scenario),
    grain: report.grain,
    book: listed,
    models,
    profiles,
  })
  const { ids } = planned.plan.fleet
  if (
    ids.length === report.tenants.length &&
    ids.every((id, at) => report.tenants[at]?.tenant === id)
  )
    return { ...read, planned, models }
  throw new TenantbenchError('TB_RECORD_INVALID', {
    detail:
      'Its tenants are not those that its scenario makes: it is of another version of tenantbench, simulate again.',
  })
}

const averageMonthSeconds = 30.4375 * 86_400

/**
 * Months: as many as the calendar has where it is whole ones, else days over those of an average
 * month.
 */
export function monthsOf(
  { virtualSeconds }: Pick<SimulateReport, 'virtualSeconds'>,
  { months }: Pick<SimulationPlan, 'months'>,
): { readonly count: number; readonly isWhole: boolean } {
  const isWhole = months.every(
    ({ firstHour, hours, hoursOfMonth }) => firstHour === 0 && hours === hoursOfMonth,
  )
  return { count: isWhole ? months.length : virtualSeconds / averageMonthSeconds, isWhole }
}

/** A part of an amount, by how many it is divided. */
export function dividedUsd(amount: PicoUsd, by: number): PicoUsd {
  return Number.isInteger(by)
    ? picoUsd(amount / BigInt(by))
    : usdFromNumber(usdAsNumber(amount) / by)
}

/**
 * What each tenant costs in all of the time without a query: storage, and the ingestion of those
 * who came. By another book its own prices. Throws TB_PRICE_MISSING.
 */
export function keepingCosts(simulated: SimulationPlan, book: PriceBook): readonly PicoUsd[] {
  const plan = { ...simulated, book }
  const count = plan.fleet.ids.length
  const bills = plan.months.map((month) =>
    billGroup(
      { plan, first: 0, end: count },
      month,
      usageSums(count, month.segments.length, plan.cliffs),
    ),
  )
  return plan.fleet.ids.map((_id, at) =>
    roundedUsd(sumFractions(bills.flatMap(({ tenants }) => tenants[at] ?? []))),
  )
}

/** What changed on the way, so that the time as a whole is not like its end. */
export interface ChangedOnTheWay {
  readonly prices: boolean
  /** Places of tenants whose configuration did. */
  readonly tenants: ReadonlySet<number>
}

/** Prices of what somebody used, and configurations. */
export function changedOnTheWay({
  book,
  months,
  variants,
  variantOf,
  embeddingModel,
  reranker,
  fleet,
}: SimulationPlan): ChangedOnTheWay {
  const [fromMs, toMs] = [months[0]?.fromMs ?? 0, months.at(-1)?.toMs ?? 0]
  const used = new Set([
    ...variants.map(({ model }) => model),
    embeddingModel,
    reranker,
    'serverless',
  ])
  const skus = new Set([
    ...used,
    ...book.aliases.flatMap(({ alias, sku }) => (used.has(alias) ? [sku] : [])),
  ])
  const isWithin = (atMs: number | null): boolean => atMs !== null && atMs > fromMs && atMs < toMs
  const first = variantOf[0]
  return {
    prices: book.prices.some(
      (price) => skus.has(price.sku) && (isWithin(price.fromMs) || isWithin(price.toMs)),
    ),
    tenants: new Set(
      [...fleet.ids.keys()].filter((at) => variantOf.some((epoch) => epoch[at] !== first?.[at])),
    ),
  }
}
