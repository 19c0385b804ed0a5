/** `tenantbench compare <baseline> <candidate>`. */
import { writeFile } from 'node:fs/promises'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { compareJunit } from '../../../reports/compare/junit.ts'
import { compareMarkdown } from '../../../reports/compare/markdown.ts'
import { compareWords } from '../../../reports/compare/terminal.ts'
import type { CompareReport } from '../../../reports/record/compare-report.ts'
import { compareRuns, type Tolerances } from '../../check/compare/compare-runs.ts'
import { compareMetricNames } from '../../scenario/compare-metrics.ts'
import type { Command } from '../command.ts'
import { readRecordedRun } from '../recorded-run.ts'

const formats = { pretty: compareWords, markdown: compareMarkdown, junit: compareJunit, json: (report: CompareReport) => JSON.stringify(report, null, 2) } as const

/** The command. */
export const compareCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('baseline', { type: 'string', demandOption: true, describe: 'The folder of the run to compare with' })
      .positional('candidate', { type: 'string', demandOption: true, describe: 'The folder of the run in question' })
      .option('tolerance', { type: 'string', array: true, nargs: 1, describe: 'By how many percent a metric may worsen, e.g. latency=50; in place of the scenario\'s' })
      .option('format', { choices: Object.keys(formats), default: 'pretty', describe: 'How to print it' })
      .option('out', { type: 'string', describe: 'A file to write it to as well' })
      .option('json', { type: 'boolean', default: false, describe: 'The same as --format json' })
      .example('$0 compare runs/main runs/branch', 'Slower, dearer or less right? By the tolerances of the scenario')
      .example('$0 compare runs/main runs/branch --tolerance latency=20 --format markdown', 'For a pull request'),
  async execute(given) {
    const tolerances = tolerancesFrom(given['tolerance'])
    const [baseline, candidate] = await Promise.all([readRecordedRun(String(given['baseline'])), readRecordedRun(String(given['candidate']))])
    const report = compareRuns(baseline, candidate, { ...candidate.record.tolerancesPct, ...tolerances })
    const format = Object.entries(formats).find(([name]) => name === (given['json'] === true ? 'json' : given['format']))?.[1] ?? compareWords
    const text = `${format(report)}\n`
    if (typeof given['out'] === 'string') await write(given['out'], text)
    process.stdout.write(text)
    return report.exitCode
  },
}

function tolerancesFrom(given: unknown): Tolerances {
  const texts = Array.isArray(given) ? given.map(String) : []
  return Object.fromEntries(texts.map((text) => {
    const [, name = '', value = ''] = /^([A-Za-z]+)=(\d+(?:\.\d+)?)%?$/.exec(text) ?? []
    const metric = compareMetricNames.find((each) => each === name)
    if (metric === undefined) throw new TenantbenchError('TB_USAGE', { detail: `--tolerance ${JSON.stringify(text)}: write metric=percent, e.g. latency=50, with one of ${compareMetricNames.join(', ')}.` })
    return [metric, Number(value)]
  }))
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (error) {
    throw new TenantbenchError('TB_OUT_UNWRITABLE', { detail: `${messageOf(error)}.`, cause: error })
  }
}
