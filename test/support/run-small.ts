/** The small scenario, run in this process, with isolation broken on purpose if wanted. */
import { join } from 'node:path'
import type { Sabotage } from '../../harness/run/run-options.ts'
import { run } from '../../harness/run/run.ts'
import { loadScenario } from '../../harness/scenario/load.ts'
import type { Setting } from '../../harness/scenario/parse.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import { systemClock } from '../../src/base/clock.ts'
import { newSuffix } from '../../src/base/random.ts'
import { openWorkplace, root } from './cli.ts'

/** The file. */
export const smallScenario = join(root, 'test/support/small.yaml')

const quiet = {
  stage: () => undefined,
  tenant: () => undefined,
  capacity: () => undefined,
  note: () => undefined,
  query: () => undefined,
}

/** Runs it and returns the record; nothing is left. */
export async function runSmall(
  sabotage: Sabotage,
  settings: readonly Setting[] = [],
): Promise<RunRecord> {
  using place = openWorkplace()
  return run({
    scenario: await loadScenario(smallScenario, settings),
    runId: `e2e_${newSuffix()}`,
    runDir: join(place.folder, 'run'),
    databaseUrl: null,
    keepTexts: false,
    clock: systemClock,
    signal: new AbortController().signal,
    progress: quiet,
    code: { version: 'test', commit: null, dirty: null },
    sabotage,
  })
}
