import { describe, expect, it } from 'vitest'
import { moversBetween } from '../../../../harness/pricing/movers.ts'
import { parseUsd } from '../../../../src/base/money.ts'
import { plans, tenant } from './fleet.ts'

const both = plans({
  pro: { kind: 'flat', monthlyUsd: '100' },
  starter: { kind: 'per-query', usdPerQuery: '0.05' },
})

describe('who would move', () => {
  it('is everybody who saves enough, with what that costs us', () => {
    // light: $100 -> 1,000 x 0.05 = $50. heavy: 4,000 x 0.05 = $200 -> $100. right: $100, and would
    // pay $150.
    const found = moversBetween(
      [
        tenant('light'),
        tenant('heavy', { tier: 'starter', queries: 4_000 }),
        tenant('right', { queries: 3_000 }),
      ],
      both,
    )
    expect(found.movers).toEqual([
      {
        tenant: 'heavy',
        from: 'starter',
        to: 'pro',
        paysUsd: parseUsd('200'),
        wouldPayUsd: parseUsd('100'),
      },
      {
        tenant: 'light',
        from: 'pro',
        to: 'starter',
        paysUsd: parseUsd('100'),
        wouldPayUsd: parseUsd('50'),
      },
    ])
    expect(found).toMatchObject({
      revenueBeforeUsd: parseUsd('400'),
      revenueAfterUsd: parseUsd('250'),
      reason: null,
    })
  })

  it.each([
    [1_600, 1],
    [1_601, 0],
  ])('at %i queries a saving of 20 %% is enough: %i', (queries, movers) =>
    expect(moversBetween([tenant('a', { queries })], both).movers).toHaveLength(movers),
  )

  it('depends on what is assumed, which is said', () => {
    const found = moversBetween([tenant('a', { queries: 1_900 })], both, 5)
    expect(found.movers).toHaveLength(1)
    expect(found.assumption).toMatch(/at least 5 %/)
  })

  it('is nobody for nothing, even at 0 %', () =>
    expect(moversBetween([tenant('a', { queries: 2_000 })], both, 0).movers).toEqual([]))
  it('is not known without a plan for each tier', () =>
    expect(moversBetween([tenant('a', { tier: 'gold' })], both)).toMatchObject({
      movers: [],
      revenueBeforeUsd: null,
      reason: 'the tier gold has no plan',
    }))
  it('is nobody of nobody', () =>
    expect(moversBetween([], both)).toMatchObject({
      movers: [],
      revenueAfterUsd: null,
      reason: 'there are no tenants',
    }))
})
