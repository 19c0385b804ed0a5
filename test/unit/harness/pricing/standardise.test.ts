import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { standardise } from '../../../../harness/pricing/standardise.ts'
import { formatUsd, parseUsd } from '../../../../src/base/money.ts'
import { plans, tenant, variant } from './fleet.ts'

const cheap = (right: number, plusMinus = 0): ReturnType<typeof variant> =>
  variant('cheap', { usd: 0.01, right, plusMinus })
const dear = variant('dear', { usd: 0.05, right: 99 })
/** The law firm needs the dear one, for support the cheap one is enough. */
const firm = tenant('firm', { tier: 'gold', floor: 0.9, variants: [dear, cheap(80)] })
const desk = tenant('desk', { tier: 'silver', variants: [dear, cheap(90)] })

describe('customise or standardise', () => {
  it('saves what the cheaper tenant saves, by hand', () => {
    // Standard: dear for both, 2 x 1,000 x 0.05 = $100. Per tenant: $50 + $10.
    const found = standardise([firm, desk])
    expect(found).toMatchObject({
      verdict: 'customise',
      savingUsd: parseUsd('40'),
      savingPlusMinusUsd: 0n,
      savingPct: 40,
      furtherCostUsd: 0n,
    })
    expect(
      found.ways.map(({ way, costUsd, configurations, satisfied }) => [
        way,
        formatUsd(costUsd),
        configurations,
        satisfied,
      ]),
    ).toEqual([
      ['standard', '100', ['dear top_k 5'], 2],
      ['per-tier', '60', ['cheap top_k 5', 'dear top_k 5'], 2],
      ['per-tenant', '60', ['cheap top_k 5', 'dear top_k 5'], 2],
    ])
    expect(found.says).toMatch(
      /fits every tenant\. One a tenant saves \$40\.00 ± \$0\.00 a month \(40\.0 % of the standard\), with 2 configurations: worth it\. One a tier does as well\.$/,
    )
  })

  it.each([
    ['39.99', 'customise'],
    ['40', 'standardise'],
    ['60', 'standardise'],
  ] as const)('with $%s a further configuration: %s', (usd, verdict) => {
    expect(standardise([firm, desk], { customisingCostUsd: parseUsd(usd) })).toMatchObject({
      verdict,
      furtherCostUsd: parseUsd(usd),
    })
  })

  it('is undecided where the interval holds what it costs', () => {
    const wide = tenant('desk', { variants: [dear, cheap(90, 0.005)] })
    const found = standardise([firm, wide], { customisingCostUsd: parseUsd('38') })
    expect(found.verdict).toBe('undecided')
    expect(Number(formatUsd(found.savingPlusMinusUsd ?? parseUsd('0')))).toBeCloseTo(5, 6)
    expect(standardise([firm, wide], { customisingCostUsd: parseUsd('34') }).verdict).toBe(
      'customise',
    )
  })

  it('is no saving where the standard is best for all', () =>
    expect(standardise([desk, tenant('other', { variants: [dear, cheap(90)] })])).toMatchObject({
      verdict: 'standardise',
      savingUsd: 0n,
      savingPct: 0,
    }))

  it('weighs quality by queries, with an interval', () => {
    const light = tenant('light', { queries: 1_000, variants: [cheap(90)] })
    const heavy = tenant('heavy', { queries: 3_000, variants: [cheap(98)] })
    const [standard] = standardise([light, heavy]).ways
    expect(standard?.quality?.share).toBeCloseTo(0.96, 9)
    expect(standard?.quality?.low95).toBeLessThan(0.96)
  })

  it('has a margin with plans', () => {
    const found = standardise([firm, desk], {
      plans: plans({
        gold: { kind: 'flat', monthlyUsd: '150' },
        silver: { kind: 'flat', monthlyUsd: '50' },
      }),
    })
    expect(found.ways.map(({ grossMarginPct }) => grossMarginPct)).toEqual([50, 70, 70])
    expect(
      standardise([firm, desk], { plans: plans({ gold: { kind: 'flat', monthlyUsd: '150' } }) })
        .ways[0]?.grossMarginPct,
    ).toBeNull()
  })

  it('takes what fits the most where nothing fits all, says so, and customises for those left', () => {
    const strict = tenant('strict', {
      floor: 0.9,
      objectiveMs: 5_000,
      variants: [cheap(50), variant('dear', { usd: 0.05, right: 99 })],
    })
    const quick = (name: string): ReturnType<typeof tenant> =>
      tenant(name, {
        objectiveMs: 500,
        variants: [variant('cheap', { p95Ms: 400 }), variant('dear', { usd: 0.05, right: 99 })],
      })
    const found = standardise([strict, quick('a'), quick('b')])
    expect(found.ways[0]).toMatchObject({ configurations: ['cheap top_k 5'], satisfied: 2 })
    expect(found).toMatchObject({ verdict: 'customise', savingUsd: parseUsd('-40') })
    expect(found.says).toMatch(
      /fits 2 of 3 tenants: none fits all\. One a tenant costs \$40\.00 .* more.*fits 1 tenant more, and that decides/,
    )
  })
})

it('one a tenant is never dearer than a standard that fits everybody', () => {
  const about = fc.record({
    usd: fc.constantFrom(0.01, 0.02, 0.05),
    right: fc.integer({ min: 60, max: 100 }),
  })
  fc.assert(
    fc.property(
      fc.array(fc.array(about, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      (fleet) => {
        const { ways, savingUsd } = standardise(
          fleet.map((list, at) =>
            tenant(`t${at}`, { variants: list.map((each, number) => variant(`m${number}`, each)) }),
          ),
        )
        const [standard, perTier, perTenant] = ways
        if (
          standard === undefined ||
          perTier === undefined ||
          perTenant === undefined ||
          standard.satisfied < standard.tenants
        )
          return
        expect(savingUsd ?? -1n).toBeGreaterThanOrEqual(0n)
        expect([perTier.satisfied, perTenant.satisfied]).toEqual([
          standard.tenants,
          standard.tenants,
        ])
        expect(perTier.costUsd).toBeLessThanOrEqual(standard.costUsd)
        expect(perTenant.costUsd).toBeLessThanOrEqual(perTier.costUsd)
      },
    ),
  )
})

describe('none', () => {
  it('of no tenants', () =>
    expect(standardise([])).toMatchObject({
      verdict: 'none',
      ways: [],
      savingUsd: null,
      says: 'None: there are no tenants.',
    }))
  it('where nobody meets the floor', () =>
    expect(standardise([tenant('a', { floor: 0.999 })])).toMatchObject({
      verdict: 'none',
      ways: [],
    }))
  it('where there is no common configuration', () =>
    expect(
      standardise([tenant('a', { variants: [dear] }), tenant('b', { variants: [cheap(90)] })]).says,
    ).toMatch(/no configuration was priced for every tenant/))
})
