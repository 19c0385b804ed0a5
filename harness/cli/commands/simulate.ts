/** `tenantbench simulate <scenario>`. */
import { availableParallelism } from 'node:os'
import { printableJson } from '../../../src/base/text.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { loadPriceBook, type PriceBook } from '../../../src/index.ts'
import { simulateWords } from '../../../reports/simulate/terminal.ts'
import { fitRuns } from '../../calibrate/calibrate.ts'
import { simulate } from '../../simulate/simulate.ts'
import { loadScenario, parseSetting } from '../../scenario/load.ts'
import { grains } from '../../scenario/simulation-schema.ts'
import type { FittedModels } from '../../simulate/fit/fit.ts'
import { decodeModels } from '../../simulate/fit/models-file.ts'
import { readText } from '../../scenario/read-text.ts'
import { cacheDirFrom } from '../../simulate/tokens/cache-file.ts'
import type { Command } from '../command.ts'
import { watchLifetime } from '../lifetime.ts'
import { openBook } from '../prices/action.ts'
import { readRuns } from '../calibration-runs.ts'
import { kindOfRecord, refuseExisting, writeNew } from '../recorded-run.ts'
import { showSteps } from '../show-steps.ts'
import { codeVersion } from '../version.ts'

/** The command. */
export const simulateCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('scenario', {
        type: 'string',
        demandOption: true,
        describe: 'A scenario with a simulation, e.g. scenarios/fleet-month.yaml',
      })
      .option('grain', {
        choices: [...grains],
        describe:
          'event: all queues and limits; query: each query drawn and priced; hour: counts and sums',
      })
      .option('from', {
        type: 'string',
        describe:
          'A recorded run, a folder of them, or what calibrate --out wrote: times and words as ' +
          'measured, in place of published profiles',
      })
      .option('prices', { type: 'string', describe: 'Another price book, by its name or path' })
      .option('workers', {
        type: 'number',
        describe:
          'Threads at most (default: one a processor); the result is the same on any number',
      })
      .option('seed', { type: 'number', describe: "Seed in place of the scenario's" })
      .option('set', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'Change a value, e.g. --set simulation.demand.peakToTrough=8',
      })
      .option('cache', {
        type: 'boolean',
        default: true,
        describe:
          "Keep token counts for the next time (TENANTBENCH_CACHE_DIR, else the user's cache " +
          'folder); --cache=false does not',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the report as JSON' })
      .option('out', {
        type: 'string',
        describe: 'A new file for the same JSON, which `price` reads',
      })
      .example('$0 simulate scenarios/fleet-month.yaml', 'A month of a hundred tenants')
      .example('$0 simulate scenarios/fleet-100k.yaml --json', 'Five hundred million queries')
      .example(
        '$0 simulate scenarios/fleet-growth.yaml --set simulation.provisioning.leadTimeSeconds=86400',
        'Is the next index ready in time?',
      ),
  async execute(given, environment) {
    const seed = given['seed'] === undefined ? [] : [{ path: ['seed'], value: given['seed'] }]
    const scenario = await loadScenario(String(given['scenario']), [
      ...(Array.isArray(given['set'])
        ? given['set'].map((each) => parseSetting(String(each)))
        : []),
      ...seed,
    ])
    const workers =
      given['workers'] === undefined ? availableParallelism() : Number(given['workers'])
    if (!Number.isInteger(workers) || workers < 1 || workers > 256)
      throw new TenantbenchError('TB_USAGE', {
        detail: '--workers is a whole number from 1 to 256.',
      })
    const out = typeof given['out'] === 'string' ? given['out'] : null
    if (out !== null) await refuseExisting(out)
    using lifetime = watchLifetime(systemClock)
    const book =
      typeof given['prices'] === 'string'
        ? await openBook(given['prices'])
        : await loadPriceBook(scenario.priceBook)
    const report = await simulate({
      scenario,
      grain: grains.find((grain) => grain === given['grain']) ?? null,
      book,
      fitted: typeof given['from'] === 'string' ? await fittedFrom(given['from'], book) : null,
      workers,
      cacheDir: cacheDirFrom(environment),
      isCacheUsed: given['cache'] !== false,
      clock: systemClock,
      signal: lifetime.signal,
      code: await codeVersion(),
      onProgress: showSteps(),
      onNote: (text) => void process.stderr.write(`${text}\n`),
    })
    // Indented JSON of a hundred thousand tenants is twice as long and no easier to read.
    const text = `${printableJson(report, report.tenants.length > mostIndented ? 0 : 2)}\n`
    if (out !== null) await writeNew(out, text)
    process.stdout.write(given['json'] === true ? text : `${simulateWords(report)}\n`)
    return 0
  },
}

const mostIndented = 1_000

/** Models from a file of them, or fitted to the runs of a folder. */
async function fittedFrom(path: string, book: PriceBook): Promise<FittedModels> {
  if ((await kindOfRecord(path)) === 'file')
    return decodeModels(await readText(path, 'TB_CALIBRATION_INVALID'))
  return fitRuns(await readRuns(path), book)
}
