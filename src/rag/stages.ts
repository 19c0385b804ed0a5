/** How the stages of a request are timed: by the clock that the request runs on. */
import type { Clock } from '../base/clock.ts'
import type { Stage } from '../base/stages.ts'

/**
 * Hears how long a stage took, also when the request then fails; a stage that failed itself is not
 * told.
 */
export type StageListener = (stage: Stage, durationMs: number) => void

/** Times a stage. */
export async function timed<T>(
  clock: Clock,
  timing: { readonly stage: Stage; readonly onStage: StageListener | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const { stage, onStage } = timing
  if (onStage === undefined) return work()
  const startedMs = clock.monotonicMs()
  const result = await work()
  onStage(stage, clock.monotonicMs() - startedMs)
  return result
}
