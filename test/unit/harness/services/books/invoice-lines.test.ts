/**
 * Lines of invoices computed by hand, from the vendors' own worked examples and price lists: both
 * sets of books must meet each. The arithmetic stands beside each line; none of the figures comes
 * from a program.
 */
import { describe, expect, it } from 'vitest'
import { billOf } from '../../../../../harness/services/books/books.ts'
import { quantitiesOf, type BookedUse } from '../../../../../harness/services/books/statement.ts'
import { listTerms } from '../../../../../harness/services/books/terms.ts'
import { formatUsd } from '../../../../../src/base/money.ts'
import type { ProviderUsage } from '../../../../../src/base/usage.ts'
import { sumFractions } from '../../../../../src/base/fraction.ts'
import { exactAmountOf, roundedUsd, usageEvent } from '../../../../../src/cost/charge.ts'
import { cliffsOf, groupUsage, pricedGroup } from '../../../../../src/cost/meter/groups.ts'
import { minimumTopUps } from '../../../../../src/cost/allocation/allocate.ts'
import { loadPriceBook } from '../../../../../src/cost/prices/load.ts'
import { tenant } from '../../../support/prices.ts'

const book = await loadPriceBook('list-2026-11')
const at = Date.parse('2026-10-15T12:00:00Z')

interface InvoiceLine {
  readonly what: string
  readonly usd: string
  readonly times?: number
  readonly usage: Pick<ProviderUsage, 'operation' | 'provider' | 'sku' | 'quantities'>
  readonly use: BookedUse
}

const chat = (
  sku: string,
  [input, cached, output]: readonly [number, number, number],
): Pick<InvoiceLine, 'usage' | 'use'> => ({
  usage: {
    operation: 'chat',
    provider: sku.startsWith('claude-') ? 'anthropic' : 'openai',
    sku,
    quantities: { 'input-tokens': input, 'cached-input-tokens': cached, 'output-tokens': output },
  },
  use: { kind: 'chat', model: sku, inputTokens: input, cachedTokens: cached, outputTokens: output },
})
const embedded = (sku: string, tokens: number): Pick<InvoiceLine, 'usage' | 'use'> => ({
  usage: {
    operation: 'embed',
    provider: 'openai',
    sku,
    quantities: { 'embedding-tokens': tokens },
  },
  use: { kind: 'embedding', model: sku, tokens },
})
const query = (bytes: number): Pick<InvoiceLine, 'usage' | 'use'> => ({
  usage: {
    operation: 'query',
    provider: 'pinecone',
    sku: 'serverless',
    quantities: { queries: 1, 'namespace-bytes': bytes },
  },
  use: { kind: 'read', namespaceBytes: bytes },
})
const upsert = (bytes: number): Pick<InvoiceLine, 'usage' | 'use'> => ({
  usage: {
    operation: 'upsert',
    provider: 'pinecone',
    sku: 'serverless',
    quantities: { 'upsert-requests': 1, 'upsert-bytes': bytes },
  },
  use: { kind: 'write', bytes },
})
const held = (bytes: number, hours: number): Pick<InvoiceLine, 'usage' | 'use'> => ({
  usage: {
    operation: 'store',
    provider: 'pinecone',
    sku: 'serverless',
    quantities: { 'byte-hours': bytes * hours },
  },
  use: { kind: 'store', bytes, hours },
})
const rerank: Pick<InvoiceLine, 'usage' | 'use'> = {
  usage: {
    operation: 'rerank',
    provider: 'pinecone',
    sku: 'bge-reranker-v2-m3',
    quantities: { 'rerank-requests': 1 },
  },
  use: { kind: 'rerank' },
}

