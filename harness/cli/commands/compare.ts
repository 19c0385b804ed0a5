/**
 * `tenantbench compare <baseline> <candidate>`: two runs, a store of runs and a run, or two bench
 * reports.
 */
import { printableJson } from '../../../src/base/text.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { compareJunit } from '../../../reports/compare/junit.ts'
import { compareMarkdown } from '../../../reports/compare/markdown.ts'
import { compareWords } from '../../../reports/compare/terminal.ts'
import type { CompareReport } from '../../../reports/record/compare-report.ts'
import { compareBench } from '../../compare/compare-bench.ts'
import { compareMetricNames } from '../../scenario/compare-metrics.ts'
import { openBaseline, usualLast } from '../baseline.ts'
import type { Command } from '../command.ts'
import { kindOfRecord, readBenchReport, readRecordedRun, writeNew } from '../recorded-run.ts'

const formats = {
  pretty: compareWords,
  markdown: compareMarkdown,
  junit: compareJunit,
  json: (report: CompareReport) => printableJson(report),
} as const

/** The command. */
export const compareCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('baseline', {
        type: 'string',
        demandOption: true,
        describe:
          'The folder of the run to compare with, a folder of such folders, or a file of bench --json',
      })
      .positional('candidate', {
        type: 'string',
        demandOption: true,
        describe: 'The folder of the run in question, or a file of bench --json',
      })
      .option('last', {
        type: 'number',
        describe: `How many of the newest runs of a folder of runs are the baseline (default ${usualLast})`,
      })
      .option('tolerance', {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          "By how many percent a metric may worsen, e.g. latency=50; in place of the scenario's",
      })
      .option('format', {
        choices: Object.keys(formats),
        default: 'pretty',
        describe: 'How to print it',
      })
      .option('out', { type: 'string', describe: 'A file to write it to as well' })
      .option('json', { type: 'boolean', default: false, describe: 'The same as --format json' })
      .example(
        '$0 compare runs/main runs/branch',
        'Slower, dearer or less right? By the tolerances of the scenario',
      )
      .example(
        '$0 compare runs runs/branch --last 5',
        'With the newest five comparable runs before it, together',
      )
      .example(
        '$0 compare base-bench.json new-bench.json --tolerance ratio=5',
        'Two files of bench --json',
      )
      .example(
        '$0 compare runs/main runs/branch --tolerance latency=20 --format markdown',
        'For a pull request',
      ),
  async execute(given) {
    const report = await compared({
      baseline: String(given['baseline']),
      candidate: String(given['candidate']),
      tolerances: tolerancesFrom(given['tolerance']),
      last: lastFrom(given['last']),
    })
    const format =
      Object.entries(formats).find(
        ([name]) => name === (given['json'] === true ? 'json' : given['format']),
      )?.[1] ?? compareWords
    const text = `${format(report)}\n`
    if (typeof given['out'] === 'string') await writeNew(given['out'], text)
    process.stdout.write(text)
    return report.exitCode
  },
}

interface Asked {
  readonly baseline: string
  readonly candidate: string
  readonly tolerances: Readonly<Record<string, number>>
  readonly last: number | null
}

async function compared({ baseline, candidate, tolerances, last }: Asked): Promise<CompareReport> {
  const kinds = { baseline: await kindOfRecord(baseline), candidate: await kindOfRecord(candidate) }
  if ((kinds.baseline === 'file') !== (kinds.candidate === 'file'))
    throw new TenantbenchError('TB_USAGE', {
      detail:
        'One is a file and the other a folder: compare a run with runs, or a bench report with a bench report.',
    })
  const isBench = kinds.baseline === 'file'
  refuseOthers(tolerances, isBench ? ['ratio'] : compareMetricNames)
  if (last !== null && kinds.baseline !== 'store')
    throw new TenantbenchError('TB_USAGE', {
      detail: '--last is for a folder of runs; the baseline is a single one.',
    })
  if (isBench)
    return compareBench(
      await readBenchReport(baseline),
      await readBenchReport(candidate),
      tolerances['ratio'],
    )
  const run = await readRecordedRun(candidate)
  const opened = await openBaseline(baseline)
  return opened.compare(run, {
    tolerances: { ...run.record.tolerancesPct, ...tolerances },
    last: last ?? usualLast,
  })
}

function lastFrom(given: unknown): number | null {
  if (given === undefined) return null
  if (!Number.isInteger(given) || Number(given) < 1)
    throw new TenantbenchError('TB_USAGE', { detail: '--last is a whole number of at least 1.' })
  return Number(given)
}

function tolerancesFrom(given: unknown): Readonly<Record<string, number>> {
  const texts = Array.isArray(given) ? given.map(String) : []
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', value = ''] = /^([A-Za-z]+)=(\d+(?:\.\d+)?)%?$/.exec(text) ?? []
      if (name === '')
        throw new TenantbenchError('TB_USAGE', {
          detail: `--tolerance ${JSON.stringify(text)}: write metric=percent, e.g. latency=50.`,
        })
      return [name, Number(value)]
    }),
  )
}

function refuseOthers(
  tolerances: Readonly<Record<string, number>>,
  known: readonly string[],
): void {
  const strange = Object.keys(tolerances).filter((name) => !known.includes(name))
  if (strange.length > 0)
    throw new TenantbenchError('TB_USAGE', {
      detail: `--tolerance: nothing here is called ${strange.join(', ')}; there is ${known.join(', ')}.`,
    })
}
