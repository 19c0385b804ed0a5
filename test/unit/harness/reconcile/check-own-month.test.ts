import { describe, expect, it } from 'vitest'
import type { OwnMonth } from '../../../../harness/reconcile/own-month.ts'
import {
  checkOwnMonth,
  type OwnMonthResult,
} from '../../../../harness/reconcile/check-own-month.ts'
import type { ReadUsage } from '../../../../harness/scenario/own-month.ts'
import { readBill } from '../../../../src/cost/bills/read-bill.ts'
import { thrownBy } from '../../support/failures.ts'
import { testBook } from '../../support/prices.ts'

const april = Date.UTC(2026, 3, 15)
const million = 1_000_000n

/** A dollar for each million. */
const chat = (millions: number, change: Partial<ReadUsage> = {}): ReadUsage => ({
  occurredAtMs: april,
  tenant: 'A',
  provider: 'openai',
  sku: 'small',
  unit: 'input-tokens',
  quantity: BigInt(millions) * million,
  ...change,
})
const reads = (halfMillions: number): ReadUsage =>
  chat(0, {
    provider: 'pinecone',
    sku: 'serverless',
    unit: 'read-units',
    quantity: (BigInt(halfMillions) * million) / 2n,
  })
const billOf = (...lines: readonly Readonly<Record<string, string>>[]): OwnMonth['bill'] =>
  readBill(
    [
      {
        path: 'bill',
        text: [
          'component,usd',
          ...lines.flatMap((each) =>
            Object.entries(each).map(([component, usd]) => `${component},${usd}`),
          ),
        ].join('\n'),
      },
    ],
    testBook(),
  )
const check = (
  usage: readonly ReadUsage[],
  bill: Readonly<Record<string, string>>,
  book: OwnMonth['book'] = testBook(),
): OwnMonthResult => checkOwnMonth({ usage, bill: billOf(bill), book })

describe('a month of the user', () => {
  it.each([
    [100, 'pass', 'pass'],
    [105, 'pass', 'pass'],
    [95, 'pass', 'pass'],
    [106, 'fail', 'warn'],
    [110, 'fail', 'warn'],
    [90, 'fail', 'warn'],
    [111, 'fail', 'stop'],
    [89, 'fail', 'stop'],
    [1_000, 'fail', 'stop'],
  ] as const)(
    'of %i dollars against a bill of 100 is %s, with drift %s',
    (millions, verdict, drift) => {
      expect(check([chat(millions)], { 'openai.chat': '100' })).toMatchObject({
        check: { id: 'cost.reconciliation', verdict },
        drift,
      })
    },
  )

  it('adds up lines of usage and lines of the bill by component', () => {
    const bill = billOf(
      { 'openai.chat': '60' },
      { 'openai.chat': '40' },
      { 'openai.embeddings': '2' },
    )
    const usage = [
      chat(70),
      chat(30, { tenant: 'B' }),
      chat(100, { sku: 'embed', unit: 'embedding-tokens' }),
    ]
    const { check: found, drift } = checkOwnMonth({ usage, bill, book: testBook() })
    expect(drift).toBe('pass')
    expect(found.evidence).toMatch(
      /^Your 2026-04 \(3 lines of usage, 2 tenants, price book test-book\): Drift of what was used 0\.000 %/,
    )
  })

  it('names what the bill has alone, and what the usage has alone', () => {
    expect(check([chat(100)], { 'openai.chat': '100', 'openai.audio': '50' })).toMatchObject({
      check: { verdict: 'fail', evidence: expect.stringContaining('openai.audio: stop') },
      drift: 'stop',
    })
    expect(check([chat(100), reads(2)], { 'openai.chat': '100' })).toMatchObject({
      check: { verdict: 'fail', evidence: expect.stringContaining('pinecone.read: stop') },
      drift: 'stop',
    })
  })

  it('does not set one error off against another', () => {
    expect(
      check([chat(120), chat(4_000, { sku: 'embed', unit: 'embedding-tokens' })], {
        'openai.chat': '100',
        'openai.embeddings': '100',
      }),
    ).toMatchObject({ check: { verdict: 'fail' }, drift: 'stop' })
  })

  it('is priced by when it was used', () => {
    const february = Date.UTC(2026, 1, 28, 23, 59, 59)
    expect(check([chat(100, { occurredAtMs: february })], { 'openai.chat': '200' }).drift).toBe(
      'pass',
    )
    expect(
      check([chat(100, { occurredAtMs: february + 1_000 })], { 'openai.chat': '100' }).drift,
    ).toBe('pass')
  })

  it('adds the minimum only where the bill has one', () => {
    const book = testBook('50')
    expect(check([reads(1)], { 'pinecone.read': '8', 'pinecone.minimum': '42' }, book).drift).toBe(
      'pass',
    )
    expect(check([reads(1)], { 'pinecone.read': '8', 'pinecone.minimum': '30' }, book).drift).toBe(
      'stop',
    )
    expect(check([reads(1)], { 'pinecone.read': '8' }, book).drift).toBe('pass')
    expect(check([reads(8)], { 'pinecone.read': '64' }, book).drift).toBe('pass')
  })
})

describe('what cannot be compared', () => {
  it.each([
    [
      'two months',
      [chat(50), chat(50, { occurredAtMs: Date.UTC(2026, 4, 1) })],
      /of 2 months \(2026-04, 2026-05, UTC\)/,
    ],
    [
      'two months, a millisecond apart',
      [
        chat(50, { occurredAtMs: Date.UTC(2026, 4, 1) - 1 }),
        chat(50, { occurredAtMs: Date.UTC(2026, 4, 1) }),
      ],
      /of 2 months/,
    ],
    ['no month at all', [], /of 0 months/],
  ])('is %s', (_case, usage, evidence) => {
    const { check: found, drift } = check(usage, { 'openai.chat': '100' })
    expect([found.id, found.verdict, drift]).toEqual(['cost.reconciliation', 'inconclusive', null])
    expect(found.evidence).toMatch(evidence)
  })

  it('is a month whose edges are its first and its last moment in UTC, no more', () => {
    expect(
      check(
        [
          chat(50, { occurredAtMs: Date.UTC(2026, 3, 1) }),
          chat(50, { occurredAtMs: Date.UTC(2026, 4, 1) - 1 }),
        ],
        { 'openai.chat': '100' },
      ).check.verdict,
    ).toBe('pass')
  })

  it.each([
    ['an unknown product', { sku: 'unheard-of' }],
    ['a unit that has no price', { unit: 'rerank-requests' }],
    ['a time before the first price', { occurredAtMs: Date.UTC(2024, 11, 31) }],
  ] as const)('is usage without a price: %s', (_case, change) => {
    expect(thrownBy(() => check([chat(1, change)], { 'openai.chat': '1' })).code).toBe(
      'TB_PRICE_MISSING',
    )
  })
})
