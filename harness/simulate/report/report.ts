/** From what a simulation came to, to its report: figures as they are read from outside. */
import { isoTime } from '../../../src/base/clock.ts'
import {
  formatUsd,
  picoUsd,
  sumUsd,
  usdAsNumber,
  zeroUsd,
  type PicoUsd,
} from '../../../src/base/money.ts'
import type { Fraction } from '../../../src/base/fraction.ts'
import type { SimulateReport } from '../../../reports/simulate/simulate-report.ts'
import type { WrittenLoad } from '../../scenario/load-schema.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { Planned } from '../build-plan.ts'
import type { Percentiles } from '../../measure/quantiles.ts'
import { percentilesOf } from '../engine/latency-buckets.ts'
import { addSeries, emptySeries, emptyTally, seriesOf, type SeriesTally } from '../engine/tally.ts'
import type { SimulationOutcome } from '../run/outcome.ts'
import { assumptionsOf } from './assumptions.ts'
import { revenuesOf, tierLines } from './tiers.ts'

/** What a report is made from. */
export interface ReportInput {
  readonly scenario: LoadedScenario
  readonly planned: Planned
  readonly outcome: SimulationOutcome
  readonly models: string
  /** Set where a load was simulated. */
  readonly load: WrittenLoad | null
  readonly code: SimulateReport['code']
  readonly timing: SimulateReport['timing']
}

/** Makes the report. */
export function reportOf(input: ReportInput): SimulateReport {
  const {
    scenario,
    planned: { plan, growth },
    outcome,
    models,
    load,
    code,
    timing,
  } = input
  const { months, fleet, book, grain, seed } = plan
  const [fromMs, toMs] = [months[0]?.fromMs ?? 0, months.at(-1)?.toMs ?? 0]
  const revenues =
    load !== null
      ? null
      : revenuesOf(scenario.plans, {
          tiers: fleet.tiers,
          tier: fleet.tier,
          tenants: outcome.tenants,
          parts: months.map(({ hours, hoursOfMonth }) => hours / hoursOfMonth),
        })
  return {
    simulationVersion: 1,
    scenario: scenario.name,
    scenarioSha256: scenario.sha256,
    seed,
    grain,
    models,
    priceBook: { id: book.id, sha256: book.sha256 },
    code,
    from: isoTime(fromMs),
    to: isoTime(toMs),
    queries: outcome.tally.counts.arrived,
    virtualSeconds: load?.durationSeconds ?? (toMs - fromMs) / 1_000,
    counts: { ...outcome.tally.counts },
    latencySource: 'simulated',
    latencyMs: latencyOf(input),
    waits: grain === 'event' ? waitsOf(outcome) : null,
    totalUsd: formatUsd(outcome.total),
    unallocatedUsd: formatUsd(outcome.unallocated),
    months: outcome.months.map(({ month, usage, minimum, shared, late, billed }) => ({
      month,
      usageUsd: formatUsd(usage),
      minimumUsd: formatUsd(minimum),
      sharedUsd: formatUsd(shared),
      totalUsd: formatUsd(picoUsd(usage + minimum + shared)),
      lateUsd: formatUsd(late),
      billedUsd: formatUsd(billed),
    })),
    products: productLines(outcome),
    tenants: fleet.ids.map((tenant, at) =>
      tenantLine(tenant, {
        tier: fleet.tiers[fleet.tier[at] as number] ?? '',
        total: outcome.tenants[at],
        revenue: revenues?.[at] ?? null,
      }),
    ),
    configurations: configurationLines(input),
    cells: cellLines(input),
    capacity:
      growth.isGrowing || growth.capacity.events.length <= mostEvents
        ? growth.capacity.events.map((event) => ({ ...event }))
        : [],
    indexes: growth.capacity.indexes.map(({ name, ...index }) => ({ index: name, ...index })),
    signups: {
      tenants: growth.signups.atSeconds.length,
      placed: growth.capacity.placements.reduce((sum, index) => sum + Number(index >= 0), 0),
    },
    refusals:
      growth.capacity.refused === null
        ? null
        : {
            ...growth.capacity.refused,
            alertAt: growth.advice?.alertAt ?? null,
            longestLeadTimeSeconds: growth.advice?.longestLeadTimeSeconds ?? null,
            advice: growth.advice?.sentence ?? '',
          },
    tiers: tierLines({ fleet, tenants: outcome.tenants, revenues }),
    assumptions: [...assumptionsOf({ scenario, plan, models, load })],
    timing,
  }
}

/**
 * Of a fleet that is there from the beginning, so many steps in the life of its indexes are told.
 */
const mostEvents = 1_000

/**
 * Latencies of some stand for no latencies of all: where hours were too busy to tell any, there are
 * none.
 */
function latencyOf({ planned: { plan }, outcome }: ReportInput): SimulateReport['latencyMs'] {
  const all = emptySeries()
  for (const series of outcome.tally.series.values()) addSeries(all, series)
  const isMissing = plan.grain === 'hour' && !isWhole(all)
  return {
    ...percentilesIn(all),
    reason: isMissing ? 'an hour is busier than 70 %: take --grain event for latencies' : null,
  }
}

