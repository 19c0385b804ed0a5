import { describe, expect, it } from 'vitest'
import { whatIf } from '../../../../harness/pricing/what-if.ts'
import type { VariantEconomics } from '../../../../harness/pricing/economics.ts'
import { formatUsd, parseUsd } from '../../../../src/base/money.ts'
import { tenant, variant } from './fleet.ts'

const derived = (usd: number, change: Partial<VariantEconomics> = {}): VariantEconomics => ({
  ...variant('new', { usd, plusMinus: 0.001, right: null }),
  isDerived: true,
  ...change,
})

describe('configurations that nobody ran', () => {
  const a = tenant('A', { fixed: '5', variants: [variant('old', { usd: 0.02 }), derived(0.01)] })
  const b = tenant('B', {
    queries: 2_000,
    variants: [
      variant('old', { usd: 0.03 }),
      derived(0.04, { infeasible: true }),
      variant('other'),
    ],
  })
  const { configurations, tenants } = whatIf([a, b])

  it('cost each tenant so much, with what is fixed, against today', () => {
    expect(
      tenants.map((each) => [
        each.tenant,
        each.model,
        ...[
          each.costPerQueryUsd,
          each.low95Usd,
          each.high95Usd,
          each.monthlyUsd,
          each.monthlyDifferenceUsd,
        ].map(formatUsd),
      ]),
    ).toEqual([
      ['A', 'new', '0.015', '0.014', '0.016', '15', '-10'],
      ['B', 'new', '0.04', '0.039', '0.041', '80', '20'],
    ])
  })

  it('cost all together so much, the ends of intervals added up', () => {
    expect(configurations).toEqual([
      {
        model: 'new',
        topK: 5,
        rerank: false,
        tenants: 2,
        monthlyUsd: parseUsd('95'),
        low95Usd: parseUsd('92'),
        high95Usd: parseUsd('98'),
        todayUsd: parseUsd('85'),
        differenceUsd: parseUsd('10'),
        infeasible: 1,
        notMeasured: 2,
      },
    ])
  })

  it('are none where everything was run', () =>
    expect(whatIf([tenant('A')])).toEqual({ configurations: [], tenants: [] }))
})
