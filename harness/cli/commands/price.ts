/** `tenantbench price <run>`: what each tier should cost, and which configuration each tenant should get. */
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exitCodes, messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { parseUsd, type PicoUsd } from '../../../src/base/money.ts'
import { printable } from '../../../src/base/text.ts'
import { parsePlans, type PriceBook } from '../../../src/index.ts'
import { priceWords } from '../../../reports/price/terminal.ts'
import { writePrice } from '../../../reports/price/write.ts'
import type { RunRecord } from '../../../reports/record/record.ts'
import { usualMonteCarlo } from '../../check/pricing/monte-carlo.ts'
import { usualSwitchPct } from '../../check/pricing/movers.ts'
import { overriddenBook } from '../../check/pricing/override-prices.ts'
import { usualTargetPct } from '../../check/pricing/propose-tiers.ts'
import type { Plans } from '../../check/pricing/tier-margins.ts'
import { usualVaryPct } from '../../check/pricing/tornado.ts'
import { price, pricedComparison, sourceOfRun } from '../../price.ts'
import { loadScenario, parseSetting } from '../../scenario/load.ts'
import type { LoadedScenario, Setting } from '../../scenario/parse.ts'
import { readText } from '../../scenario/read-text.ts'
import type { Command } from '../command.ts'
import { openBook } from '../prices/action.ts'
import { readRecord } from '../recorded-run.ts'
import { packageRoot } from '../version.ts'

type Given = Readonly<Record<string, unknown>>

/** The command. */
export const priceCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'The folder of a run, or its run.json' })
      .option('scenario', { type: 'string', describe: 'The scenario that was run, as it was (default: the one of that name that comes along)' })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'What the run was given by --set, for the same scenario' })
      .option('prices', { type: 'string', array: true, nargs: 1, describe: 'Another price book, by name or path; repeatable' })
      .option('price', { type: 'string', array: true, nargs: 1, describe: 'The run\'s book with another price, e.g. openai/gpt-4o-mini/input-tokens=0.1; repeatable' })
      .option('plans', { type: 'string', describe: 'A file with what each tier pays (docs/price.md)' })
      .option('target-margin', { type: 'number', default: usualTargetPct, describe: 'Gross margin in percent for which tiers are proposed' })
      .option('customising-cost', { type: 'string', default: '0', describe: 'What each further configuration costs a month to keep, in dollars' })
      .option('switch-saving', { type: 'number', default: usualSwitchPct, describe: 'For how many percent saved a tenant changes plans' })
      .option('vary', { type: 'number', default: usualVaryPct, describe: 'By how many percent each factor is moved' })
      .option('draws', { type: 'number', default: usualMonteCarlo.draws, describe: 'How many months are drawn' })
      .option('seed', { type: 'number', default: usualMonteCarlo.seed, describe: 'Of the drawn months' })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON document' })
      .option('out', { type: 'string', describe: 'A new folder for price.json, price.md, comparison.csv and comparison.xlsx' })
      .example('$0 price runs/2026-11-23T21-00-00-quick-42', 'Which configuration for whom, tiers for 60 % margin')
      .example('$0 price runs/<folder> --plans plans.yaml --prices m11-2023', 'What your plans earn, and what other prices would change'),
  async execute(given) {
    const numbers = numbersOf(given)
    const record = await readRecord(await folderOf(String(given['run'])))
    const { scenario, note } = await scenarioOf(record, given)
    const book = await ownBook(record, scenario)
    const changed = overriddenBook(book, strings(given['price']), Date.parse(record.timing.startedAt))
    const otherBooks = [...(await Promise.all(strings(given['prices']).map(openBook))), ...(changed === null ? [] : [changed])]
    const plans = await plansFrom(given['plans'], scenario)
    const report = price({ source: sourceOfRun({ record, scenario, book }), otherBooks, plans, notes: [note], ...numbers })
    const files = typeof given['out'] === 'string' ? await writePrice(given['out'], { report, record, comparison: pricedComparison(record.comparison, report) }) : []
    process.stdout.write(given['json'] === true ? `${JSON.stringify(report, null, 2)}\n` : `${[priceWords(report), ...(files.length === 0 ? [] : ['', ...files.map(printable)])].join('\n')}\n`)
    return report.reason === null ? exitCodes.pass : exitCodes.inconclusive
  },
}

