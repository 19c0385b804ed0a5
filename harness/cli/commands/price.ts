/**
 * `tenantbench price <run>`: what each tier should cost, and which configuration each tenant should
 * get.
 */
import { join } from 'node:path'
import { exitCodes, TenantbenchError } from '../../../src/base/errors.ts'
import { parseUsd } from '../../../src/base/money.ts'
import { printable, printableJson } from '../../../src/base/text.ts'
import { parsePlans } from '../../../src/index.ts'
import { priceWords } from '../../../reports/price/terminal.ts'
import { writePrice } from '../../../reports/price/write.ts'
import { usualMonteCarlo } from '../../pricing/monte-carlo.ts'
import { usualSwitchPct } from '../../pricing/movers.ts'
import { overriddenBook } from '../../pricing/override-prices.ts'
import { usualTargetPct } from '../../pricing/propose-tiers.ts'
import type { Plans } from '../../pricing/tier-margins.ts'
import { usualVaryPct } from '../../pricing/tornado.ts'
import { openSource } from '../../pricing/sources/open-source.ts'
import { price, pricedComparison, type PriceQuestion } from '../../pricing/price.ts'
import { parseSetting } from '../../scenario/load.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import { readText } from '../../scenario/read-text.ts'
import { cacheDirFrom } from '../../simulate/tokens/cache-file.ts'
import type { Command } from '../command.ts'
import { openBook } from '../prices/action.ts'
import { packageRoot } from '../version.ts'

type Given = Readonly<Record<string, unknown>>

