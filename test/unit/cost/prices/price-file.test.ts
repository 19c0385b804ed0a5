import { describe, expect, it } from 'vitest'
import { formatUsd, sumUsd } from '../../../../src/base/money.ts'
import type { ProviderUsage } from '../../../../src/base/usage.ts'
import { costOfUsage } from '../../../../src/cost/charge.ts'
import { buildPriceBook, loadPriceBook } from '../../../../src/cost/prices/load.ts'
import { productAt, type PriceBook } from '../../../../src/cost/prices/price-book.ts'
import { thrownBy } from '../../support/failures.ts'

const head = `provider: acme
currency: USD
source: test
checked: 2026-01-01
monthlyMinimumUsd: "0"
`
const price = (more: string, usd = 'input-tokens: "1"'): string =>
  `  - { sku: big, per: 1000000, component: acme.chat, usd: { ${usd} }, ${more} }\n`
const bookOf = (text: string): PriceBook => buildPriceBook('mine', [{ path: 'acme.yaml', text }])
const faultsOf = (text: string): readonly string[] =>
  (thrownBy(() => bookOf(text)).faults ?? []).map(
    ({ path, line, message }) => `${path} @${String(line)} ${message}`,
  )

describe('a faulty price file is refused with every fault at its line', () => {
  it.each([
    ['another currency', head.replace('USD', 'EUR'), [/acme.yaml: currency @2 prices are in USD/]],
    [
      'a negative price',
      `${head}prices:\n${price('from: 2026-01-01, to: null', 'input-tokens: "-1"')}`,
      [/prices\[0\].usd.input-tokens @7 dollars as a decimal/],
    ],
    [
      'a price that is no text',
      `${head}prices:\n${price('from: 2026-01-01, to: null', 'input-tokens: 0.1')}`,
      [/@7 dollars in quotes/],
    ],
    [
      'NaN',
      `${head}prices:\n${price('from: 2026-01-01, to: null', 'input-tokens: .nan')}`,
      [/@7 dollars in quotes/],
    ],
    [
      '10^18',
      `${head}prices:\n${price('from: 2026-01-01, to: null', 'input-tokens: "1000000000000000000"')}`,
      [/under 10\^9/],
    ],
    [
      'thousands separators',
      `${head}prices:\n${price('from: 2026-01-01, to: null', 'input-tokens: "1,000"')}`,
      [/@7 dollars as a decimal/],
    ],
    [
      'an unknown unit',
      `${head}prices:\n${price('from: 2026-01-01, to: null', 'tokens: "1"')}`,
      [/prices\[0\].usd.* @7/],
    ],
    [
      'a day that is none',
      `${head}prices:\n${price('from: 2026-02-30, to: null')}`,
      [/prices\[0\].from @7 there is no such day/],
    ],
    [
      'a period that ends before it begins',
      `${head}prices:\n${price('from: 2026-02-01, to: 2026-01-01')}`,
      [/prices\[0\].to @7 not after `from`/],
    ],
    [
      'two prices in force at once',
      `${head}prices:\n${price('from: 2026-01-01, to: 2026-03-01')}${price('from: 2026-02-01, to: null')}`,
      [/prices\[1\].from @8 big, input-tokens, standard: prices\[0\] is still in force then/],
    ],
    [
      'a gap',
      `${head}prices:\n${price('from: 2026-01-01, to: 2026-02-01')}${price('from: 2026-03-01, to: null')}`,
      [/prices\[1\].from @8 .*nothing is in force between 2026-02-01 and 2026-03-01/],
    ],
    [
      'an alias of nothing',
      `${head}aliases:\n  - { alias: a, sku: none, from: 2026-01-01, to: null ` +
        `}\nprices:\n${price('from: 2026-01-01, to: null')}`,
      [/aliases\[0\].sku @7 none has no price here/],
    ],
    [
      'a key that is unknown',
      `${head}colour: red\nprices:\n${price('from: 2026-01-01, to: null')}`,
      [/acme.yaml: colour @6 unknown key/],
    ],
    ['a key given twice', `${head}provider: other\nprices: []\n`, [/acme.yaml @6/]],
    [
      'several',
      `${head.replace('USD', 'EUR')}prices:\n${price('from: x, to: null', 'input-tokens: "-1"')}`,
      [/currency/, /from/, /input-tokens/],
    ],
    ['nothing at all', '', [/acme.yaml/]],
  ])('%s', (_case, text, expected) => {
    const faults = faultsOf(text)
    for (const each of expected)
      expect(
        faults.some((fault) => each.test(fault)),
        faults.join('\n'),
      ).toBe(true)
  })

  it('a byte order mark and CRLF are none', () => {
    expect(
      bookOf(
        `\uFEFF${head}prices:\n${price('from: 2026-01-01, to: null')}`.replaceAll('\n', '\r\n'),
      ).prices,
    ).toHaveLength(1)
  })

  it('two files of one provider are', () => {
    const text = `${head}prices: []\n`
    expect(
      thrownBy(() =>
        buildPriceBook('mine', [
          { path: 'a.yaml', text },
          { path: 'b.yaml', text },
        ]),
      ).faults?.[0]?.message,
    ).toContain('two files')
  })
})

