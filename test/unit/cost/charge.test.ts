import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatUsd, picoUsd, sumUsd } from '../../../src/base/money.ts'
import type { ProviderUsage } from '../../../src/base/usage.ts'
import { amountOf, chargesOf, usageEvent } from '../../../src/cost/charge.ts'
import { thrownBy } from '../support/failures.ts'
import { tenant, testBook } from '../support/prices.ts'

const chat: ProviderUsage = {
  operation: 'chat',
  provider: 'openai',
  sku: 'small',
  attempt: 1,
  outcome: 'completed',
  estimated: false,
  quantities: { 'input-tokens': 1_200, 'output-tokens': 250 },
}
const at = Date.parse('2026-03-15')
const eventOf = (usage: ProviderUsage, occurredAtMs = at): ReturnType<typeof usageEvent> =>
  usageEvent(tenant('A'), 'r1', { usage, occurredAtMs })

describe('charges', () => {
  it('are usage times the price in force', () => {
    const charges = chargesOf(eventOf(chat), testBook())
    expect(
      charges.map(({ unit, component, amount }) => [unit, component, formatUsd(amount)]),
    ).toEqual([
      ['input-tokens', 'openai.chat', '0.0012'],
      ['output-tokens', 'openai.chat', '0.001'],
    ])
    expect(charges.every(({ tenantId, requestId }) => tenantId === 'A' && requestId === 'r1')).toBe(
      true,
    )
  })

  it('go by when it was used, not by today', () => {
    const before = chargesOf(eventOf(chat, Date.parse('2026-02-28T23:59:59.999Z')), testBook())
    expect(formatUsd(sumUsd(before.map(({ amount }) => amount)))).toBe('0.0034')
  })

  it('are made for a broken-off attempt like for any other', () => {
    expect(
      chargesOf(eventOf({ ...chat, outcome: 'aborted', estimated: true }), testBook()),
    ).toHaveLength(2)
  })

  it('are refused, not free, without a price', () => {
    expect(
      thrownBy(() => chargesOf(eventOf({ ...chat, sku: 'unheard-of' }), testBook())).code,
    ).toBe('TB_PRICE_MISSING')
  })

  it('price a read of a small namespace at a quarter unit', () => {
    const read: ProviderUsage = {
      ...chat,
      operation: 'query',
      provider: 'pinecone',
      sku: 'serverless',
      quantities: { queries: 1, 'namespace-bytes': 1_000 },
    }
    expect(chargesOf(eventOf(read), testBook()).map(({ amount }) => formatUsd(amount))).toEqual([
      '0.000004',
    ])
  })
})

describe('an amount', () => {
  it('is exact to the nearest pico-dollar, however large', () => {
    const big = fc.bigInt({ min: 1n, max: 10n ** 18n })
    fc.assert(
      fc.property(big, big, big, big, (numerator, denominator, price, per) => {
        const amount = amountOf({ numerator, denominator }, { amount: picoUsd(price), per })
        const twiceError = 2n * (price * numerator - amount * per * denominator)
        return twiceError <= per * denominator && -twiceError <= per * denominator
      }),
    )
  })
})

describe('the identity of an event', () => {
  it('differs by request, kind of call, part and attempt, and by nothing else', () => {
    const keyOf = (requestId: string, usage: ProviderUsage, part?: number): string =>
      usageEvent(tenant('A'), requestId, {
        usage,
        occurredAtMs: at,
        ...(part === undefined ? {} : { part }),
      }).idempotencyKey
    const first = keyOf('r1', chat)
    expect(keyOf('r1', { ...chat, quantities: {} }, 0)).toBe(first)
    const others = [
      keyOf('r2', chat),
      keyOf('r1', { ...chat, operation: 'embed' }),
      keyOf('r1', chat, 1),
      keyOf('r1', { ...chat, attempt: 2 }),
    ]
    expect(new Set([first, ...others]).size).toBe(5)
  })
})
