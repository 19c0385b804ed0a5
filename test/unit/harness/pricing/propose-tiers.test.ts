import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { humanPrice, humanVolume } from '../../../../harness/pricing/human-numbers.ts'
import { proposeTiers } from '../../../../harness/pricing/propose-tiers.ts'
import { formatUsd, parseUsd, picoUsd } from '../../../../src/base/money.ts'
import { tenant, variant } from './fleet.ts'

describe('numbers for people', () => {
  it.each([
    [0, 10],
    [10, 10],
    [11, 20],
    [201, 250],
    [251, 500],
    [5_001, 10_000],
    [24_000, 25_000],
  ])('volume %i is %i', (exact, human) => expect(humanVolume(exact)).toBe(human))
  it.each([
    ['0', '0'],
    ['0.01', '0.01'],
    ['0.0101', '0.012'],
    ['49.2', '50'],
    ['61', '80'],
    ['81', '100'],
    ['125.1', '150'],
  ])('price %s is %s', (exact, human) => expect(formatUsd(humanPrice(parseUsd(exact)))).toBe(human))

  it('are never under what they stand for, and at most two and a half times it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), (exact) => {
        const human = humanPrice(picoUsd(exact))
        expect(human >= exact && human * 4n <= exact * 10n).toBe(true)
      }),
    )
  })
})

describe('a proposal by hand', () => {
  it('cuts by volume and prices the dearer tenants at the target', () => {
    // Three tenants, $0.01 a query, $2 fixed: 100 -> $3, 1,000 -> $12, 10,000 -> $102; at 60 % they
    // must pay 7.5, 30, 255.
    const found = proposeTiers(
      [100, 1_000, 10_000].map((queries) => tenant(`t${queries}`, { queries, fixed: '2' })),
    )
    expect(found.tiers.map(({ plan, tenants }) => ({ ...plan, tenants }))).toEqual([
      {
        kind: 'commit',
        commitUsd: '8',
        includedQueries: 100,
        overageUsdPerQuery: '0.025',
        tenants: ['t100'],
      },
      {
        kind: 'commit',
        commitUsd: '30',
        includedQueries: 1_000,
        overageUsdPerQuery: '0.025',
        tenants: ['t1000'],
      },
      {
        kind: 'commit',
        commitUsd: '300',
        includedQueries: 10_000,
        overageUsdPerQuery: '0.025',
        tenants: ['t10000'],
      },
    ])
    expect(found).toMatchObject({ holds: true, belowTarget: [], underwaterTenants: 0 })
    expect(found.margins[1]?.grossMarginPct).toBeCloseTo(60, 9)
    expect(found.says).toMatch(/^Holds: no tier is under 60 %/)
  })

  it('says that it fails where one tenant costs more than its tier can bear', () => {
    const even = Array.from({ length: 9 }, (_each, at) => tenant(`t${at}`))
    const found = proposeTiers([...even, tenant('hog', { variants: [variant('m', { usd: 1 })] })])
    expect(found).toMatchObject({ holds: false, belowTarget: ['tier-1'], underwaterTenants: 1 })
    expect(found.says).toMatch(/^Fails: under 60 % are tier-1; .* 1 of 10 tenants cost more/)
  })

  it('makes fewer tiers where all ask alike', () =>
    expect(proposeTiers([tenant('a'), tenant('b')]).tiers).toHaveLength(1))
  it('keeps tiers of today apart where their configurations make a larger tier cheaper', () => {
    // By volume: 1,000 queries at $0.10 need $250, 5,000 at $0.01 need $125: nobody would take the
    // first.
    const found = proposeTiers([
      tenant('law', { tier: 'gold', variants: [variant('dear', { usd: 0.1 })] }),
      tenant('desk', { tier: 'silver', queries: 5_000 }),
    ])
    expect(
      found.tiers.map(({ tier, plan }) => [tier, plan.commitUsd, plan.includedQueries]),
    ).toEqual([
      ['gold', '250', 1_000],
      ['silver', '150', 5_000],
    ])
    expect(found).toMatchObject({ holds: true, wouldMove: 0 })
    expect(found.rule).toMatch(/^By volume alone a larger tier would be cheaper/)
  })

  it('charges more beyond a tier where a giant would stay in a small one', () => {
    // Fixed cost goes with volume here, so a query by itself says too little: 1,000 x 0.012 against
    // 0.01 + what is fixed.
    const giant = tenant('giant', { queries: 100_000, fixed: '9000' })
    const found = proposeTiers([tenant('a', { fixed: '90' }), tenant('b', { fixed: '90' }), giant])
    expect(found).toMatchObject({ holds: true, wouldMove: 0 })
    expect(found.tiers[0]?.plan).toMatchObject({
      commitUsd: '250',
      includedQueries: 1_000,
      overageUsdPerQuery: '0.25',
    })
    expect(found.rule).toMatch(/at least what an included one does/)
  })

  it('takes another target and number', () => {
    const { tiers } = proposeTiers(
      [100, 1_000].map((queries) => tenant(`t${queries}`, { queries })),
      { targetMarginPct: 75, tiers: 2 },
    )
    expect(tiers.map(({ plan }) => plan)).toMatchObject([{ commitUsd: '4' }, { commitUsd: '40' }])
  })
  it('is none of nobody', () =>
    expect(proposeTiers([])).toMatchObject({
      tiers: [],
      fleet: null,
      holds: false,
      says: 'None: there are no tenants to make tiers for.',
    }))
})

it('holds whenever all tenants of a tier cost the same', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 90 }),
      (volumes, targetMarginPct) => {
        const found = proposeTiers(
          volumes.map((queries, at) =>
            tenant(`t${at}`, { queries, fixed: '5', variants: [variant('m', { usd: 0 })] }),
          ),
          { targetMarginPct },
        )
        expect(found.holds).toBe(true)
        expect(found.tiers.flatMap(({ tenants }) => tenants)).toHaveLength(volumes.length)
      },
    ),
    { numRuns: 50 },
  )
})
