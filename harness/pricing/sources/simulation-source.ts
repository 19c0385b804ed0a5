/**
 * A simulation as a source of prices. What today's configuration costs is what its queries came to;
 * what another one costs is what the simulation's own tables make of it, held to today's by the
 * same factor. Quality is not simulated: it comes from runs, or is not known.
 */
import {
  picoUsd,
  parseUsd,
  usdAsNumber,
  usdFromNumber,
  type PicoUsd,
} from '../../../src/base/money.ts'
import type { PriceBook } from '../../../src/index.ts'
import {
  z95,
  type Configuration,
  type Economics,
  type TenantEconomics,
  type VariantEconomics,
} from '../economics.ts'
import { qualityFor, type MeasuredQuality } from '../measured-quality.ts'
import { withVariantId } from '../../scenario/cells.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { SimulationPlan } from '../../simulate/plan.ts'
import { isBeyondWindow } from './derived-prompts.ts'
import { meterOf, type PriceSource } from './price-source.ts'
import { qualityWords, type TenantQuality } from './quality-words.ts'
import { fixedCosts } from './simulated-fixed.ts'
import { simulatedCosts, type SimulatedCosts } from './simulated-costs.ts'
import { simulatedTenants, type SimulatedTenant } from './simulated-tenants.ts'
import { changedOnTheWay, monthsOf, type PlannedSimulation } from './simulated-time.ts'

/** What a simulation is asked beyond its report. */
export interface BeyondSimulation {
  readonly configurations: readonly Configuration[]
  readonly measured: readonly MeasuredQuality[]
}

/** The source. Throws TB_PRICE_MISSING. */
export function sourceOfSimulation(
  simulation: PlannedSimulation,
  { configurations, measured }: BeyondSimulation,
): PriceSource {
  const { report, scenario, profiles, planned } = simulation
  const { plan, templateOf } = planned
  const [months, changed, isDerivable] = [
    monthsOf(report, plan),
    changedOnTheWay(plan),
    report.models === 'profiles',
  ]
  const tenants = simulatedTenants({
    report,
    scenario,
    planned,
    months: months.count,
    others: isDerivable ? [...scenario.variants, ...configurations] : [],
  })
  const qualities = tenants.map((tenant) =>
    qualitiesFor(tenant, measured, profiles.profileOf(templateOf[tenant.place] as number)),
  )
  const costs = simulatedCosts({ simulation, tenants, changed })
  return {
    kind: 'simulation',
    runId: `${report.scenario}-${report.seed}-${report.grain}`,
    scenario: report.scenario,
    book: plan.book,
    meter: meterOf(scenario),
    assumptions: [
      ...report.assumptions,
      ...wordsFor({ scenario, plan, months, changed, isDerivable, asked: configurations.length }),
      ...costs.words,
      ...(measured.length === 0
        ? [
            'Quality is not simulated: it is known only where --measured names runs that ' +
              'asked, and nothing else is recommended.',
          ]
        : qualityWords(qualities.flat())),
    ],
    economics: (book) =>
      economicsUnder(book, {
        tenants,
        costs,
        qualities,
        fixed: fixedCosts({ report, plan, months, tenants, costs }),
      }),
  }
}

/** A tenant like one of the scenario's has the same texts, and so the same quality. */
function qualitiesFor(
  { id, template, configurations }: SimulatedTenant,
  measured: readonly MeasuredQuality[],
  { documents, words }: { readonly documents: number; readonly words: number },
): readonly TenantQuality[] {
  return configurations.map((configuration) => ({
    tenant: id,
    configuration,
    found: qualityFor({ tenant: template.id, documents, words }, configuration, measured),
  }))
}

interface Assembling {
  readonly tenants: readonly SimulatedTenant[]
  readonly costs: SimulatedCosts
  readonly qualities: readonly (readonly TenantQuality[])[]
  readonly fixed: ReturnType<typeof fixedCosts>
}

