/**
 * Which recorded queries the models are fitted to, and which are held out. Held out are a whole
 * model, a whole top_k and a whole load level, never cells by lot: a neighbour of a cell that was
 * seen would be no prediction. A model that nobody ever asked cannot be predicted by anybody, so
 * the model that is held out is known by its profile: the quietest run that asks it at one top_k
 * alone.
 */
import type { FitSample, RecordedLoad } from './fit-sample.ts'

/** What the user wants held out; null chooses. */
export interface WantedHoldOuts {
  readonly model: string | null
  readonly topK: number | null
}

/** What is held out; null where the runs leave nothing to hold out. */
export interface Roles {
  readonly model: string | null
  readonly topK: number | null
  /** The words of the level with the highest rate. */
  readonly level: string | null
  /** The run that the held-out model is known by. */
  readonly profileRun: string | null
  /**
   * The run at the held-out level that is predicted, and another of the same level for how far two
   * live runs differ.
   */
  readonly live: RecordedLoad | null
  readonly repeat: RecordedLoad | null
  /** Every run that is looked at, the quietest first; the repeat is none of them. */
  readonly loads: readonly RecordedLoad[]
  /** What could not be held out, and what to record for it. */
  readonly missing: readonly string[]
}

/** What may be held out. */
export type HeldOut = 'model' | 'top_k' | 'load'

/** Gives every run and query its role. Loads come in the order in which they were recorded. */
export function rolesOf(recorded: readonly RecordedLoad[], wanted: WantedHoldOuts): Roles {
  const levels = levelsOf(recorded)
  const level = levels.length < 2 ? null : (levels.at(-1)?.level ?? null)
  const [live = null, repeat = null] =
    level === null ? [] : recorded.filter((load) => load.level === level)
  const lower = recorded.filter((load) => load.level !== level)
  const topK =
    wanted.topK ??
    middleOf(distinct(recorded, ({ topK: k }) => k).toSorted((one, other) => one - other))
  const model = wanted.model ?? usualModel(lower, topK)
  const profileRun = model === null ? null : (profilesOf(lower, model, topK)[0]?.run ?? null)
  const loads = recorded
    .filter((load) => load.level !== level || load === live)
    .toSorted((one, other) => one.ratePerSecond - other.ratePerSecond)
  return {
    model,
    topK,
    level,
    profileRun,
    live,
    repeat,
    loads,
    missing: missingOf({ model, topK, level, profileRun, repeat }),
  }
}

/** What a query is held out by; nothing is a query that the models are fitted to. */
export function heldOutBy(
  roles: Roles,
  load: Pick<RecordedLoad, 'run' | 'level'>,
  { model, topK }: Pick<FitSample, 'model' | 'topK'>,
): readonly HeldOut[] {
  const isOther = model === roles.model && load.run !== roles.profileRun
  return [
    ...(isOther ? (['model'] as const) : []),
    ...(topK === roles.topK ? (['top_k'] as const) : []),
    ...(load.level === roles.level ? (['load'] as const) : []),
  ]
}

interface Level {
  readonly level: string
  readonly ratePerSecond: number
}

/** The levels by rate, the lowest first. */
function levelsOf(recorded: readonly RecordedLoad[]): readonly Level[] {
  const groups = [...Map.groupBy(recorded, ({ level }) => level)]
  const levels = groups.map(([level, loads]) => ({
    level,
    ratePerSecond: loads.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0) / loads.length,
  }))
  return levels.toSorted((one, other) => one.ratePerSecond - other.ratePerSecond)
}

function distinct<T>(loads: readonly RecordedLoad[], of: (sample: FitSample) => T): readonly T[] {
  return [...new Set(loads.flatMap(({ samples }) => samples.map(of)))]
}

/** One with others on both sides; null of fewer than three. */
function middleOf(sorted: readonly number[]): number | null {
  return sorted.length < 3 ? null : (sorted[Math.floor(sorted.length / 2)] ?? null)
}

/** The one that a run asks alone, or the last by name; null where there is but one. */
function usualModel(lower: readonly RecordedLoad[], topK: number | null): string | null {
  const models = distinct(lower, ({ model }) => model).toSorted()
  if (models.length < 2) return null
  return (
    models.find((model) =>
      profilesOf(lower, model, topK).some((load) =>
        load.samples.every((sample) => sample.model === model),
      ),
    ) ??
    models.at(-1) ??
    null
  )
}

/**
 * Runs that ask a model at one top_k, which is not the one that is held out; the quietest first.
 */
function profilesOf(
  lower: readonly RecordedLoad[],
  model: string,
  heldOutTopK: number | null,
): readonly RecordedLoad[] {
  const ofOne = lower.filter(({ samples }) => {
    const asked = new Set(
      samples.filter((sample) => sample.model === model).map(({ topK }) => topK),
    )
    return asked.size === 1 && !asked.has(heldOutTopK ?? Number.NaN)
  })
  return ofOne.toSorted((one, other) => one.ratePerSecond - other.ratePerSecond)
}

function missingOf({
  model,
  topK,
  level,
  profileRun,
  repeat,
}: Pick<Roles, 'model' | 'topK' | 'level' | 'profileRun' | 'repeat'>): readonly string[] {
  return [
    ...(level === null ? ['a load level: record the scenario at two rates or more'] : []),
    ...(topK === null ? ['a top_k: record variants with three of them or more'] : []),
    ...(model === null ? ['a model: record variants with two of them or more'] : []),
    ...(model !== null && profileRun === null
      ? [
          `the model ${model}: record a run at a low rate that asks it with one ` +
            `top_k${topK === null ? '' : ` (not ${topK})`} alone, for it to be known by`,
        ]
      : []),
    ...(level !== null && repeat === null
      ? ['what two live runs differ by: record the highest rate twice, with two seeds']
      : []),
  ]
}
