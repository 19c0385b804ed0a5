import { describe, expect, it } from 'vitest'
import { tornado, type Swing } from '../../../../harness/pricing/tornado.ts'
import { formatUsd } from '../../../../src/base/money.ts'
import { plans, tenant, variant } from './fleet.ts'

const flat = plans({ pro: { kind: 'flat', monthlyUsd: '100' } })
const ends = (swing: Swing | undefined): readonly (string | undefined)[] =>
  [swing?.low, swing?.high].map((end) => (end === undefined ? undefined : formatUsd(end.profitUsd)))
const swingOf = (
  factor: Swing['factor'],
  ...given: Parameters<typeof tornado>
): Swing | undefined => tornado(...given).swings.find((swing) => swing.factor === factor)

describe('a swing by hand', () => {
  it('model prices: 1,000 queries with $0.03 of chat each, 20 % up and down', () => {
    // Profit today: 100 - 40 = 60; 20 % of the chat tokens is $6.
    const swing = swingOf(
      'model-price',
      [tenant('a', { variants: [variant('m', { usd: 0.04, model: 0.03 })] })],
      flat,
    )
    expect(ends(swing)).toEqual(['66', '54'])
    expect(swing?.low.grossMarginPct).toBeCloseTo(66, 9)
    expect(formatUsd(swing?.swingUsd ?? (0n as never))).toBe('12')
  })

  it('top_k along the nearest measured variants, the same model alone', () => {
    // At 10 passages $0.04; 8 cost $0.03: $0.005 a passage down. 20 cost $0.06: $0.002 a passage
    // up. 20 % of 10 is 2 passages.
    const variants = [
      variant('m', { topK: 10, usd: 0.04 }),
      variant('m', { topK: 8, usd: 0.03 }),
      variant('m', { topK: 20, usd: 0.06 }),
      variant('other', { topK: 9, usd: 9 }),
      variant('m', { topK: 9, rerank: true, usd: 9 }),
      variant('m', { topK: 2, usd: 0.029 }),
    ]
    const swing = swingOf('top-k', [tenant('a', { variants })], flat)
    expect(ends(swing)).toEqual(['70', '56'])
    expect(swing?.how).toMatch(/for 1 of 1 tenants; for 0 /)
  })

  it('top_k by the prompt where there is no other variant, and says so', () => {
    const swing = swingOf(
      'top-k',
      [tenant('a', { variants: [variant('m', { usd: 0.04, prompt: 0.02 })] })],
      flat,
    )
    expect(ends(swing)).toEqual(['64', '56'])
    expect(swing?.how).toMatch(/for 0 of 1 tenants; for 1 the whole prompt/)
  })

  it('volume: fixed cost stays, revenue goes by the plan', () => {
    const each = plans({ pro: { kind: 'per-query', usdPerQuery: '0.1' } })
    expect(
      ends(
        swingOf(
          'volume',
          [tenant('a', { fixed: '10', variants: [variant('m', { usd: 0.04 })] })],
          each,
        ),
      ),
    ).toEqual(['38', '62'])
  })

  it('mix: the heaviest tenth asks another share of the same total', () => {
    // Heavy asks 2,000 at $0.03, nine others 1,000 each at $0.01: cost 60 + 90. Heavy 20 % up:
    // 2,400 x 0.03 + 8,600 x 0.01 = 158.
    const tenants = [
      tenant('heavy', { queries: 2_000, variants: [variant('m', { usd: 0.03 })] }),
      ...Array.from({ length: 9 }, (_each, at) => tenant(`t${at}`)),
    ]
    expect(ends(swingOf('mix', tenants, flat))).toEqual(['858', '842'])
  })

  it('is as wide as asked', () =>
    expect(ends(swingOf('volume', [tenant('a')], flat, 50))).toEqual(['95', '85']))
})

describe('all swings', () => {
  it('come with the widest first', () => {
    // Volume: 20 % of $50. Mix: 1,200 x 0.04 + 800 x 0.01 against 44. top_k: 20 % of $20. Chat: 20
    // % of $1.
    const { swings } = tornado(
      [
        tenant('a', { variants: [variant('m', { usd: 0.04, model: 0.001, prompt: 0.02 })] }),
        tenant('b'),
      ],
      flat,
    )
    expect(swings.map(({ factor, swingUsd }) => `${factor} ${formatUsd(swingUsd)}`)).toEqual([
      'volume 20',
      'mix 12',
      'top-k 8',
      'model-price 0.4',
    ])
  })

  it('are of cost alone without plans', () => {
    const swing = swingOf('volume', [tenant('a')], new Map())
    expect(ends(swing)).toEqual(['-8', '-12'])
    expect(swing?.low.grossMarginPct).toBeNull()
  })

  it('leave out what is not known, with the reason', () => {
    const { swings, left } = tornado([tenant('a')], flat)
    expect(swings.map(({ factor }) => factor)).toEqual(['volume'])
    expect(left.map(({ factor }) => factor)).toEqual(['model-price', 'top-k', 'mix'])
  })

  it('of nobody are of nothing', () =>
    expect(tornado([], flat).swings.map(({ swingUsd }) => swingUsd)).toEqual([0n]))
})
