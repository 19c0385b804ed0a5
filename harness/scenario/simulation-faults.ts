/** What the schemas of `simulation` and `plans` cannot say: whether what they name is there, and whether it is in time. */
import type { PlacedFault } from './placed-fault.ts'
import type { WrittenScenario, WrittenTenant } from './schema.ts'

type Named = Pick<WrittenTenant, 'id' | 'tier'>

/** How many queries are planned at most, by grain: `event` is a minute or so for each ten million. */
const mostQueries = { event: 200_000_000, query: 20_000_000_000, hour: Infinity } as const
const dayMs = 86_400_000

/** Changes of what is not there, or outside the time that is simulated; more queries than the grain is for. */
export function simulationFaults({ simulation, target }: WrittenScenario, tenants: readonly (Named & Pick<WrittenTenant, 'queriesPerMonth'>)[]): readonly PlacedFault[] {
  if (simulation === undefined) return []
  const { changes, from, months, days, grain, demand, growth } = simulation
  const ids = new Set(tenants.map(({ id }) => id))
  const tiers = new Set(tenants.map(({ tier }) => tier))
  const startMs = Date.parse(`${from}T00:00:00Z`)
  const start = new Date(startMs)
  const endMs = days === undefined ? Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + (months ?? 1), start.getUTCDate()) : startMs + days * dayMs
  const ofChanges = changes.flatMap((change, at): readonly PlacedFault[] => {
    const keys = ['simulation', 'changes', at]
    const atMs = Date.parse(`${change.on}T00:00:00Z`)
    return [
      ...(atMs < startMs || atMs >= endMs ? [{ keys: [...keys, 'on'], message: `${change.on} is not in the time that is simulated` }] : []),
      ...('tier' in change && !tiers.has(change.tier) ? [{ keys: [...keys, 'tier'], message: `no tenant is of tier ${JSON.stringify(change.tier)}` }] : []),
      ...('tenant' in change && !ids.has(change.tenant) ? [{ keys: [...keys, 'tenant'], message: `there is no tenant ${JSON.stringify(change.tenant)}` }] : []),
    ]
  })
  const length = (endMs - startMs) / (30.4375 * dayMs)
  const rate = 1 + demand.growthPctPerMonth / 100
  const factor = rate === 1 ? length : (rate ** length - 1) / (rate - 1)
  const planned = tenants.reduce((sum, { queriesPerMonth }) => sum + queriesPerMonth, 0) * Math.max(0, factor) * (growth === undefined ? 1 : Math.max(growth.fromTenants, growth.toTenants) / Math.max(1, tenants.length))
  const most = mostQueries[grain]
  return [
    ...ofChanges,
    ...(target === undefined ? [] : [{ keys: ['simulation'], message: 'only the reference system is simulated, and target names another' }]),
    ...(planned > most ? [{ keys: ['simulation', 'grain'], message: `about ${Math.round(planned / 1e6).toLocaleString('en')} million queries are planned, and grain ${grain} is for at most ${(most / 1e6).toLocaleString('en')} million: take ${grain === 'event' ? 'query or hour' : 'hour'}` }] : []),
  ]
}

/** Plans of tiers that nobody has, and tiers without a plan where others have one: revenue of some is no revenue of all. */
export function planFaults({ plans }: Pick<WrittenScenario, 'plans'>, tenants: readonly Named[]): readonly PlacedFault[] {
  const priced = Object.keys(plans)
  if (priced.length === 0) return []
  const tiers = new Set(tenants.map(({ tier }) => tier))
  return [
    ...priced.filter((tier) => !tiers.has(tier)).map((tier) => ({ keys: ['plans', tier], message: `no tenant is of tier ${JSON.stringify(tier)}` })),
    ...[...tiers].filter((tier) => !Object.hasOwn(plans, tier)).map((tier) => ({ keys: ['plans'], message: `tier ${JSON.stringify(tier)} has no plan, and others have one` })),
  ]
}
