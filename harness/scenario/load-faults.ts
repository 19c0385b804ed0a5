/**
 * What the schema of `load` cannot say: whether its tenants exist, whether somebody is there to be
 * asked, and whether the plan stays within memory.
 */
import type { Place } from '../../src/base/yaml-input.ts'
import type { PlacedFault } from './placed-fault.ts'
import { expectedArrivals, stayOf, type WrittenLoad } from './load-schema.ts'

const mostArrivals = 20_000_000

/** All faults, placed from the root of the scenario. `tenantIds` are in the scenario's order. */
export function loadFaults(
  load: WrittenLoad,
  tenantIds: readonly string[],
): readonly PlacedFault[] {
  const below = (faults: readonly PlacedFault[]): readonly PlacedFault[] =>
    faults.map(({ keys, message }) => ({ keys: ['load', ...keys], message }))
  const named = namesFaults(load, new Set(tenantIds))
  const rest = [
    ...contradictions(load),
    ...churnFaults(load),
    ...aggressorFaults(load),
    ...searchFaults(load),
    ...sizeFaults(load),
  ]
  // Whether nobody is there can only be told of tenants that exist.
  return below([
    ...named,
    ...rest,
    ...(named.length > 0 || tenantIds.length === 0 ? [] : absences(load, tenantIds)),
  ])
}

interface Naming {
  readonly keys: Place
  readonly tenant: string
}

function namingsOf({ tenants, whales, cold, churn, aggressor }: WrittenLoad): readonly Naming[] {
  return [
    ...(tenants.kind === 'share'
      ? Object.keys(tenants.shares).map((tenant) => ({
          keys: ['tenants', 'shares', tenant],
          tenant,
        }))
      : []),
    ...whales.map(({ tenant }, at) => ({ keys: ['whales', at, 'tenant'], tenant })),
    ...cold.map((tenant, at) => ({ keys: ['cold', at], tenant })),
    ...churn.map(({ tenant }, at) => ({ keys: ['churn', at, 'tenant'], tenant })),
    ...(aggressor === undefined
      ? []
      : [{ keys: ['aggressor', 'tenant'], tenant: aggressor.tenant }]),
  ]
}

/** Tenants that there are not, and tenants named twice in one list. */
function namesFaults(load: WrittenLoad, known: ReadonlySet<string>): readonly PlacedFault[] {
  const namings = namingsOf(load)
  const listed = (each: Naming): string => JSON.stringify([each.keys[0], each.tenant])
  const first = new Map<string, Naming>()
  for (const each of namings) if (!first.has(listed(each))) first.set(listed(each), each)
  return namings.flatMap((each) => {
    if (!known.has(each.tenant))
      return [{ keys: each.keys, message: `there is no tenant ${JSON.stringify(each.tenant)}` }]
    return first.get(listed(each)) === each
      ? []
      : [{ keys: each.keys, message: `tenant ${each.tenant} is there already` }]
  })
}

function contradictions({ whales, cold, aggressor }: WrittenLoad): readonly PlacedFault[] {
  const whale = new Set(whales.map(({ tenant }) => tenant))
  return cold.flatMap((tenant, at): readonly PlacedFault[] => [
    ...(whale.has(tenant)
      ? [{ keys: ['cold', at], message: `${tenant} is a whale, and cannot be cold as well` }]
      : []),
    ...(aggressor?.tenant === tenant
      ? [{ keys: ['cold', at], message: `${tenant} is the aggressor, and cannot be cold as well` }]
      : []),
  ])
}

function churnFaults({ churn, durationSeconds }: WrittenLoad): readonly PlacedFault[] {
  return churn.flatMap(
    ({ joinsAtSeconds: joins, leavesAtSeconds: leaves }, at): readonly PlacedFault[] => [
      ...(joins !== undefined && leaves !== undefined && joins >= leaves
        ? [
            {
              keys: ['churn', at, 'leavesAtSeconds'],
              message: `leaves at ${leaves} s, not after it joins at ${joins} s`,
            },
          ]
        : []),
      ...(joins === undefined && leaves === 0
        ? [
            {
              keys: ['churn', at, 'leavesAtSeconds'],
              message: 'leaves before it could be asked anything',
            },
          ]
        : []),
      ...(joins !== undefined && joins >= durationSeconds
        ? [
            {
              keys: ['churn', at, 'joinsAtSeconds'],
              message: `joins at ${joins} s, and the load ends at ${durationSeconds} s`,
            },
          ]
        : []),
    ],
  )
}