/** The command. */
export const priceCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('run', {
        type: 'string',
        demandOption: true,
        describe: 'The folder of a run, its run.json, or what simulate --out wrote',
      })
      .option('scenario', {
        type: 'string',
        describe:
          'The scenario that was run or simulated, as it was (default: the one of that name that comes along)',
      })
      .option('set', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'What the run was given by --set, for the same scenario',
      })
      .option('config', {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          'Another configuration, e.g. model=gpt-4o-mini,topK=3,rerank=false: its tokens are ' +
          'derived from the corpora; repeatable',
      })
      .option('measured', {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          'The folder of another run, whose cells say how good configurations are; repeatable',
      })
      .option('prices', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'Another price book, by name or path; repeatable',
      })
      .option('price', {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          "The run's book with another price, e.g. openai/gpt-4o-mini/input-tokens=0.1; repeatable",
      })
      .option('plans', {
        type: 'string',
        describe:
          'A file with what each tier pays (docs/price.md); default: the plans of the scenario',
      })
      .option('target-margin', {
        type: 'number',
        default: usualTargetPct,
        describe: 'Gross margin in percent for which tiers are proposed',
      })
      .option('customising-cost', {
        type: 'string',
        default: '0',
        describe: 'What each further configuration costs a month to keep, in dollars',
      })
      .option('switch-saving', {
        type: 'number',
        default: usualSwitchPct,
        describe: 'For how many percent saved a tenant changes plans',
      })
      .option('vary', {
        type: 'number',
        default: usualVaryPct,
        describe: 'By how many percent each factor is moved',
      })
      .option('draws', {
        type: 'number',
        default: usualMonteCarlo.draws,
        describe: 'How many months are drawn',
      })
      .option('seed', {
        type: 'number',
        default: usualMonteCarlo.seed,
        describe: 'Of the drawn months',
      })
      .option('cache', {
        type: 'boolean',
        default: true,
        describe: 'Keep token counts for the next time, as simulate does; --cache=false does not',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON document' })
      .option('out', {
        type: 'string',
        describe: 'A new folder for price.json, price.md, comparison.csv and comparison.xlsx',
      })
      .example(
        '$0 price runs/2026-11-23T21-00-00-quick-42',
        'Which configuration for whom, tiers for 60 % margin',
      )
      .example(
        '$0 price runs/<folder> --plans plans.yaml --prices m11-2023',
        'What your plans earn, and what other prices would change',
      )
      .example(
        '$0 price runs/<folder> --config model=gpt-4o,topK=3,rerank=true',
        'A configuration that was not run',
      )
      .example(
        '$0 price fleet.json --measured runs/<folder>',
        'A simulated fleet, with quality from a run',
      ),
  async execute(given, environment) {
    const numbers = numbersOf(given)
    const booksGiven = await Promise.all(strings(given['prices']).map(openBook))
    const opened = await openSource({
      path: String(given['run']),
      scenario: {
        named: typeof given['scenario'] === 'string' ? given['scenario'] : null,
        settings: strings(given['set']).map(parseSetting),
        shipped: join(packageRoot(), 'scenarios'),
      },
      configurations: strings(given['config']),
      measured: strings(given['measured']),
      cacheDir: cacheDirFrom(environment),
      isCacheUsed: given['cache'] !== false,
      openBook,
      otherBooks: booksGiven,
      onNote: (text) => void process.stderr.write(`${text}\n`),
    })
    const { source, scenario, notes, atMs, comparison, sameQuestion } = opened
    const changed = overriddenBook(source.book, strings(given['price']), atMs)
    const plans = await plansFrom(given['plans'], scenario)
    const report = price({
      source,
      otherBooks: [...booksGiven, ...(changed === null ? [] : [changed])],
      plans: plans.plans,
      notes: [...notes, ...plans.notes],
      ...numbers,
    })
    const files =
      typeof given['out'] === 'string'
        ? await writePrice(given['out'], {
            report,
            comparison: pricedComparison(comparison, report),
            sameQuestion,
          })
        : []
    process.stdout.write(
      given['json'] === true
        ? `${printableJson(report)}\n`
        : `${[priceWords(report), ...(files.length === 0 ? [] : ['', ...files.map(printable)])].join('\n')}\n`,
    )
    return report.reason === null ? exitCodes.pass : exitCodes.inconclusive
  },
}

interface FoundPlans {
  readonly plans: Plans | null
  readonly notes: readonly string[]
}

/** Those of a file, else those of the scenario. Throws TB_PLANS_INVALID. */
async function plansFrom(given: unknown, { tenants, plans }: LoadedScenario): Promise<FoundPlans> {
  if (typeof given === 'string')
    return {
      plans: parsePlans(
        await readText(given, 'TB_PLANS_INVALID'),
        given,
        tenants.map(({ tier }) => tier),
      ),
      notes: [],
    }
  return Object.keys(plans).length === 0
    ? { plans: null, notes: [] }
    : { plans: new Map(Object.entries(plans)), notes: ['Plans are those of the scenario.'] }
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** Throws TB_USAGE. */
function numbersOf(
  given: Given,
): Pick<
  PriceQuestion,
  'targetMarginPct' | 'customisingCostUsd' | 'switchWhenSavingPct' | 'varyPct' | 'draws' | 'seed'
> {
  const within = (name: string, [least, most]: readonly [number, number], says: string): number => {
    const value = Number(given[name])
    if (given[name] === undefined || !(value >= least && value <= most))
      throw new TenantbenchError('TB_USAGE', { detail: `--${name} is ${says}.` })
    return value
  }
  const whole = (name: string, [least, most]: readonly [number, number]): number => {
    const says = `a whole number from ${least} to ${most}`
    const value = within(name, [least, most], says)
    if (!Number.isInteger(value))
      throw new TenantbenchError('TB_USAGE', { detail: `--${name} is ${says}.` })
    return value
  }
  const cost = String(given['customising-cost'])
  if (!/^\d{1,9}(\.\d{1,12})?$/.test(cost))
    throw new TenantbenchError('TB_USAGE', {
      detail: '--customising-cost is dollars a month as a decimal number, e.g. 25.',
    })
  return {
    targetMarginPct: within('target-margin', [0, 99], 'percent from 0 to 99'),
    customisingCostUsd: parseUsd(cost),
    switchWhenSavingPct: within('switch-saving', [0, 100], 'percent from 0 to 100'),
    varyPct: within('vary', [0, 100], 'percent from 0 to 100'),
    draws: whole('draws', [1, 100_000]),
    seed: whole('seed', [0, 4_294_967_295]),
  }
}
