/** `tenantbench run <scenario>`. */
import { join } from 'node:path'
import { isoTime, systemClock } from '../../../src/base/clock.ts'
import { newSuffix } from '../../../src/base/random.ts'
import { terminalComparison } from '../../../reports/views/terminal.ts'
import type { RunRecord } from '../../../reports/record/record.ts'
import { run } from '../../run.ts'
import { loadScenario, parseSetting } from '../../scenario/load.ts'
import type { Command } from '../command.ts'
import { databaseUrlFrom } from '../database-url.ts'
import { watchLifetime } from '../lifetime.ts'
import { showProgress } from '../show-progress.ts'
import { codeVersion } from '../version.ts'

/** The command. */
export const runCommand: Command = {
  usage: 'run <scenario>',
  describe: 'Provision tenants, ask, measure, check, report',
  build: (yargs) =>
    yargs
      .positional('scenario', { type: 'string', demandOption: true, describe: 'A scenario file, e.g. scenarios/quick.yaml' })
      .option('out', { type: 'string', describe: 'Folder for the record and reports (default runs/<time>-<scenario>-<seed>)' })
      .option('seed', { type: 'number', describe: 'Seed in place of the scenario\'s' })
      .option('trials', { type: 'number', describe: 'Repetitions in place of the scenario\'s' })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'Change a value, e.g. --set tenants[0].current.topK=5' })
      .option('database-url', { type: 'string', describe: 'A PostgreSQL 15+ server instead of the embedded one (or TENANTBENCH_DATABASE_URL)' })
      .option('keep-texts', { type: 'boolean', default: false, describe: 'Keep questions and answers in samples.jsonl' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the run record on stdout' })
      .example('$0 run scenarios/quick.yaml', 'Compare five tenants on embedded services')
      .example('$0 run scenarios/quick.yaml --seed 7 --json', 'The same with another seed, as JSON'),
  async execute(given, environment) {
    const settings = [...strings(given['set']).map(parseSetting), ...numbered(given, 'seed'), ...numbered(given, 'trials')]
    const scenario = await loadScenario(String(given['scenario']), settings)
    const startedMs = systemClock.nowMs()
    const runDir = typeof given['out'] === 'string' ? given['out'] : join('runs', `${isoTime(startedMs).slice(0, 19).replaceAll(':', '-')}-${scenario.name}-${scenario.seed}`)
    const runId = `${isoTime(startedMs).slice(0, 19).replace(/[-:]/g, '').toLowerCase()}_${newSuffix()}`
    const databaseUrl = databaseUrlFrom(given, environment)
    const progress = showProgress(process.stderr)
    using lifetime = watchLifetime(systemClock)
    try {
      const code = await codeVersion()
      const record = await run({ scenario, runId, runDir, databaseUrl, keepTexts: given['keep-texts'] === true, clock: systemClock, signal: lifetime.signal, progress, code })
      progress.stop()
      process.stdout.write(given['json'] === true ? `${JSON.stringify(record, null, 2)}\n` : `${summary(record)}\n`)
      return record.exitCode
    } finally {
      progress.stop()
    }
  },
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function numbered(given: Readonly<Record<string, unknown>>, key: 'seed' | 'trials'): readonly { readonly path: readonly string[]; readonly value: unknown }[] {
  return given[key] === undefined ? [] : [{ path: [key], value: given[key] }]
}

const verdictWords = { pass: 'PASS', fail: 'FAIL', inconclusive: 'INCONCLUSIVE', invalid: 'INVALID', leak: 'LEAK' } as const

/** The end of a run on a terminal: the table, why, the checks, the verdict, where the report is. */
function summary(record: RunRecord): string {
  const why = record.comparison.map(({ tenant, reason }) => `  ${tenant}: ${reason}`)
  const checks = record.checks.map(({ verdict, evidence }) => `  ${verdictWords[verdict].padEnd(12)} ${evidence}`)
  return [
    terminalComparison(record),
    '',
    'Why:',
    ...why,
    '',
    'Checks:',
    ...checks,
    '',
    `${verdictWords[record.verdict]} in ${record.timing.wallSeconds.toFixed(1)} s. Costs include shared cost; model times and reading quality are modelled, see the report.`,
    `Report: ${record.runDir}/report.md`,
  ].join('\n')
}
