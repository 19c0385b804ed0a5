/**
 * `tenantbench prices check`: whether a book can be read, how old its figures are, and whether a
 * LiteLLM map agrees with it.
 */
import { dayMs, dayOf } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { formatUsd } from '../../../src/base/money.ts'
import {
  compareWithMap,
  parsePriceMap,
  type MapComparison,
  type PriceBook,
} from '../../../src/index.ts'
import {
  dayOr,
  openBook,
  perWords,
  tableOf,
  usualBook,
  type Answer,
  type PricesQuestion,
} from './action.ts'
import { readText } from '../../scenario/read-text.ts'

/** Prices older than a quarter are worth another look. */
const staleDays = 90

/** Checks. A figure of the map that differs fails: one of the two is wrong. */
export async function checkPrices({
  names: [name],
  book,
  atMs,
  litellm,
}: PricesQuestion): Promise<Answer> {
  const opened = await openBook(name ?? book ?? usualBook)
  const at = dayOr(atMs)
  const stale = opened.sources.filter(({ checked }) => at - Date.parse(checked) > staleDays * dayMs)
  const compared =
    litellm === null
      ? []
      : compareWithMap(
          opened,
          parsePriceMap(litellm, await readText(litellm, 'TB_TABLE_INVALID')),
          at,
        )
  if (litellm !== null && compared.length === 0)
    throw new TenantbenchError('TB_TABLE_INVALID', {
      detail: `${litellm} has no price of a model that book ${opened.id} knows, so nothing was compared.`,
    })
  const differing = compared.filter(({ verdict }) => verdict === 'differs')
  const json = {
    book: opened.id,
    sha256: opened.sha256,
    on: dayOf(at),
    prices: opened.prices.length,
    stale: stale.map(({ provider, checked }) => ({ provider, checked })),
    litellm:
      litellm === null
        ? null
        : {
            compared: compared.length,
            same: countOf(compared, 'same'),
            notOurs: countOf(compared, 'not-ours'),
            differing: differing.map(asJson),
          },
  }
  return {
    json,
    text: wordsOf(opened, { at, stale, compared, differing }),
    exitCode: differing.length > 0 ? 1 : 0,
  }
}

function countOf(compared: readonly MapComparison[], verdict: MapComparison['verdict']): number {
  return compared.filter((each) => each.verdict === verdict).length
}

function asJson({ provider, model, field, oursUsd, theirsUsd, per }: MapComparison): object {
  return {
    provider,
    model,
    field,
    oursUsd: oursUsd === null ? null : formatUsd(oursUsd),
    theirsUsd: formatUsd(theirsUsd),
    per: Number(per),
  }
}

interface Found {
  readonly at: number
  readonly stale: PriceBook['sources']
  readonly compared: readonly MapComparison[]
  readonly differing: readonly MapComparison[]
}

function wordsOf(book: PriceBook, { at, stale, compared, differing }: Found): string {
  const rows = differing.map(({ provider, model, field, oursUsd, theirsUsd, per }) => [
    provider,
    model,
    field,
    oursUsd === null ? '-' : formatUsd(oursUsd),
    formatUsd(theirsUsd),
    perWords(per),
  ])
  return [
    `${book.id}: ${book.prices.length} prices of ${book.sources.length} providers, no fault.`,
    ...stale.map(
      ({ provider, checked }) =>
        `${provider} was looked at on ${checked}, more than ${staleDays} days before ${dayOf(at)}.`,
    ),
    ...(compared.length === 0
      ? []
      : [
          `${compared.length} figures of the map are of models in the book: ` +
            `${countOf(compared, 'same')} the same, ${differing.length} differ, ` +
            `${countOf(compared, 'not-ours')} are of units or tiers that the book does not have.`,
        ]),
    ...(rows.length === 0
      ? []
      : [
          tableOf(['provider', 'model', 'field', 'ours $', 'theirs $', 'per'], rows),
          "One of the two is wrong: look at the provider's own page, then correct the book or leave the map.",
        ]),
  ].join('\n')
}
