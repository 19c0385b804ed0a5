/**
 * What the schemas of `simulation` and `plans` cannot say: whether what they name is there, and
 * whether it is in time.
 */
import type { PlacedFault } from './placed-fault.ts'
import type { WrittenScenario, WrittenTenant } from './schema.ts'
import { spanOf, startOfDay, type Grain, type WrittenSimulation } from './simulation-schema.ts'

type Named = Pick<WrittenTenant, 'id' | 'tier'>

/**
 * How many queries are planned at most, by grain: `event` is a minute or so for each ten million;
 * of half a million million, tokens are still exact in a double.
 */
const mostQueries = { event: 200_000_000, query: 20_000_000_000, hour: 500_000_000_000 } as const
const instead = { event: 'take query or hour', query: 'take hour', hour: 'simulate less' } as const
const dayMs = 86_400_000

/** Changes of what is not there, or outside the time that is simulated. */
export function simulationFaults(
  { simulation, target, providerFaults }: WrittenScenario,
  tenants: readonly Named[],
): readonly PlacedFault[] {
  if (simulation === undefined) return []
  const ids = new Set(tenants.map(({ id }) => id))
  const tiers = new Set(tenants.map(({ tier }) => tier))
  const { fromMs, toMs } = spanOf(simulation)
  const ofChanges = simulation.changes.flatMap((change, at): readonly PlacedFault[] => {
    const keys = ['simulation', 'changes', at]
    const atMs = startOfDay(change.on)
    return [
      ...(atMs < fromMs || atMs >= toMs
        ? [{ keys: [...keys, 'on'], message: `${change.on} is not in the time that is simulated` }]
        : []),
      ...('tier' in change && !tiers.has(change.tier)
        ? [
            {
              keys: [...keys, 'tier'],
              message: `no tenant is of tier ${JSON.stringify(change.tier)}`,
            },
          ]
        : []),
      ...('tenant' in change && !ids.has(change.tenant)
        ? [
            {
              keys: [...keys, 'tenant'],
              message: `there is no tenant ${JSON.stringify(change.tenant)}`,
            },
          ]
        : []),
    ]
  })
  const wrong = providerFaults.abortedStreams + simulation.unavailable
  return [
    ...ofChanges,
    ...(wrong > 1
      ? [
          {
            keys: ['simulation', 'unavailable'],
            message:
              `with providerFaults.abortedStreams it is ${wrong.toFixed(2)} of all attempts, and ` +
              'no attempt fails twice',
          },
        ]
      : []),
    ...growthFaults(simulation, tenants),
    ...(target === undefined
      ? []
      : [
          {
            keys: ['simulation'],
            message: 'only the reference system is simulated, and target names another',
          },
        ]),
  ]
}

/**
 * Who signs up beyond the scenario's tenants is called after one of them, with a number behind a
 * dot.
 */
const longestId = 56

function growthFaults(
  simulation: WrittenSimulation,
  tenants: readonly Named[],
): readonly PlacedFault[] {
  const { growth } = simulation
  if (growth === undefined) return []
  const { fromMs, toMs } = spanOf(simulation)
  const seconds = (toMs - fromMs) / 1_000
  const long = tenants.find(({ id }) => id.length > longestId)
  return [
    ...(growth.churnPctPerMonth > 0 && growth.overSeconds < seconds
      ? [
          {
            keys: ['simulation', 'growth', 'overSeconds'],
            message:
              'tenants would go on leaving after it, and nobody come: with churn, growth lasts ' +
              `as long as the simulation, ${seconds} s`,
          },
        ]
      : []),
    ...(long === undefined
      ? []
      : [
          {
            keys: ['simulation', 'growth'],
            message:
              `tenants who sign up are called after those of the scenario, and ${long.id} leaves ` +
              `no room for a number: at most ${longestId} characters`,
          },
        ]),
  ]
}

/**
 * More queries than a grain is for; null is none too many. Which grain it is may be said on the
 * command line.
 */
export function grainFault(
  simulation: WrittenSimulation,
  grain: Grain,
  tenants: readonly Pick<WrittenTenant, 'queriesPerMonth'>[],
): PlacedFault | null {
  const planned = plannedQueries(simulation, tenants)
  const most = mostQueries[grain]
  if (planned <= most) return null
  return {
    keys: ['simulation', 'grain'],
    message:
      `about ${Math.round(planned / 1e6).toLocaleString('en')} million queries are ` +
      `planned, and grain ${grain} is for at most ${(most / 1e6).toLocaleString('en')} ` +
      `million: ${instead[grain]}`,
  }
}

/** About how many queries all tenants ask in the time that is simulated. */
export function plannedQueries(
  simulation: WrittenSimulation,
  tenants: readonly Pick<WrittenTenant, 'queriesPerMonth'>[],
): number {
  const { fromMs, toMs } = spanOf(simulation)
  const { demand, growth } = simulation
  const months = (toMs - fromMs) / (30.4375 * dayMs)
  const rate = 1 + demand.growthPctPerMonth / 100
  const factor = rate === 1 ? months : (rate ** months - 1) / (rate - 1)
  const campaigns = growth?.campaigns.reduce((sum, { signups }) => sum + signups, 0) ?? 0
  const there =
    growth === undefined
      ? 1
      : (Math.max(growth.fromTenants, growth.toTenants) + campaigns) / Math.max(1, tenants.length)
  return (
    tenants.reduce((sum, { queriesPerMonth }) => sum + queriesPerMonth, 0) *
    Math.max(0, factor) *
    there
  )
}

/**
 * Plans of tiers that nobody has, and tiers without a plan where others have one: revenue of some
 * is no revenue of all.
 */
export function planFaults(
  { plans }: Pick<WrittenScenario, 'plans'>,
  tenants: readonly Named[],
): readonly PlacedFault[] {
  const priced = Object.keys(plans)
  if (priced.length === 0) return []
  const tiers = new Set(tenants.map(({ tier }) => tier))
  return [
    ...priced
      .filter((tier) => !tiers.has(tier))
      .map((tier) => ({
        keys: ['plans', tier],
        message: `no tenant is of tier ${JSON.stringify(tier)}`,
      })),
    ...[...tiers]
      .filter((tier) => !Object.hasOwn(plans, tier))
      .map((tier) => ({
        keys: ['plans'],
        message: `tier ${JSON.stringify(tier)} has no plan, and others have one`,
      })),
  ]
}