function aggressorFaults({
  aggressor,
  warmupSeconds,
  durationSeconds,
}: WrittenLoad): readonly PlacedFault[] {
  if (aggressor === undefined || warmupSeconds + aggressor.offSeconds < durationSeconds) return []
  return [
    {
      keys: ['aggressor', 'offSeconds'],
      message:
        'the first window after warm-up is quiet, and it lasts to the end at ' +
        `${durationSeconds} s: it is never noisy`,
    },
  ]
}

const leastAsked = 90

function searchFaults({ search, arrivals }: WrittenLoad): readonly PlacedFault[] {
  // A p95 needs 60 answers, and arrivals at random are sometimes a third fewer.
  if (search !== undefined && search.lowPerSecond * search.stageSeconds < leastAsked)
    return [
      {
        keys: ['search', 'stageSeconds'],
        message:
          `the lowest rate is asked ${search.lowPerSecond * search.stageSeconds} times, and ` +
          `its p95 needs ${leastAsked}: lengthen stageSeconds or raise lowPerSecond`,
      },
    ]
  return search !== undefined && arrivals.kind === 'trace'
    ? [
        {
          keys: ['search'],
          message:
            'a trace has its own rate, so there is none to search for; take another kind of arrivals',
        },
      ]
    : []
}

function sizeFaults(load: WrittenLoad): readonly PlacedFault[] {
  const { aggressor, search, durationSeconds } = load
  const tooMany = (keys: Place, count: number): readonly PlacedFault[] => [
    {
      keys,
      message:
        `about ${Math.round(count / 1e6)} million arrivals are planned, and at most ` +
        `${mostArrivals / 1e6} million can be: lower the rate or the duration`,
    },
  ]
  const own = expectedArrivals(load, durationSeconds) ?? 0
  const noise = aggressor === undefined ? 0 : aggressor.ratePerSecond * onSecondsOf(load, aggressor)
  const highest = search === undefined ? 0 : search.highPerSecond * search.stageSeconds
  return [
    ...(own > mostArrivals ? tooMany(['arrivals'], own) : []),
    ...(own <= mostArrivals && own + noise > mostArrivals
      ? tooMany(['aggressor', 'ratePerSecond'], own + noise)
      : []),
    ...(highest > mostArrivals ? tooMany(['search', 'highPerSecond'], highest) : []),
  ]
}

/** How long the aggressor is on, of the time after warm-up. */
function onSecondsOf(
  { durationSeconds, warmupSeconds }: WrittenLoad,
  { onSeconds, offSeconds }: NonNullable<WrittenLoad['aggressor']>,
): number {
  const measured = durationSeconds - warmupSeconds
  const whole = Math.floor(measured / (onSeconds + offSeconds))
  return whole * onSeconds + Math.max(0, measured - whole * (onSeconds + offSeconds) - offSeconds)
}

/** Times at which nobody could be asked, and cold tenants without a time to be asked at. */
function absences(load: WrittenLoad, tenantIds: readonly string[]): readonly PlacedFault[] {
  const { cold, durationSeconds, warmupSeconds } = load
  const isCold = new Set(cold)
  const late = cold.flatMap((tenant, at): readonly PlacedFault[] => {
    const { fromSeconds, untilSeconds } = stayOf(load, tenant)
    return Math.max(fromSeconds, warmupSeconds) < untilSeconds
      ? []
      : [
          {
            keys: ['cold', at],
            message: `${tenant} is asked once after warm-up, and by churn it is not there then`,
          },
        ]
  })
  const stays = tenantIds
    .filter((id) => !isCold.has(id) && isChosen(load, id))
    .map((id) => stayOf(load, id))
  if (stays.length === 0)
    return [
      ...late,
      {
        keys: ['tenants'],
        message: 'every tenant is cold or without a share: nobody is left to be asked',
      },
    ]
  let covered = 0
  for (const { fromSeconds, untilSeconds } of stays.sort((a, b) => a.fromSeconds - b.fromSeconds))
    if (fromSeconds <= covered) covered = Math.max(covered, untilSeconds)
  return covered >= durationSeconds
    ? late
    : [...late, { keys: ['churn'], message: `nobody is there to be asked at ${covered} s` }]
}

function isChosen({ tenants, whales }: WrittenLoad, id: string): boolean {
  return (
    tenants.kind !== 'share' ||
    (Object.hasOwn(tenants.shares, id) && (tenants.shares[id] ?? 0) > 0) ||
    whales.some(({ tenant }) => tenant === id)
  )
}
