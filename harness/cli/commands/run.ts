/** `tenantbench run <scenario>`. */
import { join } from 'node:path'
import { printableJson } from '../../../src/base/text.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { parseUsd, type PicoUsd } from '../../../src/base/money.ts'
import type { CheckResult } from '../../../src/base/verdict.ts'
import { compareJunit } from '../../../reports/compare/junit.ts'
import { compareMarkdown } from '../../../reports/compare/markdown.ts'
import type { CompareReport } from '../../../reports/record/compare-report.ts'
import type { RecordedRun } from '../../compare/compare-runs.ts'
import { liveEndpoints } from '../../run/live.ts'
import type { RunOptions } from '../../run/run-options.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import { terminalEstimate } from '../estimate-words.ts'
import { estimateRun } from '../../run/estimate.ts'
import { prepareRun } from '../../run/prepare.ts'
import { terminalSummary } from '../../../reports/views/terminal.ts'
import { checkBaseline, openBaseline } from '../baseline.ts'
import type { Command } from '../command.ts'
import { databaseUrlFrom } from '../database-url.ts'
import { watchLifetime } from '../lifetime.ts'
import { newRun, scenarioFlags, scenarioFrom } from '../new-run.ts'
import { writeNew } from '../recorded-run.ts'
import { showProgress } from '../show-progress.ts'

/** The command. */
export const runCommand: Command = {
  build: (yargs) =>
    scenarioFlags(
      yargs.positional('scenario', {
        type: 'string',
        demandOption: true,
        describe: 'A scenario file, e.g. scenarios/quick.yaml',
      }),
    )
      .option('services', {
        choices: ['embedded', 'live'],
        default: 'embedded',
        describe:
          'Local stand-ins, or the vendors themselves: keys from OPENAI_API_KEY, ' +
          'PINECONE_API_KEY, ANTHROPIC_API_KEY; needs --max-spend',
      })
      .option('resume', {
        type: 'string',
        describe:
          'The folder of an interrupted run of this scenario: only what is not done is asked',
      })
      .option('max-spend', {
        type: 'string',
        describe: 'Stop before more than so many dollars are spent, at list prices',
      })
      .option('baseline', {
        type: 'string',
        describe: 'A run, or a folder of runs, to compare with once this one is done',
      })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'Say what it would come to, and start nothing',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the run record on stdout',
      })
      .example('$0 run scenarios/quick.yaml', 'Compare five tenants on embedded services')
      .example(
        '$0 run scenarios/m11-checkpoint.yaml --dry-run',
        'Cells, queries, tokens, time and dollars beforehand',
      )
      .example(
        '$0 run scenarios/smoke.yaml --baseline runs',
        'A gate: slower, dearer or less right than the runs before?',
      )
      .example(
        '$0 run scenarios/quick.yaml --resume runs/<folder>',
        'Go on where an interrupted run ended',
      )
      .example(
        '$0 run scenarios/quick.yaml --seed 7 --json',
        'The same with another seed, as JSON',
      ),
  async execute(given, environment) {
    const scenario = await scenarioFrom(given, String(given['scenario']))
    databaseUrlFrom(given, environment, scenario)
    const isJson = given['json'] === true
    const live = given['services'] === 'live' ? liveEndpoints(scenario, environment) : null
    if (live !== null && given['max-spend'] === undefined && given['dry-run'] !== true)
      throw new TenantbenchError('TB_USAGE', {
        detail:
          '--services live spends money: say how much it may with --max-spend USD. --dry-run ' +
          'says what it would come to.',
      })
    const baseline =
      typeof given['baseline'] === 'string' ? await openBaseline(given['baseline']) : null
    const money = moneyAndResume(given, scenario)
    if (given['dry-run'] === true) {
      const estimate = estimateRun(
        scenario,
        await prepareRun({ scenario, clock: systemClock, environment }),
        systemClock,
      )
      process.stdout.write(`${isJson ? printableJson(estimate) : terminalEstimate(estimate)}\n`)
      return 0
    }
    const progress = showProgress(process.stderr, scenario)
    using lifetime = watchLifetime(systemClock)
    try {
      // Loaded only now: what is wrong with the input is known much sooner.
      const { run } = await import('../../run/run.ts')
      let compared: CompareReport | null = null
      const compareWith =
        baseline === null
          ? null
          : async (own: RecordedRun): Promise<CheckResult> => {
              compared = await baseline.compare(own)
              return checkBaseline(compared)
            }
      const record = await run({
        ...(await newRun({ given, environment, scenario, lifetime, progress })),
        ...money,
        live,
        compareWith,
      })
      progress.stop()
      if (compared !== null) await writeComparison(record.runDir, compared)
      process.stdout.write(isJson ? `${printableJson(record)}\n` : `${terminalSummary(record)}\n`)
      return record.exitCode
    } finally {
      progress.stop()
    }
  },
}

/** What --resume and --max-spend say. Throws TB_USAGE. */
function moneyAndResume(
  given: Readonly<Record<string, unknown>>,
  scenario: LoadedScenario,
): Required<Pick<RunOptions, 'maxSpend' | 'isResumable'>> &
  Partial<Pick<RunOptions, 'runDir' | 'mayNumber' | 'isResumed'>> {
  const resume = given['resume']
  if (typeof resume === 'string' && typeof given['out'] === 'string')
    throw new TenantbenchError('TB_USAGE', {
      detail: '--resume goes on in its own folder; leave --out away.',
    })
  return {
    isResumable: true,
    maxSpend: maxSpendFrom(given['max-spend'], scenario),
    ...(typeof resume === 'string' ? { runDir: resume, mayNumber: false, isResumed: true } : {}),
  }
}

function maxSpendFrom(given: unknown, scenario: LoadedScenario): PicoUsd | null {
  if (given === undefined) return null
  const text = String(given).replace(/^\$/, '')
  if (!/^\d+(\.\d{1,12})?$/.test(text))
    throw new TenantbenchError('TB_USAGE', {
      detail: `--max-spend ${JSON.stringify(String(given))}: write dollars, e.g. 2.50.`,
    })
  // What a system of the user's will charge for a request nobody knows before it is asked.
  if (scenario.target !== undefined)
    throw new TenantbenchError('TB_USAGE', {
      detail:
        '--max-spend is held for the reference system alone: what a target of yours charges ' +
        'for a request is not known before it is asked.',
    })
  return parseUsd(text)
}

/** Beside the record: for a pull request, for a CI server, for programs. */
async function writeComparison(runDir: string, report: CompareReport): Promise<void> {
  await writeNew(join(runDir, 'compare.md'), `${compareMarkdown(report)}\n`)
  await writeNew(join(runDir, 'compare.xml'), `${compareJunit(report)}\n`)
  await writeNew(join(runDir, 'compare.json'), `${printableJson(report)}\n`)
}