const chat = (
  quantities: ProviderUsage['quantities'],
  more: Partial<ProviderUsage> = {},
): ProviderUsage => ({
  operation: 'chat',
  provider: 'openai',
  sku: 'gpt-5.4',
  attempt: 1,
  outcome: 'completed',
  estimated: false,
  quantities,
  ...more,
})
const cost = (book: PriceBook, usage: ProviderUsage, on: string): string =>
  formatUsd(costOfUsage(usage, book, Date.parse(on)))

describe('list prices', async () => {
  const book = await loadPriceBook('list-2026-11')

  it.each([
    [
      'at the edge of the long context',
      chat({ 'input-tokens': 272_000, 'output-tokens': 1_000 }),
      '0.695',
    ],
    [
      'one token beyond it, every token is dearer',
      chat({ 'input-tokens': 272_001, 'output-tokens': 1_000 }),
      '1.382505',
    ],
    [
      'where cached tokens make the prompt long',
      chat({ 'input-tokens': 1, 'cached-input-tokens': 272_000 }),
      '0.136005',
    ],
  ])('%s', (_case, usage, usd) => expect(cost(book, usage, '2026-11-01')).toBe(usd))

  it.each([
    ['gpt-5.6-luna', '2026-07-29T23:59:59.999Z', '7'],
    ['gpt-5.6-luna', '2026-07-30T00:00:00.000Z', '1.4'],
    ['o3', '2025-06-09T23:59:59.999Z', '50'],
    ['o3', '2025-06-10T00:00:00.000Z', '10'],
  ])('of %s at %s: a million in and out is $%s', (sku, on, usd) => {
    expect(
      formatUsd(
        sumUsd(
          (['input-tokens', 'output-tokens'] as const).map((unit) =>
            costOfUsage(chat({ [unit]: 1_000_000 }, { sku }), book, Date.parse(on)),
          ),
        ),
      ),
    ).toBe(usd)
  })

  it('claude-sonnet-5 changes on 2026-09-01', () => {
    const at = (on: string): string =>
      cost(
        book,
        chat({ 'input-tokens': 1_000_000 }, { provider: 'anthropic', sku: 'claude-sonnet-5' }),
        on,
      )
    expect(at('2026-08-31T23:59:59.999Z')).not.toBe(at('2026-09-01'))
  })

  it('a batch is half, and a tier without a price has none', () => {
    expect(
      cost(
        book,
        chat({ 'input-tokens': 1_000_000 }, { sku: 'gpt-4o', service: 'batch' }),
        '2026-11-01',
      ),
    ).toBe('1.25')
    expect(
      thrownBy(() =>
        cost(
          book,
          chat({ 'input-tokens': 1 }, { sku: 'gpt-4', service: 'priority' }),
          '2026-11-01',
        ),
      ).code,
    ).toBe('TB_PRICE_MISSING')
  })

  it('an alias is what it stood for then', () => {
    const at = (on: string): string =>
      productAt(book, { provider: 'openai', sku: 'gpt-4o', atMs: Date.parse(on) })
    expect([at('2024-10-01'), at('2024-10-02')]).toEqual(['gpt-4o-2024-05-13', 'gpt-4o-2024-08-06'])
  })

  it.each([
    ['2025-06-30', '0.0000495'],
    ['2025-07-01', '0.000004'],
  ])('a read on %s of 100k vectors follows the formula of that day', (on, usd) => {
    expect(
      cost(
        book,
        chat(
          { queries: 1, 'namespace-bytes': on < '2025-07' ? 614_400_000 : 1 },
          { operation: 'query', provider: 'pinecone', sku: 'serverless' },
        ),
        on,
      ),
    ).toBe(usd)
  })
})