function economicsUnder(
  book: PriceBook,
  { tenants, costs, qualities, fixed }: Assembling,
): Economics {
  const found: TenantEconomics[] = []
  const leftOut: Economics['leftOut'][number][] = []
  const under = fixed.under(book)
  for (const tenant of tenants) {
    const { place, id, tier, template, queriesPerMonth, current, configurations } = tenant
    const priced = configurations.map((configuration, at) => ({
      configuration,
      quality: qualities[place]?.[at]?.found.quality ?? null,
      cost: costs.costOf(tenant, configuration, book),
    }))
    const [today] = priced
    if (today === undefined || 'missing' in today.cost) {
      leftOut.push({
        tenant: id,
        reason:
          today === undefined || !('missing' in today.cost)
            ? 'it has no configuration'
            : today.cost.missing,
      })
      continue
    }
    const pinecone = today.cost.pinecone
    found.push({
      tenant: id,
      tier,
      queriesPerMonth,
      fixedMonthlyUsd: under.fixedOf(place),
      needs: {
        qualityFloor: template.qualityFloor,
        latencyObjectiveMs: template.latencyObjectiveMs,
        monthlyBudgetUsd: parseUsd(template.monthlyBudgetUsd),
      },
      currentVariant: withVariantId(current).id,
      variants: priced.flatMap(({ configuration, quality, cost }) =>
        'missing' in cost
          ? []
          : [
              variantOf(tenant, {
                configuration,
                quality,
                cost,
                change: under.changeOf(place, picoUsd(cost.pinecone - pinecone)),
              }),
            ],
      ),
      unpriced: priced.flatMap(({ configuration, cost }) =>
        'missing' in cost ? [{ ...configuration, reason: cost.missing }] : [],
      ),
    })
  }
  return { tenants: found, leftOut }
}

interface PricedVariant {
  readonly configuration: Configuration
  readonly quality: VariantEconomics['quality']
  readonly cost: Exclude<ReturnType<SimulatedCosts['costOf']>, { readonly missing: string }>
  /** What it changes in a minimum, a query. */
  readonly change: PicoUsd
}

/** The interval is that of chance: a mean over so many queries. */
function variantOf(
  { queries, current }: SimulatedTenant,
  { configuration, quality, cost, change }: PricedVariant,
): VariantEconomics {
  const { mean, parts, standardDeviationUsd, p95Ms, longestPrompt, answered } = cost
  const half =
    queries === 0
      ? 0
      : Math.min(usdAsNumber(mean), (z95 * standardDeviationUsd) / Math.sqrt(queries))
  const around = (usd: number): PicoUsd => picoUsd(mean + change + usdFromNumber(usd))
  const isCurrent = withVariantId(configuration).id === withVariantId(current).id
  return {
    ...withVariantId(configuration),
    costPerQuery: {
      mean: picoUsd(mean + change),
      low95: around(-half),
      high95: around(half),
      standardDeviationUsd,
    },
    partsPerQuery: parts,
    quality,
    p95Ms,
    timing: 'modelled',
    answered,
    infeasible: isBeyondWindow(configuration.model, longestPrompt),
    isDerived: !isCurrent,
  }
}

interface Wording {
  readonly scenario: LoadedScenario
  readonly plan: SimulationPlan
  readonly months: ReturnType<typeof monthsOf>
  readonly changed: ReturnType<typeof changedOnTheWay>
  readonly isDerivable: boolean
  /** How many configurations were given. */
  readonly asked: number
}

function wordsFor({
  scenario,
  plan,
  months,
  changed,
  isDerivable,
  asked,
}: Wording): readonly string[] {
  const passing = passingOf(plan)
  const count = months.isWhole ? String(months.count) : months.count.toFixed(3)
  return [
    `A month is what was simulated, over ${count} ${count === '1' ? 'month' : 'months'}` +
      `${months.isWhole ? '' : ' of 30.4375 days; a minimum is that of a month so made'}: ` +
      'queries, shared cost, storage and ingestion.',
    ...(scenario.variants.length + asked === 0
      ? []
      : [
          isDerivable
            ? "Other configurations were not simulated: prompts are derived from each tenant's " +
              "chunks, answers are the model's by published profiles, and both cost as much more " +
              "or less than their tables say as today's configuration did. Their p95 is without " +
              'queues and repeated attempts. Intervals are those of chance alone.'
            : "The simulation is from fitted models: other configurations than today's are not derived.",
        ]),
    ...(passing === 0
      ? []
      : [
          `${passing} tenants came or left within the simulated time: what they asked is ` +
            'spread over all of it, and their plans are counted as if they had been there ' +
            'throughout; what a growing fleet earns is in the simulation itself.',
        ]),
    ...(changed.prices
      ? [
          'Prices changed within the simulated time: everything is priced as of its end, from tables.',
        ]
      : []),
    ...(changed.tenants.size === 0
      ? []
      : [
          `The configuration of ${changed.tenants.size} tenants changed within the simulated ` +
            'time: theirs is the last one, priced from tables.',
        ]),
  ]
}

/** How many tenants were not there all the time. */
function passingOf({ fleet, months }: SimulationPlan): number {
  const [fromMs, toMs] = [months[0]?.fromMs ?? 0, months.at(-1)?.toMs ?? 0]
  return [...fleet.ids.keys()].filter(
    (at) => (fleet.fromMs[at] as number) > fromMs || (fleet.untilMs[at] as number) < toMs,
  ).length
}
