/**
 * Asking: the plan of a matrix as fast as its concurrency allows, or a load at moments of its own.
 */
import { drive, type DriveOptions } from '../execute/drive.ts'
import type { Observed } from '../measure/sample.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { RunTarget } from '../target/recipe.ts'
import type { PlannedQuery } from '../workload/workload.ts'
import type { DriveLoadOptions } from '../load/generator/drive-load.ts'
import { askLoad, type AskedLoad } from './ask-load.ts'
import type { Prepared } from './prepare.ts'

/** What came of asking. */
export interface Asked {
  readonly observed: readonly Observed[]
  /**
   * Queries that came out one way or another; more than `observed` where a load is too long to be
   * kept whole.
   */
  readonly count: number
  readonly load: AskedLoad | null
}

/** What is asked, and of whom. `plan` is of a matrix alone. */
export interface Asking
  extends
    Omit<DriveOptions, 'target' | 'concurrency'>,
    Pick<DriveLoadOptions, 'mayGoOn' | 'mostInFlight'> {
  readonly scenario: LoadedScenario
  readonly prepared: Prepared
  readonly plan: readonly PlannedQuery[]
  readonly target: RunTarget
  note(text: string): void
}

/** Asks. Rejects with the signal's reason when it is aborted. */
export async function ask(asking: Asking): Promise<Asked> {
  const { scenario, prepared, plan, note, ...driving } = asking
  if (prepared.load === null) {
    const observed = await drive(plan, { ...driving, concurrency: scenario.concurrency })
    return { observed, count: observed.length, load: null }
  }
  const load = await askLoad({ scenario, prepared, load: prepared.load, drive: driving, note })
  return { observed: load.outcome.observed, count: load.outcome.count, load }
}
