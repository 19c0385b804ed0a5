/** `tenantbench run <scenario>`. */
import { systemClock } from '../../../src/base/clock.ts'
import { terminalEstimate } from '../estimate-words.ts'
import { estimateRun } from '../../outcome/estimate.ts'
import { prepareRun } from '../../outcome/prepare.ts'
import { terminalSummary } from '../../../reports/views/terminal.ts'
import type { Command } from '../command.ts'
import { databaseUrlFrom } from '../database-url.ts'
import { watchLifetime } from '../lifetime.ts'
import { newRun, scenarioFlags, scenarioFrom } from '../new-run.ts'
import { showProgress } from '../show-progress.ts'

/** The command. */
export const runCommand: Command = {
  build: (yargs) =>
    scenarioFlags(yargs.positional('scenario', { type: 'string', demandOption: true, describe: 'A scenario file, e.g. scenarios/quick.yaml' }))
      .option('dry-run', { type: 'boolean', default: false, describe: 'Say what it would come to, and start nothing' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the run record on stdout' })
      .example('$0 run scenarios/quick.yaml', 'Compare five tenants on embedded services')
      .example('$0 run scenarios/m11-checkpoint.yaml --dry-run', 'Cells, queries, tokens, time and dollars beforehand')
      .example('$0 run scenarios/quick.yaml --seed 7 --json', 'The same with another seed, as JSON'),
  async execute(given, environment) {
    const scenario = await scenarioFrom(given, String(given['scenario']))
    databaseUrlFrom(given, environment, scenario)
    const isJson = given['json'] === true
    if (given['dry-run'] === true) {
      const estimate = estimateRun(scenario, await prepareRun({ scenario, clock: systemClock, environment }), systemClock)
      process.stdout.write(`${isJson ? JSON.stringify(estimate, null, 2) : terminalEstimate(estimate)}\n`)
      return 0
    }
    const progress = showProgress(process.stderr, scenario)
    using lifetime = watchLifetime(systemClock)
    try {
      // Loaded only now: what is wrong with the input is known much sooner.
      const { run } = await import('../../run.ts')
      const record = await run(await newRun({ given, environment, scenario, lifetime, progress }))
      progress.stop()
      process.stdout.write(isJson ? `${JSON.stringify(record, null, 2)}\n` : `${terminalSummary(record)}\n`)
      return record.exitCode
    } finally {
      progress.stop()
    }
  },
}