/** Whether every query that finished has its latency; counts of hours are fractions. */
function isWhole({ latency, finished }: SeriesTally): boolean {
  return latency.reduce((sum, count) => sum + count, 0) >= finished - Math.max(1, 1e-6 * finished)
}

function percentilesIn(series: SeriesTally): Percentiles {
  return isWhole(series)
    ? percentilesOf(series.latency)
    : { count: 0, p50: null, p95: null, p99: null }
}

function waitsOf({
  tally: { counts, waits },
}: SimulationOutcome): NonNullable<SimulateReport['waits']> {
  const share = (count: number): number =>
    counts.arrived === 0 ? 0 : (100 * count) / counts.arrived
  const mean = (sum: number, count: number): number | null => (count === 0 ? null : sum / count)
  return {
    admissionPct: share(waits.admission),
    admissionMeanMs: mean(waits.admissionMs, waits.admission),
    connectionPct: share(waits.connection),
    connectionMeanMs: mean(waits.connectionMs, waits.connection),
    mostQueued: waits.mostQueued,
  }
}

/** The dearest first. */
function productLines({ products }: SimulationOutcome): SimulateReport['products'] {
  const total = usdAsNumber(sumUsd(products.map(({ amount }) => amount)))
  return products
    .toSorted((one, other) =>
      one.amount === other.amount ? 0 : one.amount < other.amount ? 1 : -1,
    )
    .map(({ provider, sku, unit, component, quantity, amount }) => ({
      provider,
      sku,
      unit,
      component,
      quantity: decimalOf(quantity),
      usd: formatUsd(amount),
      sharePct: total === 0 ? 0 : (100 * usdAsNumber(amount)) / total,
    }))
}

const places = 6n

/** A quantity to the millionth, without trailing zeros. */
function decimalOf({ numerator, denominator }: Fraction): string {
  const scaled = (numerator * 10n ** places) / denominator
  const rest = (scaled % 10n ** places).toString().padStart(Number(places), '0').replace(/0+$/, '')
  return `${scaled / 10n ** places}${rest === '' ? '' : `.${rest}`}`
}

interface TenantLineInput {
  readonly tier: string
  readonly total: SimulationOutcome['tenants'][number] | undefined
  readonly revenue: PicoUsd | null
}

function tenantLine(
  tenant: string,
  { tier, total, revenue }: TenantLineInput,
): SimulateReport['tenants'][number] {
  const { queries, direct, shared } = total ?? { queries: 0, direct: zeroUsd, shared: zeroUsd }
  return {
    tenant,
    tier,
    queries,
    costUsd: formatUsd(picoUsd(direct + shared)),
    directUsd: formatUsd(direct),
    sharedUsd: formatUsd(shared),
    revenueUsd: revenue === null ? null : formatUsd(revenue),
  }
}

/** By tenant or by tier, and by configuration; in the order of both. */
function cellLines({ planned: { plan }, outcome }: ReportInput): SimulateReport['cells'] {
  const { fleet, variants, isByTenant } = plan
  return [...outcome.tally.series]
    .toSorted(([one], [other]) => one - other)
    .map(([number, series]) => {
      const who = Math.floor(number / variants.length)
      const { model, topK, rerank } = variants[
        number % variants.length
      ] as (typeof variants)[number]
      const tier = fleet.tiers[isByTenant ? (fleet.tier[who] as number) : who] ?? ''
      return {
        tenant: isByTenant ? (fleet.ids[who] ?? null) : null,
        tier,
        variant: { model, topK, rerank },
        queries: series.finished + series.failed,
        failures: series.failed,
        latencyMs: percentilesIn(series),
        ...meansOf(series),
      }
    })
}

/** The same by tier alone: what tenants have in common. */
function configurationLines({
  planned: {
    plan: { fleet, variants, isByTenant },
  },
  outcome,
}: ReportInput): SimulateReport['configurations'] {
  const together = emptyTally()
  for (const [number, series] of outcome.tally.series) {
    const who = Math.floor(number / variants.length)
    const tier = isByTenant ? (fleet.tier[who] as number) : who
    addSeries(seriesOf(together, tier * variants.length + (number % variants.length)), series)
  }
  return [...together.series]
    .toSorted(([one], [other]) => one - other)
    .map(([number, series]) => {
      const { model, topK, rerank } = variants[
        number % variants.length
      ] as (typeof variants)[number]
      return {
        tier: fleet.tiers[Math.floor(number / variants.length)] ?? '',
        variant: { model, topK, rerank },
        queries: series.finished + series.failed,
        failures: series.failed,
        latencyMs: percentilesIn(series),
        ...meansOf(series),
      }
    })
}

/** Answers from the service's own cache have no tokens, and are in the mean as such. */
function meansOf({ finished, promptTokens, answerTokens }: SeriesTally): {
  readonly promptMean: number | null
  readonly completionMean: number | null
} {
  return finished === 0
    ? { promptMean: null, completionMean: null }
    : { promptMean: promptTokens / finished, completionMean: answerTokens / finished }
}