const lines: readonly InvoiceLine[] = [
  // LiteLLM's documentation prices this at 0.045; at list it is 0.03 + 0.03.
  {
    what: 'gpt-4, 1,000 in, 500 out: 1000 x 30/1M + 500 x 60/1M',
    usd: '0.06',
    ...chat('gpt-4', [1_000, 0, 500]),
  },
  {
    what: 'gpt-4-turbo, 3,400 in, 250 out: 0.034 + 0.0075',
    usd: '0.0415',
    ...chat('gpt-4-turbo', [3_400, 0, 250]),
  },
  {
    what: 'the same 5,000 times: 207.50, which rounding each to cents would make 200.00',
    usd: '207.5',
    times: 5_000,
    ...chat('gpt-4-turbo', [3_400, 0, 250]),
  },
  {
    what: 'gpt-4o, 3,400 in, 250 out: 0.0085 + 0.0025',
    usd: '0.011',
    ...chat('gpt-4o', [3_400, 0, 250]),
  },
  {
    what: 'gpt-4o, 3,300 in of which 1,980 cached, 300 out: 0.0033 + 0.002475 + 0.003',
    usd: '0.008775',
    ...chat('gpt-4o', [1_320, 1_980, 300]),
  },
  {
    what: 'gpt-4o-mini, a million in: 0.15',
    usd: '0.15',
    ...chat('gpt-4o-mini', [1_000_000, 0, 0]),
  },
  {
    what: 'gpt-4o-mini, a million cached: 0.075',
    usd: '0.075',
    ...chat('gpt-4o-mini', [0, 1_000_000, 0]),
  },
  {
    what: 'gpt-4o-mini, one token out: 0.0000006',
    usd: '0.0000006',
    ...chat('gpt-4o-mini', [0, 0, 1]),
  },
  {
    what: 'gpt-3.5-turbo, 1,850 in, 250 out: 0.000925 + 0.000375',
    usd: '0.0013',
    ...chat('gpt-3.5-turbo', [1_850, 0, 250]),
  },
  {
    what: '5,000 of 0.00135: 6.75, which rounding each to four places would make 7.00',
    usd: '6.75',
    times: 5_000,
    ...chat('gpt-3.5-turbo', [1_950, 0, 250]),
  },
  {
    what: 'claude-haiku-4-5, 3,400 in, 250 out: 0.0034 + 0.00125',
    usd: '0.00465',
    ...chat('claude-haiku-4-5', [3_400, 0, 250]),
  },
  {
    what: 'claude-haiku-4-5, a million read from the cache: a tenth of input',
    usd: '0.1',
    ...chat('claude-haiku-4-5', [0, 1_000_000, 0]),
  },
  {
    what: 'claude-sonnet-4-5, 3,400 in, 250 out: 0.0102 + 0.00375',
    usd: '0.01395',
    ...chat('claude-sonnet-4-5', [3_400, 0, 250]),
  },
  {
    what: 'embedding a corpus of 347,000 tokens: 347000 x 0.02/1M',
    usd: '0.00694',
    ...embedded('text-embedding-3-small', 347_000),
  },
  {
    what: 'embedding with the large model: 0.13 a million',
    usd: '0.13',
    ...embedded('text-embedding-3-large', 1_000_000),
  },
  {
    what: 'a query of a small namespace: a quarter unit at 16 a million',
    usd: '0.000004',
    ...query(8_900_000),
  },
  {
    what: '500,000 queries of small namespaces: 125,000 units',
    usd: '2',
    times: 500_000,
    ...query(8_900_000),
  },
  { what: "a query of Pinecone's 1.78 GB: 1.78 units", usd: '0.00002848', ...query(1_780_000_000) },
  { what: "a query of Pinecone's 7.14 GB: 7.14 units", usd: '0.00011424', ...query(7_140_000_000) },
  {
    what: "Pinecone's upsert of 6.4 kB: 7 units at 4 a million",
    usd: '0.000028',
    ...upsert(6_400),
  },
  { what: 'an upsert of one byte: 5 units at least', usd: '0.00002', ...upsert(1) },
  {
    what: "Pinecone's 500,000 records of 8 + 3,072 + 500 bytes: 1.79 GB at 0.33",
    usd: '0.5907',
    ...held(1_790_000_000, 730),
  },
  { what: 'the same for a day: 24 / 730 of it', usd: '0.019420273973', ...held(1_790_000_000, 24) },
  { what: '1,000 reranks: 2.00', usd: '2', times: 1_000, ...rerank },
]

describe.each(lines)('$what', ({ usd, usage, use, times = 1 }) => {
  it('is so by our book', () => {
    const event = usageEvent(tenant('A'), 'r', {
      usage: { ...usage, attempt: 1, outcome: 'completed', estimated: false },
      occurredAtMs: at,
    })
    const groups = groupUsage(
      Array.from({ length: times }, () => event),
      cliffsOf([book]),
    )
    expect(
      formatUsd(
        roundedUsd(
          sumFractions(
            groups.flatMap((group) =>
              pricedGroup(group, book).map(({ quantity, price }) => exactAmountOf(quantity, price)),
            ),
          ),
        ),
      ),
    ).toBe(usd)
  })

  it("and by the vendors' own", () => {
    const { vendor, product, quantities } = quantitiesOf(use, listTerms)
    const billed = billOf(
      quantities.map(([kind, quantity]) => ({
        vendor,
        product,
        kind,
        dayMs: 0,
        quantity: quantity * BigInt(times),
        requests: 0n,
      })),
      listTerms,
    )
    expect(
      billed.filter(({ component }) => component !== 'pinecone.minimum').map((line) => line.usd),
    ).toEqual([usd])
  })
})

it("a fleet's invoice of $2.00 reads and $0.264 storage is topped up to $50 by $47.736, in both", () => {
  const ours = minimumTopUps(
    [
      { component: 'pinecone.read', amount: 2_000_000_000_000n as never },
      { component: 'pinecone.storage', amount: 264_000_000_000n as never },
    ],
    book,
  )
  expect([...ours].map(([component, amount]) => [component, formatUsd(amount)])).toEqual([
    ['pinecone.minimum', '47.736'],
  ])
  const theirs = billOf(
    [
      {
        vendor: 'pinecone',
        product: 'serverless',
        kind: 'read',
        dayMs: 0,
        quantity: 125_000n * 1_000_000n,
        requests: 0n,
      },
      {
        vendor: 'pinecone',
        product: 'serverless',
        kind: 'storage',
        dayMs: 0,
        quantity: 800_000_000n * 730n,
        requests: 0n,
      },
    ],
    listTerms,
  )
  expect(theirs.find(({ component }) => component === 'pinecone.minimum')?.usd).toBe('47.736')
})
