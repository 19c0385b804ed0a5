/**
 * Asking under load: first, where it is wanted, the search for the highest rate; then the
 * scenario's own arrivals.
 */
import { driveLoad, type DriveLoadOptions, type LoadOutcome } from '../load/generator/drive-load.ts'
import {
  findSaturation,
  type DrivenRate,
  type Saturation,
  type Search,
} from '../load/generator/saturation.ts'
import { whyInvalid, type GeneratorFacts } from '../load/load-checks.ts'
import { togetherOf } from '../measure/load-recorder.ts'
import { plannedLoad, type PlannedLoad } from '../workload/planned-load.ts'
import type { Prepared } from './prepare.ts'
import type { LoadedScenario } from '../scenario/parse.ts'

/** What a load came to, with what its verdict rests on. */
export interface AskedLoad {
  readonly planned: PlannedLoad
  readonly outcome: LoadOutcome
  readonly facts: GeneratorFacts
  readonly saturation: Saturation | null
}

/** What is asked. */
export interface LoadAsking {
  readonly scenario: LoadedScenario
  readonly prepared: Prepared
  readonly load: PlannedLoad
  readonly drive: DriveLoadOptions
  note(text: string): void
}

/** Asks. What the search asked costs, and is no part of the figures. */
export async function askLoad(asking: LoadAsking): Promise<AskedLoad> {
  const { load, drive, note } = asking
  const { search } = load.load
  const saturation =
    search === undefined
      ? null
      : await findSaturation(search, async (rate) => {
          note(`trying ${rate.toFixed(1)} requests a second`)
          return driveAt(asking, search, rate)
        })
  const outcome = await driveLoad(load, drive)
  return { planned: load, outcome, facts: factsOf(load, outcome), saturation }
}

/** What the generator's honesty is judged on: after warm-up alone. */
export function factsOf({ plan }: PlannedLoad, outcome: LoadOutcome): GeneratorFacts {
  // A load that was ended early wanted no more than what was due by then.
  const isCut = outcome.count < plan.atMs.length
  const endMs = isCut ? outcome.lastReleasedMs : plan.durationMs
  const seconds = Math.max(0.001, (endMs - plan.warmupMs) / 1_000)
  const { counts, latency } = togetherOf(outcome.recorder.cells.values())
  const count = counts.answered + counts.failed
  const wanted = isCut
    ? count
    : plan.atMs.reduce((sum, atMs) => sum + Number(atMs >= plan.warmupMs), 0)
  // A generator that is behind sends the last one after the load's end.
  const tookSeconds = Math.max(seconds, (outcome.lastReleasedMs - plan.warmupMs) / 1_000)
  return {
    requestedPerSecond: wanted / seconds,
    releasedPerSecond: count / tookSeconds,
    achievedPerSecond: (count - counts.dropped) / tookSeconds,
    sendLag: outcome.recorder.sendLag,
    medianMs: latency.valueAt(0.5),
    count,
  }
}

const trialsApart = 1_000_000
const hopelessShare = 0.05

/** One rate of the search: the scenario's mix of tenants, arriving at random at that rate. */
async function driveAt(
  { scenario, prepared, load, drive }: LoadAsking,
  search: Search,
  ratePerSecond: number,
): Promise<DrivenRate> {
  const { aggressor: _aggressor, search: _search, ...mix } = load.load
  const stage = {
    ...mix,
    churn: [],
    cold: [],
    durationSeconds: search.stageSeconds,
    warmupSeconds: 0,
    arrivals: { kind: 'poisson', ratePerSecond } as const,
  }
  const planned = plannedLoad({
    scenario,
    load: stage,
    cells: prepared.cells,
    questions: prepared.questions,
    firstTrial: trialsApart + Math.round(ratePerSecond * 1_000),
  })
  const most = Math.ceil(
    Math.max(hopelessShare, search.failuresPct / 100) * planned.plan.atMs.length,
  )
  let [tooSlow, stoppedEarly, isOver] = [0, false, false]
  const outcome = await driveLoad(planned, {
    ...drive,
    mayGoOn: () => {
      stoppedEarly ||= tooSlow > most
      isOver ||= !(drive.mayGoOn?.() ?? true)
      return !stoppedEarly && !isOver
    },
    onObserved(observed) {
      tooSlow += Number(observed.outcome === 'failed' || observed.elapsedMs > search.p95Ms)
      drive.onObserved?.(observed)
    },
  })
  return {
    outcome,
    planned: planned.plan.atMs.length,
    stoppedEarly,
    isOver,
    invalid: isOver
      ? 'the cap on what may be spent was reached'
      : whyInvalid(factsOf(planned, outcome)),
  }
}