/** The folder of a run; its record may be named as well. */
async function folderOf(path: string): Promise<string> {
  try {
    return (await stat(path)).isFile() ? dirname(path) : path
  } catch (error) {
    throw new TenantbenchError('TB_RECORD_INVALID', { detail: `${path}: ${messageOf(error)}.`, cause: error })
  }
}

/** Volumes, floors, objectives and budgets are not in the record: the scenario has them, if it is the same. Throws TB_USAGE. */
async function scenarioOf(record: RunRecord, given: Given): Promise<{ readonly scenario: LoadedScenario; readonly note: string }> {
  const named = typeof given['scenario'] === 'string' ? given['scenario'] : null
  const path = named ?? join(packageRoot(), 'scenarios', `${record.scenario}.yaml`)
  const settings = strings(given['set']).map(parseSetting)
  if (named === null && !(await isThere(path))) throw new TenantbenchError('TB_USAGE', { detail: `Volumes, quality floors, objectives and budgets are not in the record, and no scenario ${record.scenario} comes along: name yours with --scenario.` })
  // A run with --seed or --trials has them in its scenario.
  const [seed, trials]: readonly Setting[] = [{ path: ['seed'], value: record.seed }, { path: ['trials'], value: record.trials }]
  const asRun = [[], [seed], [trials], [seed, trials]].map((more) => [...settings, ...more.flatMap((setting) => setting ?? [])])
  for (const each of asRun) {
    const scenario = await loadScenario(path, each)
    if (scenario.sha256 === record.scenarioSha256) return { scenario, note: `Volumes, floors, objectives, budgets and tiers are those of ${named ?? `scenarios/${record.scenario}.yaml`}, the scenario of the run by its hash.` }
  }
  throw new TenantbenchError('TB_USAGE', { detail: `${named ?? path} is not the scenario that was run: its hash is ${(await loadScenario(path, settings)).sha256.slice(0, 12)}, the record's ${record.scenarioSha256.slice(0, 12)}. Give --scenario the file as it was, and --set what the run was given.` })
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

/** The book that the run was priced by. Another under the same name would price other parts than were paid. Throws TB_PRICE_BOOK_UNKNOWN. */
async function ownBook({ priceBook }: RunRecord, scenario: LoadedScenario): Promise<PriceBook> {
  const book = await openBook(scenario.priceBook)
  if (book.sha256 !== priceBook.sha256) throw new TenantbenchError('TB_PRICE_BOOK_UNKNOWN', { detail: `${priceBook.id} is another than the run was priced by (${book.sha256.slice(0, 12)} against ${priceBook.sha256.slice(0, 12)}): run again, or use the version of tenantbench that made it.` })
  return book
}

async function plansFrom(given: unknown, { tenants }: LoadedScenario): Promise<Plans | null> {
  return typeof given === 'string' ? parsePlans(await readText(given, 'TB_PLANS_INVALID'), given, tenants.map(({ tier }) => tier)) : null
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

interface Numbers {
  readonly targetMarginPct: number
  readonly customisingCostUsd: PicoUsd
  readonly switchWhenSavingPct: number
  readonly varyPct: number
  readonly draws: number
  readonly seed: number
}

/** Throws TB_USAGE. */
function numbersOf(given: Given): Numbers {
  const within = (name: string, [least, most]: readonly [number, number], says: string): number => {
    const value = Number(given[name])
    if (given[name] === undefined || !(value >= least && value <= most)) throw new TenantbenchError('TB_USAGE', { detail: `--${name} is ${says}.` })
    return value
  }
  const whole = (name: string, [least, most]: readonly [number, number]): number => {
    const says = `a whole number from ${least} to ${most}`
    const value = within(name, [least, most], says)
    if (!Number.isInteger(value)) throw new TenantbenchError('TB_USAGE', { detail: `--${name} is ${says}.` })
    return value
  }
  const cost = String(given['customising-cost'])
  if (!/^\d{1,9}(\.\d{1,12})?$/.test(cost)) throw new TenantbenchError('TB_USAGE', { detail: '--customising-cost is dollars a month as a decimal number, e.g. 25.' })
  return {
    targetMarginPct: within('target-margin', [0, 99], 'percent from 0 to 99'),
    customisingCostUsd: parseUsd(cost),
    switchWhenSavingPct: within('switch-saving', [0, 100], 'percent from 0 to 100'),
    varyPct: within('vary', [0, 100], 'percent from 0 to 100'),
    draws: whole('draws', [1, 100_000]),
    seed: whole('seed', [0, 4_294_967_295]),
  }
}
