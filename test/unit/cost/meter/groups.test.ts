import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sumFractions } from '../../../../src/base/fraction.ts'
import { picoUsd, sumUsd } from '../../../../src/base/money.ts'
import { outcomes, type ProviderUsage } from '../../../../src/base/usage.ts'
import {
  chargesOf,
  exactAmountOf,
  roundedUsd,
  usageEvent,
  type UsageEvent,
} from '../../../../src/cost/charge.ts'
import { dayCharges } from '../../../../src/cost/ledger/posting.ts'
import { cliffsOf, groupUsage } from '../../../../src/cost/meter/groups.ts'
import { loadPriceBook } from '../../../../src/cost/prices/load.ts'
import { priceOf } from '../../../../src/cost/prices/price-book.ts'
import { reprice } from '../../../../src/cost/reprice.ts'
import { tenant } from '../../support/prices.ts'

const book = await loadPriceBook('list-2026-11')
const tokens = fc.constantFrom(0, 1, 999, 199_999, 200_000, 200_001, 272_000, 272_001)
const use: fc.Arbitrary<Pick<ProviderUsage, 'operation' | 'provider' | 'sku' | 'quantities'>> =
  fc.oneof(
    fc
      .record({
        input: tokens,
        cached: tokens,
        output: tokens,
        sku: fc.constantFrom('gpt-5.4', 'gpt-5.6-luna', 'gpt-4o'),
      })
      .map(
        ({ input, cached, output, sku }) =>
          ({
            operation: 'chat',
            provider: 'openai',
            sku,
            quantities: {
              'input-tokens': input,
              'cached-input-tokens': cached,
              'output-tokens': output,
            },
          }) as const,
      ),
    fc.nat(3_000_000_000).map(
      (bytes) =>
        ({
          operation: 'query',
          provider: 'pinecone',
          sku: 'serverless',
          quantities: { queries: 1, 'namespace-bytes': bytes },
        }) as const,
    ),
    fc.nat(20_000).map(
      (bytes) =>
        ({
          operation: 'upsert',
          provider: 'pinecone',
          sku: 'serverless',
          quantities: { 'upsert-requests': 1, 'upsert-bytes': bytes },
        }) as const,
    ),
    fc.nat(10 ** 12).map(
      (byteHours) =>
        ({
          operation: 'store',
          provider: 'pinecone',
          sku: 'serverless',
          quantities: { 'byte-hours': byteHours },
        }) as const,
    ),
  )
// The month in which gpt-5.6-luna changes its price on the 30th.
const event = fc.tuple(
  fc.constantFrom('A', 'B'),
  fc.integer({ min: Date.UTC(2026, 6, 28), max: Date.UTC(2026, 7, 1) - 1 }),
  use,
  fc.constantFrom(...(Object.keys(outcomes) as ProviderUsage['outcome'][])),
)
const events = fc.array(event, { maxLength: 40 }).map((drawn) =>
  drawn.map(([id, occurredAtMs, usage, outcome], at): UsageEvent =>
    usageEvent(tenant(id), `r${at}`, {
      usage: { ...usage, attempt: 1, outcome, estimated: false },
      occurredAtMs,
    }),
  ),
)

it('grouped and event by event cost the same, cliffs, price changes and minimums of a request included', () => {
  fc.assert(
    fc.property(events, (used) => {
      const exact = sumFractions(
        dayCharges(groupUsage(used, cliffsOf([book])), book).map((charge) => charge.exact),
      )
      const one = sumFractions(
        used.flatMap((each) =>
          chargesOf(each, book).map(({ unit, quantity }) =>
            exactAmountOf(
              quantity,
              priceOf(book, {
                provider: each.provider,
                sku: each.sku,
                unit,
                atMs: each.occurredAtMs,
                promptTokens: promptOf(each),
              }),
            ),
          ),
        ),
      )
      expect(exact.numerator * one.denominator).toBe(one.numerator * exact.denominator)
      expect(reprice(groupUsage(used, cliffsOf([book])), [book])[0]?.total).toBe(roundedUsd(one))
    }),
  )
})

function promptOf({ quantities }: UsageEvent): number {
  return (quantities['input-tokens'] ?? 0) + (quantities['cached-input-tokens'] ?? 0)
}

it('any order gives the same groups, and what is not billable is in none', () => {
  fc.assert(
    fc.property(events, (used) => {
      const text = (of: readonly UsageEvent[]): readonly string[] =>
        groupUsage(of, [200_000])
          .map((group) =>
            JSON.stringify(group, (_key, value: unknown) =>
              typeof value === 'bigint' ? String(value) : value,
            ),
          )
          .sort()
      expect(text(used.toReversed())).toEqual(text(used))
      expect(groupUsage(used, []).reduce((sum, group) => sum + group.events, 0n)).toBe(
        BigInt(used.filter(({ outcome }) => outcomes[outcome]).length),
      )
    }),
  )
})

it('under many books each is as if it were alone', () => {
  const dearer = {
    ...book,
    id: 'dearer',
    prices: book.prices.map((price) =>
      price.sku === 'gpt-4o-2024-08-06' ? { ...price, amount: picoUsd(price.amount * 2n) } : price,
    ),
  }
  fc.assert(
    fc.property(events, (used) => {
      const groups = groupUsage(used, cliffsOf([book, dearer]))
      const both = reprice(groups, [book, dearer])
      expect(both).toEqual([...reprice(groups, [book]), ...reprice(groups, [dearer])])
      const tenants = sumUsd(both[0]?.byTenant.values() ?? [])
      const difference = (both[0]?.total ?? 0n) - tenants
      expect(difference <= 2n && difference >= -2n).toBe(true)
    }),
  )
})
