import { describe, expect, it } from 'vitest'
import { overriddenBook } from '../../../../harness/pricing/override-prices.ts'
import { plain } from '../../../../harness/pricing/plain.ts'
import { formatUsd, parseUsd } from '../../../../src/base/money.ts'
import { thrownBy } from '../../support/failures.ts'
import { testBook } from '../../support/prices.ts'

const atMs = Date.parse('2026-11-01')

describe('a price by hand', () => {
  it("takes the place of the book's, and nothing else changes", () => {
    const before = testBook()
    const book = overriddenBook(
      before,
      ['openai/small/input-tokens=0.5', 'pinecone/ranker/rerank-requests=1'],
      atMs,
    )
    expect(book?.id).toBe(
      'test-book with openai/small/input-tokens=0.5, pinecone/ranker/rerank-requests=1',
    )
    expect(book?.sha256).not.toBe(before.sha256)
    expect(
      book?.prices.map(({ sku, unit, amount }) => `${sku} ${unit} ${formatUsd(amount)}`),
    ).toEqual([
      'small input-tokens 0.5',
      'small input-tokens 0.5',
      'small output-tokens 4',
      'embed embedding-tokens 0.02',
      'serverless read-units 16',
      'serverless write-units 4',
      'serverless storage-gb-months 0.33',
      'ranker rerank-requests 1',
    ])
  })

  it('is none of none', () => expect(overriddenBook(testBook(), [], atMs)).toBeNull())

  it('is one for each product', () =>
    expect(
      thrownBy(() =>
        overriddenBook(
          testBook(),
          ['openai/small/input-tokens=1', 'openai/small/input-tokens=2'],
          atMs,
        ),
      ),
    ).toMatchObject({
      code: 'TB_USAGE',
      detail: '--price: openai small, input-tokens, is given two prices.',
    }))

  it.each([
    'openai/small=1',
    'openai/small/input-tokens=-1',
    'openai/small/input-tokens=free',
    'small/input-tokens=1',
    'openai/large/input-tokens=1',
    'openai/small/rerank-requests=1',
  ])('is refused: %s', (text) =>
    expect(thrownBy(() => overriddenBook(testBook(), [text], atMs))).toMatchObject({
      code: 'TB_USAGE',
      exitCode: 2,
    }),
  )
})

it('verdicts as JSON have money in decimal strings, at any depth', () =>
  expect(
    plain({
      costUsd: parseUsd('0.5'),
      tiers: [{ revenueUsd: null, costUsd: parseUsd('-2'), queries: 3 }],
    }),
  ).toEqual({ costUsd: '0.5', tiers: [{ revenueUsd: null, costUsd: '-2', queries: 3 }] }))
