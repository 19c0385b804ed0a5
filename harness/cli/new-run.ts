/**
 * What every command that runs a scenario needs: its flags, the run's id and folder, and who hears
 * of progress.
 */
import { join } from 'node:path'
import type { Argv } from 'yargs'
import { isoTime, systemClock } from '../../src/base/clock.ts'
import { newSuffix } from '../../src/base/random.ts'
import type { RunOptions } from '../run/run-options.ts'
import { loadScenario, parseSetting } from '../scenario/load.ts'
import type { LoadedScenario, Setting } from '../scenario/parse.ts'
import { databaseUrlFrom } from './database-url.ts'
import type { Lifetime } from './lifetime.ts'
import type { ShownProgress } from './show-progress.ts'
import { codeVersion } from './version.ts'

type Given = Readonly<Record<string, unknown>>

/** The flags that a scenario is run with. */
export function scenarioFlags(yargs: Argv): Argv {
  return yargs
    .option('out', {
      type: 'string',
      describe: 'Folder for the record and reports (default runs/<time>-<scenario>-<seed>)',
    })
    .option('seed', { type: 'number', describe: "Seed in place of the scenario's" })
    .option('trials', { type: 'number', describe: "Repetitions in place of the scenario's" })
    .option('set', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'Change a value, e.g. --set tenants[0].current.topK=5',
    })
    .option('database-url', {
      type: 'string',
      describe: 'A PostgreSQL 15+ server instead of the embedded one (or TENANTBENCH_DATABASE_URL)',
    })
    .option('keep-texts', {
      type: 'boolean',
      default: false,
      describe: 'Keep questions and answers in samples.jsonl',
    })
}

/**
 * Reads the scenario with what the flags change. Throws TB_USAGE, TB_SCENARIO_UNREADABLE,
 * TB_SCENARIO_INVALID.
 */
export async function scenarioFrom(given: Given, path: string): Promise<LoadedScenario> {
  const settings = [
    ...strings(given['set']).map(parseSetting),
    ...numbered(given, 'seed'),
    ...numbered(given, 'trials'),
  ]
  return loadScenario(path, settings)
}

/** Where the run goes and what it is called. */
export interface NewRun {
  readonly given: Given
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly scenario: LoadedScenario
  readonly lifetime: Lifetime
  readonly progress: ShownProgress
}

/** The options of a run. Throws TB_USAGE. */
export async function newRun({
  given,
  environment,
  scenario,
  lifetime,
  progress,
}: NewRun): Promise<RunOptions> {
  const stamp = isoTime(systemClock.nowMs()).slice(0, 19)
  const mayNumber = typeof given['out'] !== 'string'
  const runDir =
    typeof given['out'] === 'string'
      ? given['out']
      : join('runs', `${stamp.replaceAll(':', '-')}-${scenario.name}-${scenario.seed}`)
  const runId = `${stamp.replace(/[-:]/g, '').toLowerCase()}_${newSuffix()}`
  const databaseUrl = databaseUrlFrom(given, environment, scenario)
  return {
    scenario,
    runId,
    runDir,
    mayNumber,
    databaseUrl,
    environment,
    keepTexts: given['keep-texts'] === true,
    clock: systemClock,
    signal: lifetime.signal,
    progress,
    code: await codeVersion(),
  }
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function numbered(given: Given, key: 'seed' | 'trials'): readonly Setting[] {
  return given[key] === undefined ? [] : [{ path: [key], value: given[key] }]
}
