/** `tenantbench calibrate <runs>`. */
import { printableJson } from '../../../src/base/text.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { loadPriceBook } from '../../../src/index.ts'
import { calibrateWords } from '../../../reports/calibrate/terminal.ts'
import { calibrate } from '../../calibrate/calibrate.ts'
import { encodeModels } from '../../simulate/fit/models-file.ts'
import type { Command } from '../command.ts'
import { readRuns } from '../calibration-runs.ts'
import { refuseExisting, writeNew } from '../recorded-run.ts'

const usualSimulations = 20

/** The command. */
export const calibrateCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('runs', {
        type: 'string',
        demandOption: true,
        describe:
          'A folder of runs of one scenario, each a load at one rate; or the folder of one run',
      })
      .option('hold-out-model', {
        type: 'string',
        describe: 'The model that is predicted (default: the one that a run asks alone)',
      })
      .option('hold-out-top-k', {
        type: 'number',
        describe: 'The top_k that is predicted (default: the middle one)',
      })
      .option('max-in-flight', {
        type: 'number',
        describe:
          'load.maxInFlight of the runs (default: as many as were in flight while others were held back)',
      })
      .option('simulations', {
        type: 'number',
        default: usualSimulations,
        describe: 'How many simulations each figure is the mean of',
      })
      .option('seed', { type: 'number', default: 42, describe: 'Of the simulations' })
      .option('out', { type: 'string', describe: 'Write the fitted models to this file' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the calibration as JSON',
      })
      .example(
        '$0 calibrate runs/calibration',
        'How far off is the simulation on what it was not fitted to?',
      )
      .example(
        '$0 calibrate runs/calibration --hold-out-model gpt-4o --hold-out-top-k 5 --out calibration.json',
        'Another model and top_k; keep the models',
      ),
  async execute(given) {
    const out = typeof given['out'] === 'string' ? given['out'] : null
    if (out !== null) await refuseExisting(out)
    const numbers = {
      maxInFlight: whole(given, 'max-in-flight', 1),
      topK: whole(given, 'hold-out-top-k', 1),
      simulations: whole(given, 'simulations', 1) ?? usualSimulations,
      seed: whole(given, 'seed', 0) ?? 0,
    }
    const runs = await readRuns(String(given['runs']))
    const [first] = runs
    if (first === undefined)
      throw new TenantbenchError('TB_CALIBRATION_EMPTY', { detail: 'The folder holds no run.' })
    const { topK, ...rest } = numbers
    const wanted = {
      model: typeof given['hold-out-model'] === 'string' ? given['hold-out-model'] : null,
      topK,
    }
    const { report, fitted } = calibrate({
      runs,
      book: await loadPriceBook(first.record.priceBook.id),
      wanted,
      ...rest,
    })
    if (out !== null) await writeNew(out, encodeModels(fitted))
    process.stdout.write(
      given['json'] === true ? `${printableJson(report)}\n` : `${calibrateWords(report)}\n`,
    )
    return report.exitCode
  },
}

function whole(
  given: Readonly<Record<string, unknown>>,
  name: string,
  least: number,
): number | null {
  const value = given[name]
  if (value === undefined) return null
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > 4_294_967_295)
    throw new TenantbenchError('TB_USAGE', {
      detail: `--${name} is a whole number of at least ${least}.`,
    })
  return Number(value)
}
