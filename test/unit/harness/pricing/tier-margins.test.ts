import { describe, expect, it } from 'vitest'
import { fleetMargin, tierMargins } from '../../../../harness/pricing/tier-margins.ts'
import { parseUsd } from '../../../../src/base/money.ts'
import { plans, tenant, variant } from './fleet.ts'

const flat = plans({ pro: { kind: 'flat', monthlyUsd: '50' } })

describe('a tier', () => {
  it('has gross margin over revenue and markup over cost, by their own names', () => {
    // Two pay $50 each; they cost 10 + 1,000 x 0.01 = $20 and 10 + 3,000 x 0.01 = $40.
    const [pro] = tierMargins(
      [tenant('a', { fixed: '10' }), tenant('b', { fixed: '10', queries: 3_000 })],
      flat,
    )
    expect(pro).toMatchObject({
      tier: 'pro',
      tenants: 2,
      queries: 4_000,
      revenueUsd: parseUsd('100'),
      costUsd: parseUsd('60'),
      grossMarginPct: 40,
      underwaterTenants: 0,
      reason: null,
    })
    expect(pro?.markupPct).toBeCloseTo(66.667, 3)
  })

  it('breaks even at once on a flat plan, up to the volume that eats it', () => {
    const [pro] = tierMargins([tenant('a', { fixed: '10' })], flat)
    expect(pro).toMatchObject({
      breakEvenQueries: 0,
      breakEvenUpToQueries: 4_000,
      breakEvenReason: null,
    })
  })

  it('breaks even from a volume on where each query pays, at the mean weighted by queries', () => {
    // Mean cost of a query: (1,000 x 0.01 + 3,000 x 0.03) / 4,000 = $0.025; fixed $20; 20 / (0.035
    // - 0.025) = 2,000.
    const each = plans({ pro: { kind: 'per-query', usdPerQuery: '0.035' } })
    const [pro] = tierMargins(
      [
        tenant('a', { fixed: '10' }),
        tenant('b', { fixed: '30', queries: 3_000, variants: [variant('m', { usd: 0.03 })] }),
      ],
      each,
    )
    expect(pro).toMatchObject({ breakEvenQueries: 2_000, breakEvenUpToQueries: null })
  })

  it('never breaks even under its cost, and says so', () => {
    const [pro] = tierMargins(
      [tenant('a', { fixed: '1' })],
      plans({ pro: { kind: 'per-query', usdPerQuery: '0.005' } }),
    )
    expect(pro).toMatchObject({ breakEvenQueries: null, grossMarginPct: -120 })
    expect(pro?.breakEvenReason).toMatch(/at no volume/)
  })

  it('names who is under water, the worst first, ten at most, with the exact count', () => {
    const tenants = Array.from({ length: 14 }, (_each, at) =>
      tenant(`t${String(at).padStart(2, '0')}`, { queries: 4_000 + 500 * at }),
    )
    const [pro] = tierMargins(tenants, flat)
    expect(pro?.underwaterTenants).toBe(11)
    expect(pro?.underwater).toHaveLength(10)
    expect(pro?.underwater[0]).toEqual({
      tenant: 't13',
      revenueUsd: parseUsd('50'),
      costUsd: parseUsd('105'),
    })
  })

  it('is not under water when it just pays for itself', () =>
    expect(tierMargins([tenant('a', { queries: 5_000 })], flat)[0]).toMatchObject({
      grossMarginPct: 0,
      markupPct: 0,
      underwaterTenants: 0,
    }))

  it('without a plan has no revenue that anybody knows', () => {
    expect(tierMargins([tenant('a')], new Map())[0]).toMatchObject({
      revenueUsd: null,
      grossMarginPct: null,
      markupPct: null,
      reason: 'there is no plan, so no revenue',
      breakEvenQueries: null,
      underwaterTenants: null,
    })
  })

  it('with a plan of nothing has no margin, but a markup of -100 %', () => {
    expect(
      tierMargins([tenant('a')], plans({ pro: { kind: 'flat', monthlyUsd: '0' } }))[0],
    ).toMatchObject({
      revenueUsd: 0n,
      grossMarginPct: null,
      markupPct: -100,
      reason: 'there is no revenue',
      underwaterTenants: 1,
    })
  })

  it('without cost has no markup', () => {
    expect(
      tierMargins([tenant('a', { variants: [variant('m', { usd: 0 })] })], flat)[0],
    ).toMatchObject({ grossMarginPct: 100, markupPct: null, reason: 'there is no cost' })
  })

  it('is none of none', () => expect(tierMargins([], flat)).toEqual([]))
})

describe('the fleet', () => {
  it('adds tiers up', () => {
    const found = fleetMargin(
      [tenant('a'), tenant('b', { tier: 'free' })],
      plans({ pro: { kind: 'flat', monthlyUsd: '50' }, free: { kind: 'flat', monthlyUsd: '0' } }),
    )
    expect(found).toMatchObject({
      revenueUsd: parseUsd('50'),
      costUsd: parseUsd('20'),
      grossMarginPct: 60,
      markupPct: 150,
    })
  })

  it('has no margin when one tier has no plan', () =>
    expect(fleetMargin([tenant('a'), tenant('b', { tier: 'free' })], flat)).toMatchObject({
      revenueUsd: null,
      grossMarginPct: null,
    }))
})
