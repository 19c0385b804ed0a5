import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  openBooks,
  type BillLine,
  type BookedUse,
  type Books,
} from '../../../../../harness/services/books/books.ts'
import { formatUsd, parseUsd, picoUsd, sumUsd } from '../../../../../src/base/money.ts'
import { chargesOf, usageEvent } from '../../../../../src/cost/charge.ts'
import { loadPriceBook } from '../../../../../src/cost/prices/load.ts'
import type { ProviderUsage } from '../../../../../src/base/usage.ts'
import { tenant } from '../../../support/prices.ts'

const march = Date.parse('2026-03-15')
const billOf = (books: Books, month = '2026-03', storedBytes = 0): Record<string, string> =>
  Object.fromEntries(books.bill(month, storedBytes).map(({ component, usd }) => [component, usd]))
const booked = (...uses: readonly BookedUse[]): Books => {
  const books = openBooks()
  for (const use of uses) books.book(use, { nowMs: march, late: false })
  return books
}

describe('a bill', () => {
  it.each([
    [
      'chat',
      { kind: 'chat', model: 'gpt-4-turbo', inputTokens: 3_000, outputTokens: 250 },
      'openai.chat',
      '0.0375',
    ],
    [
      'chat of another vendor',
      { kind: 'chat', model: 'claude-haiku-4-5', inputTokens: 1_000, outputTokens: 100 },
      'anthropic.chat',
      '0.0015',
    ],
    [
      'an embedding',
      { kind: 'embedding', model: 'text-embedding-3-small', tokens: 1_000 },
      'openai.embeddings',
      '0.00002',
    ],
    ['a read of little', { kind: 'read', namespaceBytes: 1 }, 'pinecone.read', '0.000004'],
    [
      'a read of 2.5 GB',
      { kind: 'read', namespaceBytes: 2_500_000_000 },
      'pinecone.read',
      '0.00004',
    ],
    ['a small write', { kind: 'write', bytes: 1 }, 'pinecone.write', '0.00002'],
    [
      'a write of a started kilobyte',
      { kind: 'write', bytes: 5_001 },
      'pinecone.write',
      '0.000024',
    ],
    ['a rerank', { kind: 'rerank' }, 'pinecone.rerank', '0.002'],
  ] as const)('has a line for %s', (_case, use, component, usd) =>
    expect(billOf(booked(use))[component]).toBe(usd),
  )

  it('adds up what was used, line by line', () => {
    const use: BookedUse = { kind: 'rerank' }
    expect(billOf(booked(use, use, use))['pinecone.rerank']).toBe('0.006')
  })

  it.each([
    [0, '50'],
    [100_000_000_000, '17'],
    [151_515_151_515, '0.00000000005'],
    [151_515_151_516, undefined],
    [200_000_000_000, undefined],
  ])('tops Pinecone up to its minimum: %i bytes stored leave %s', (storedBytes, topUp) => {
    const bill = billOf(
      booked({ kind: 'chat', model: 'gpt-4', inputTokens: 10_000_000, outputTokens: 0 }),
      '2026-03',
      storedBytes,
    )
    expect(bill['pinecone.minimum']).toBe(topUp)
    const pinecone = Object.entries(bill)
      .filter(([component]) => component.startsWith('pinecone.'))
      .map(([, usd]) => parseUsd(usd))
    expect(sumUsd(pinecone) >= parseUsd('50')).toBe(true)
  })

  it('has its lines in order and none without use', () => {
    expect(booked().bill('2026-03', 0)).toEqual([{ component: 'pinecone.minimum', usd: '50' }])
    const components = booked(
      { kind: 'rerank' },
      { kind: 'read', namespaceBytes: 1 },
      { kind: 'embedding', model: 'text-embedding-3-small', tokens: 1 },
    )
      .bill('2026-03', 1)
      .map((line: BillLine) => line.component)
    expect(components).toEqual(components.toSorted())
  })
})

describe('a late event', () => {
  it.each([
    ['2026-03-15T00:00:00Z', '2026-03', '2026-04'],
    ['2026-12-31T23:59:59Z', '2026-12', '2027-01'],
    ['2026-09-30T00:00:00Z', '2026-09', '2026-10'],
  ])('of %s is not on the bill of %s but on that of %s', (at, month, next) => {
    const books = openBooks()
    books.book({ kind: 'rerank' }, { nowMs: Date.parse(at), late: true })
    books.book({ kind: 'rerank' }, { nowMs: Date.parse(at), late: false })
    expect([
      billOf(books, month)['pinecone.rerank'],
      billOf(books, next)['pinecone.rerank'],
    ]).toEqual(['0.002', '0.002'])
  })
})

describe('the two sets of books', () => {
  const ourPrice = async (
    usage: Omit<ProviderUsage, 'attempt' | 'outcome' | 'estimated'>,
  ): Promise<string> => {
    const book = await loadPriceBook('list-2026-11')
    const event = usageEvent(tenant('A'), 'r', {
      usage: { ...usage, attempt: 1, outcome: 'completed', estimated: false },
      occurredAtMs: march,
    })
    return formatUsd(sumUsd(chargesOf(event, book).map(({ amount }) => amount)))
  }

  it('come to the same for the same use, each by its own formulas', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100_000 }),
        fc.nat(4_000),
        fc.nat(100_000),
        fc.constantFrom('gpt-4', 'gpt-4-turbo', 'gpt-4o-mini', 'gpt-3.5-turbo'),
        async (inputTokens, outputTokens, bytes, model) => {
          const bill = billOf(
            booked(
              { kind: 'chat', model, inputTokens, outputTokens },
              { kind: 'write', bytes },
              { kind: 'read', namespaceBytes: bytes },
            ),
          )
          expect(bill['openai.chat']).toBe(
            await ourPrice({
              operation: 'chat',
              provider: 'openai',
              sku: model,
              quantities: { 'input-tokens': inputTokens, 'output-tokens': outputTokens },
            }),
          )
          expect(bill['pinecone.write']).toBe(
            await ourPrice({
              operation: 'upsert',
              provider: 'pinecone',
              sku: 'serverless',
              quantities: { 'upsert-requests': 1, 'upsert-bytes': bytes },
            }),
          )
          expect(bill['pinecone.read']).toBe(
            await ourPrice({
              operation: 'query',
              provider: 'pinecone',
              sku: 'serverless',
              quantities: { queries: 1, 'namespace-bytes': bytes },
            }),
          )
        },
      ),
      { numRuns: 50 },
    )
  })

  it('differ by what is booked late, and that is seen', () => {
    const books = openBooks()
    for (let at = 0; at < 1_000; at++)
      books.book({ kind: 'rerank' }, { nowMs: march, late: at === 0 })
    expect(parseUsd(billOf(books)['pinecone.rerank'] ?? '0')).toBe(
      picoUsd(parseUsd('2') - parseUsd('0.002')),
    )
  })
})
