import { describe, expect, it } from 'vitest'
import {
  monteCarlo,
  type MonteCarlo,
  type MonteCarloOptions,
} from '../../../../harness/pricing/monte-carlo.ts'
import { formatUsd, usdAsNumber } from '../../../../src/base/money.ts'
import { plans, tenant, variant } from './fleet.ts'

const exact = { lostShare: 0, lateShare: 0, unknownShare: 0, volumeSigma: 0 } as const
const flat = plans({ pro: { kind: 'flat', monthlyUsd: '100' } })
const bands = ({ costUsd }: MonteCarlo): readonly number[] =>
  costUsd === null ? [] : [costUsd.p5, costUsd.p50, costUsd.p95].map(usdAsNumber)

describe('a month', () => {
  it('without anything uncertain is what it is', () => {
    const found = monteCarlo([tenant('a', { fixed: '10' })], { ...exact, plans: flat })
    expect(bands(found)).toEqual([20, 20, 20])
    expect(found).toMatchObject({
      grossMarginPct: { p5: 80, p50: 80, p95: 80 },
      overBudget: [],
      overBudgetTenants: 0,
      driftOutProbability: 0,
      reason: null,
    })
  })

  it('spreads as the interval of the mean does: 1.645 of 1.96 standard errors', () => {
    const [p5 = 0, p50 = 0, p95 = 0] = bands(
      monteCarlo([tenant('a', { variants: [variant('m', { plusMinus: 0.00196 })] })], {
        ...exact,
        draws: 20_000,
      }),
    )
    expect(p50).toBeCloseTo(10, 1)
    expect((p95 - p5) / 2).toBeCloseTo(1.645, 1)
  })

  it('spreads as n queries do: sd x sqrt(n)', () => {
    // 10,000 queries with a standard deviation of $0.02 each: $2.
    const [p5 = 0, , p95 = 0] = bands(
      monteCarlo(
        [tenant('a', { queries: 10_000, variants: [variant('m', { deviation: 0.02 })] })],
        { ...exact, draws: 20_000 },
      ),
    )
    expect((p95 - p5) / 2).toBeCloseTo(1.645 * 2, 1)
  })

  it('spreads as volume does: log-normal', () => {
    const [p5 = 0, p50 = 0, p95 = 0] = bands(
      monteCarlo([tenant('a', { queries: 100_000 })], {
        ...exact,
        volumeSigma: 0.1,
        draws: 20_000,
      }),
    )
    expect(p50 / 1_000).toBeCloseTo(1, 2)
    expect(p95 / 1_000).toBeCloseTo(Math.exp(0.1645), 2)
    expect(p5 / 1_000).toBeCloseTo(Math.exp(-0.1645), 2)
  })

  it('names who is likely over budget, the likeliest first, with the exact count', () => {
    const tenants = Array.from({ length: 15 }, (_each, at) =>
      tenant(`t${String(at).padStart(2, '0')}`, { budget: String(9.5 + at / 10) }),
    )
    const { overBudget, overBudgetTenants } = monteCarlo([
      ...tenants,
      tenant('over', { budget: '1' }),
      tenant('under', { budget: '1000' }),
    ])
    expect(overBudget[0]).toEqual({ tenant: 'over', probability: 1 })
    expect(overBudget).toHaveLength(10)
    expect(overBudget[1]?.probability).toBeGreaterThan(overBudget[9]?.probability ?? 1)
    expect(overBudgetTenants).toBe(16)
  })

  it('at the budget is over it every other time', () =>
    expect(
      monteCarlo([tenant('a', { budget: '10' })], { draws: 4_000 }).overBudget[0]?.probability,
    ).toBeCloseTo(0.5, 1))
})

describe('drift of the meter', () => {
  it.each([
    ['nothing lost', exact, 0],
    ['the usual', {}, 0],
    ['a tenth lost each month', { ...exact, lostShare: 0.1, meterSigma: 0 }, 1],
    ['5 % lost at the median', { ...exact, lostShare: 0.05 }, 0.5],
    ['as much late as every month', { ...exact, lateShare: 0.2, meterSigma: 0 }, 0],
    [
      'all guessed, off by 5 % at one deviation',
      { ...exact, unknownShare: 1, unknownError: 0.05, meterSigma: 0 },
      0.317,
    ],
  ] as const)('%s', (_case, options: MonteCarloOptions, expected) =>
    expect(monteCarlo([tenant('a')], { draws: 4_000, ...options }).driftOutProbability).toBeCloseTo(
      expected,
      1,
    ),
  )
})

describe('draws', () => {
  it('are the same for the same seed, and others for another', () => {
    const tenants = [tenant('a'), tenant('b')]
    expect(monteCarlo(tenants, { seed: 1 })).toEqual(monteCarlo(tenants, { seed: 1 }))
    expect(bands(monteCarlo(tenants, { seed: 1 }))).not.toEqual(
      bands(monteCarlo(tenants, { seed: 2 })),
    )
  })

  it('of a tenant do not depend on the others, nor on their order', () => {
    const [a, b] = [tenant('a', { budget: '10' }), tenant('b', { budget: '10' })]
    const ofA = (found: MonteCarlo): number | undefined =>
      found.overBudget.find((each) => each.tenant === 'a')?.probability
    expect(ofA(monteCarlo([a, b]))).toBe(ofA(monteCarlo([a])))
    expect(monteCarlo([b, a]).overBudget).toEqual(monteCarlo([a, b]).overBudget)
  })

  it('of 100 tenants are a thousand in under half a second', () => {
    const graduated = plans({
      pro: {
        kind: 'graduated',
        brackets: [
          { upTo: 500, usdPerQuery: '0.1' },
          { upTo: 2_000, usdPerQuery: '0.05' },
          { upTo: null, usdPerQuery: '0.02' },
        ],
      },
    })
    const tenants = Array.from({ length: 100 }, (_each, at) =>
      tenant(`t${at}`, { variants: [variant('m', { plusMinus: 0.001, deviation: 0.01 })] }),
    )
    const started = performance.now()
    monteCarlo(tenants, { plans: graduated })
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('none', () => {
  it('of no tenants', () =>
    expect(monteCarlo([])).toMatchObject({
      costUsd: null,
      grossMarginPct: null,
      driftOutProbability: null,
      reason: 'there are no tenants',
    }))
  it('no margin without a plan, or without revenue', () => {
    expect(monteCarlo([tenant('a')])).toMatchObject({
      grossMarginPct: null,
      reason: expect.stringMatching(/without a plan/) as string,
    })
    expect(
      monteCarlo([tenant('a')], { plans: plans({ pro: { kind: 'flat', monthlyUsd: '0' } }) })
        .grossMarginPct,
    ).toBeNull()
  })
  it('says what it assumes', () =>
    expect(monteCarlo([tenant('a')]).assumptions.join(' ')).toMatch(
      /1000 months from seed 42.*sigma 0\.1.*loses 0\.10 %/,
    ))
  it('keeps money whole', () =>
    expect(formatUsd(monteCarlo([tenant('a')], exact).costUsd?.p50 ?? (0n as never))).toBe('10'))
})
