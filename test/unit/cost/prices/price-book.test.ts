import { describe, expect, it } from 'vitest'
import { formatUsd } from '../../../../src/base/money.ts'
import { loadPriceBook, priceBookIds } from '../../../../src/cost/prices/load.ts'
import { priceOf, type PriceQuestion } from '../../../../src/cost/prices/price-book.ts'
import { rejectionOf, thrownBy } from '../../support/failures.ts'
import { testBook } from '../../support/prices.ts'

const asked = (at: string, change: Partial<PriceQuestion> = {}): PriceQuestion => ({
  provider: 'openai',
  sku: 'small',
  unit: 'input-tokens',
  atMs: Date.parse(at),
  ...change,
})

describe('a dated price', () => {
  it.each([
    ['2025-01-01T00:00:00.000Z', '2'],
    ['2026-02-28T23:59:59.999Z', '2'],
    ['2026-03-01T00:00:00.000Z', '1'],
    ['2099-01-01T00:00:00.000Z', '1'],
  ])('at %s is $%s: from is inclusive, to exclusive', (at, usd) =>
    expect(formatUsd(priceOf(testBook(), asked(at)).amount)).toBe(usd),
  )

  it.each([
    ['before the first price', asked('2024-12-31T23:59:59.999Z')],
    ['of another model', asked('2026-01-01', { sku: 'large' })],
    ['of another provider', asked('2026-01-01', { provider: 'anthropic' })],
    ['of another unit', asked('2026-01-01', { unit: 'embedding-tokens' })],
  ])('%s is missing, never nothing', (_case, question) => {
    const error = thrownBy(() => priceOf(testBook(), question))
    expect(error).toMatchObject({ code: 'TB_PRICE_MISSING', exitCode: 3 })
    for (const part of [question.provider, question.sku, question.unit, 'test-book'])
      expect(error.detail).toContain(part)
  })
})

describe('a book by name', () => {
  it('is refused with the names there are when there is none of that name', async () => {
    const [known] = await priceBookIds()
    const error = await rejectionOf(loadPriceBook('list-1999-01'))
    expect(error).toMatchObject({ code: 'TB_PRICE_BOOK_UNKNOWN', exitCode: 2 })
    expect(error.detail).toContain(known)
  })

  it.each(['..', '.', '', '/etc', '../books/list-2026-11'])('is never a path: %j', async (id) => {
    expect(await rejectionOf(loadPriceBook(id))).toMatchObject({ code: 'TB_PRICE_BOOK_UNKNOWN' })
  })

  it('that comes along has a source, whole units, and no two prices in force at once', async () => {
    for (const id of await priceBookIds()) {
      const { prices, sha256, sources } = await loadPriceBook(id)
      expect(
        sources.every(({ source, checked }) => source.length > 10 && checked >= '2026-11-01'),
      ).toBe(true)
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
      for (const price of prices) {
        expect(
          price.amount > 0n &&
            price.abovePromptTokens >= 0 &&
            price.per > 0n &&
            Number.isFinite(price.fromMs),
        ).toBe(true)
        const rivals = prices.filter(
          (other) =>
            other !== price &&
            other.provider === price.provider &&
            other.sku === price.sku &&
            other.unit === price.unit &&
            other.service === price.service &&
            other.abovePromptTokens === price.abovePromptTokens,
        )
        for (const rival of rivals)
          expect(
            (rival.toMs ?? Infinity) <= price.fromMs || (price.toMs ?? Infinity) <= rival.fromMs,
          ).toBe(true)
      }
    }
  })

  it('knows list prices to the cent', async () => {
    const book = await loadPriceBook('list-2026-11')
    const price = priceOf(book, {
      provider: 'openai',
      sku: 'gpt-4-turbo',
      unit: 'output-tokens',
      atMs: Date.parse('2026-11-23'),
    })
    expect({ usd: formatUsd(price.amount), per: price.per }).toEqual({ usd: '30', per: 1_000_000n })
    expect(formatUsd(book.monthlyMinimum.get('pinecone') ?? price.amount)).toBe('50')
  })
})
