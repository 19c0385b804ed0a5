/** The tenants of a plan, column by column, those of one group beside each other. */
import type { LoadedScenario } from '../scenario/parse.ts'
import type { ScenarioTenant } from '../scenario/resolve.ts'
import type { WrittenSimulation } from '../scenario/simulation-schema.ts'
import type { Growth } from './demand/signups-of.ts'
import type { Fleet } from './plan.ts'
import type { CorpusProfile } from './tokens/corpus-profile.ts'
import type { TokenProfiles } from './tokens/profile-cache.ts'
import { embeddingTokensMean } from './tokens/prompt-tokens.ts'

/** What a fleet is made from. */
export interface FleetInput {
  readonly scenario: LoadedScenario
  readonly growth: Growth
  readonly fromMs: number
  readonly toMs: number
  readonly profiles: TokenProfiles
  readonly sharedBy: WrittenSimulation['limits']['sharedBy']
}

/** A fleet, with the scenario's tenant that each is like, and its index. */
export interface BuiltFleet {
  readonly fleet: Fleet
  readonly templateOf: Int32Array
  readonly indexOf: Int32Array
}

/** Makes the fleet. Whoever was refused a place is not in it. */
export function buildFleet(input: FleetInput): BuiltFleet {
  const { scenario, growth, fromMs, toMs, sharedBy } = input
  const { atSeconds, leavesAtSeconds, present } = growth.signups
  const { placements } = growth.capacity
  const kept = Int32Array.from(
    [...placements.keys()].filter(
      (signup) =>
        (placements[signup] as number) >= 0 &&
        fromMs + 1_000 * (atSeconds[signup] as number) < toMs,
    ),
  )
  // By index, and within an index in the order of signups: what shares an index is simulated
  // together.
  if (sharedBy === 'index')
    kept.sort(
      (one, other) => (placements[one] as number) - (placements[other] as number) || one - other,
    )
  const templateOf = kept.map((signup) => signup % scenario.tenants.length)
  const template = (at: number): ScenarioTenant =>
    scenario.tenants[templateOf[at] as number] as ScenarioTenant
  const tiers = [...new Set(scenario.tenants.map(({ tier }) => tier))]
  const tierPlace = new Map(tiers.map((tier, at) => [tier, at]))
  const profile = (at: number): CorpusProfile => input.profiles.profileOf(templateOf[at] as number)
  const column = (of: (at: number) => number): Float64Array =>
    Float64Array.from(kept, (_signup, at) => of(at))
  const questionTokens = new Map(
    input.profiles.profiles.map((each) => [each, embeddingTokensMean(each)]),
  )
  const indexOf = kept.map((signup) => placements[signup] as number)
  const fleet: Fleet = {
    ids: idsOf(kept, scenario.tenants),
    tier: Int32Array.from(kept, (_signup, at) => tierPlace.get(template(at).tier) ?? 0),
    tiers,
    queriesPerMonth: column((at) => template(at).queriesPerMonth),
    fromMs: column((at) => fromMs + 1_000 * (atSeconds[kept[at] as number] as number)),
    untilMs: column((at) =>
      Math.min(toMs, fromMs + 1_000 * (leavesAtSeconds[kept[at] as number] as number)),
    ),
    isNew: Uint8Array.from(kept, (signup) => Number(signup >= present)),
    profile: profileRows(input.profiles, templateOf),
    questionTokens: column((at) => questionTokens.get(profile(at)) ?? 0),
    ingestTokens: column((at) => profile(at).ingestTokens),
    upsertBytes: column((at) => profile(at).upsertBytes),
    upsertRequests: column((at) =>
      Math.max(1, Math.ceil(profile(at).chunkTokens.length / chunksPerUpsert)),
    ),
    storedBytes: column((at) => profile(at).storedBytes),
    groupStarts: sharedBy === 'index' ? startsOf(indexOf) : Int32Array.of(0, kept.length),
  }
  return { fleet, templateOf, indexOf }
}

/** As src/rag/ingest sends them. */
const chunksPerUpsert = 100

/**
 * A signup beyond the scenario's tenants is called after the one that it is like, with a number
 * behind it that makes it nobody else's.
 */
function idsOf(signups: Int32Array, tenants: readonly ScenarioTenant[]): readonly string[] {
  const taken = new Set(tenants.map(({ id }) => id))
  return Array.from(signups, (signup) => {
    const { id } = tenants[signup % tenants.length] as ScenarioTenant
    if (signup < tenants.length) return id
    let number = Math.floor(signup / tenants.length) + 1
    while (taken.has(`${id}.${number}`)) number++
    taken.add(`${id}.${number}`)
    return `${id}.${number}`
  })
}

function startsOf(indexOf: Int32Array): Int32Array {
  const starts = [...indexOf.keys()].filter((at) => at === 0 || indexOf[at] !== indexOf[at - 1])
  return Int32Array.of(...starts, indexOf.length)
}

/** One row for all tenants whose corpus and template make the same prompts. */
function profileRows(profiles: TokenProfiles, templateOf: Int32Array): Int32Array {
  const rows = new Map<CorpusProfile, Map<number, number>>()
  let count = 0
  return templateOf.map((template) => {
    const ofCorpus = rows.get(profiles.profileOf(template)) ?? new Map<number, number>()
    rows.set(profiles.profileOf(template), ofCorpus)
    const frame = profiles.frameTokensOf(template)
    const row = ofCorpus.get(frame) ?? count++
    ofCorpus.set(frame, row)
    return row
  })
}
