/** `tenantbench prices list|explain|diff|check`. */
import { printableJson } from '../../../src/base/text.ts'
import type { Command } from '../command.ts'
import { dayAsked, type Answer, type PricesQuestion } from '../prices/action.ts'
import { checkPrices } from '../prices/check.ts'
import { diffPrices } from '../prices/diff.ts'
import { explainPrice } from '../prices/explain.ts'
import { listPrices } from '../prices/list.ts'

const actions: Readonly<Record<string, (question: PricesQuestion) => Promise<Answer>>> = {
  list: listPrices,
  explain: explainPrice,
  diff: diffPrices,
  check: checkPrices,
}

/** The command. */
export const pricesCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('action', {
        type: 'string',
        demandOption: true,
        choices: Object.keys(actions),
        describe: 'What to do',
      })
      .positional('names', {
        type: 'string',
        array: true,
        describe: 'list, check: a book. explain: a product. diff: two books',
      })
      .option('book', {
        type: 'string',
        describe: 'A book that comes along, or a folder or .yaml file of your own',
      })
      .option('on', {
        type: 'string',
        describe: 'The day that counts, as in 2026-11-01 (default: today; diff: all times)',
      })
      .option('usage', {
        type: 'string',
        array: true,
        describe: 'explain: a unit and how many, e.g. input-tokens=1200; repeatable',
      })
      .option('litellm', { type: 'string', describe: 'check: a LiteLLM price map to compare with' })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON document' })
      .example('$0 prices list m11-2023', 'What a book asks today')
      .example(
        '$0 prices explain gpt-4o --on 2024-06-01 --usage input-tokens=1200',
        'What a name stood for, and what that cost',
      )
      .example(
        '$0 prices check --litellm model_prices_and_context_window.json',
        "Our list against LiteLLM's",
      ),
  async execute(given) {
    const action = actions[String(given['action'])] ?? listPrices
    const { json, text, exitCode } = await action(questionOf(given))
    process.stdout.write(given['json'] === true ? `${printableJson(json)}\n` : `${text}\n`)
    return exitCode
  },
}

function questionOf(given: Readonly<Record<string, unknown>>): PricesQuestion {
  const words = (name: string): readonly string[] =>
    Array.isArray(given[name]) ? given[name].map(String) : []
  const word = (name: string): string | null =>
    typeof given[name] === 'string' ? given[name] : null
  return {
    names: words('names'),
    book: word('book'),
    atMs: dayAsked(given['on']),
    litellm: word('litellm'),
    usage: words('usage'),
  }
}
