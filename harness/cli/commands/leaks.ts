/** `tenantbench leaks [scenario]`. */
import { join } from 'node:path'
import { printableJson } from '../../../src/base/text.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { leaks, selfTest, type LeaksAnswer } from '../../leaks/leaks.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { Command } from '../command.ts'
import { databaseUrlFrom } from '../database-url.ts'
import { leaksInWords } from '../leaks-words.ts'
import { watchLifetime } from '../lifetime.ts'
import { newRun, scenarioFlags, scenarioFrom } from '../new-run.ts'
import { showProgress } from '../show-progress.ts'
import { packageRoot } from '../version.ts'

type Given = Readonly<Record<string, unknown>>
type Environment = Readonly<Record<string, string | undefined>>

/** The command. */
export const leaksCommand: Command = {
  build: (yargs) =>
    scenarioFlags(
      yargs.positional('scenario', {
        type: 'string',
        describe: 'A scenario with two tenants or more (default: the one that comes along)',
      }),
    )
      .option('self-test', {
        type: 'boolean',
        default: false,
        describe: 'Plant mutants of the reference system one at a time and say which are found',
      })
      .option('sample', {
        type: 'number',
        describe: 'With --self-test: so many mutants, drawn by the seed, instead of all',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the answer as JSON on stdout',
      })
      .example('$0 leaks', 'Hunt in the reference system')
      .example('$0 leaks scenarios/quick.yaml --seed 7', 'Another scenario, another seed')
      .example(
        '$0 leaks --self-test',
        'Would the hunt have found anything? Every mutant, in some minutes',
      ),
  async execute(given, environment) {
    const scenario = await scenarioFrom(
      given,
      typeof given['scenario'] === 'string'
        ? given['scenario']
        : join(packageRoot(), 'scenarios/leaks.yaml'),
    )
    if (scenario.tenants.length < 2)
      throw new TenantbenchError('TB_USAGE', {
        detail: 'A leak needs two tenants, and the scenario has one.',
      })
    const answer =
      given['self-test'] === true
        ? await prove(given, scenario)
        : await hunt(given, environment, scenario)
    process.stdout.write(
      given['json'] === true ? `${printableJson(answer)}\n` : `${leaksInWords(answer)}\n`,
    )
    return answer.exitCode
  },
}

async function hunt(
  given: Given,
  environment: Environment,
  scenario: LoadedScenario,
): Promise<LeaksAnswer> {
  if (given['sample'] !== undefined)
    throw new TenantbenchError('TB_USAGE', { detail: '--sample goes with --self-test.' })
  databaseUrlFrom(given, environment, scenario)
  const progress = showProgress(process.stderr, scenario)
  using lifetime = watchLifetime(systemClock)
  try {
    return await leaks(await newRun({ given, environment, scenario, lifetime, progress }))
  } finally {
    progress.stop()
  }
}

/**
 * Mutants are planted in services of the self-test's own: never on a server that somebody names,
 * also not by the environment.
 */
async function prove(given: Given, scenario: LoadedScenario): Promise<LeaksAnswer> {
  const refused = ['database-url', 'out', 'keep-texts'].filter(
    (flag) => given[flag] !== undefined && given[flag] !== false,
  )
  if (refused.length > 0)
    throw new TenantbenchError('TB_USAGE', {
      detail:
        '--self-test plants faults in services of its own and leaves no folder: it does ' +
        `not go with ${refused.map((flag) => `--${flag}`).join(', ')}.`,
    })
  const sample = given['sample'] === undefined ? null : Number(given['sample'])
  if (sample !== null && !(Number.isInteger(sample) && sample >= 1))
    throw new TenantbenchError('TB_USAGE', { detail: '--sample is a whole number of at least 1.' })
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  using lifetime = watchLifetime(systemClock)
  return await selfTest({
    scenario,
    clock: systemClock,
    signal: lifetime.signal,
    sample,
    onHunt: ({ id, verdict }) => say(`unchanged: ${id} ${verdict}`),
    onMutant: ({ id, status, killedBy }, { count, of }) =>
      say(`${count}/${of} ${id}: ${status}${killedBy === null ? '' : ` by ${killedBy}`}`),
  })
}
