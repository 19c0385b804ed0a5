/**
 * What plans bring in a simulation: whole months, parts of months, months in which a tenant was not
 * there.
 */
import { expect, it } from 'vitest'
import { revenuesOf } from '../../../../../harness/simulate/report/tiers.ts'
import { formatUsd, zeroUsd } from '../../../../../src/base/money.ts'

const plans = {
  flat: { kind: 'flat', monthlyUsd: '100' },
  metered: { kind: 'commit', commitUsd: '50', includedQueries: 100, overageUsdPerQuery: '1' },
} as const
const revenue = (
  tier: 'flat' | 'metered',
  queriesByMonth: readonly (number | null)[],
  parts: readonly number[],
): string =>
  formatUsd(
    revenuesOf(plans, {
      tiers: [tier],
      tier: Int32Array.of(0),
      parts,
      tenants: [{ queries: 0, direct: zeroUsd, shared: zeroUsd, queriesByMonth }],
    })?.[0] ?? zeroUsd,
  )

it.each([
  ['a whole month', 'flat', [5], [1], '100'],
  ['two whole months', 'flat', [5, 0], [1, 1], '200'],
  ['a month in which it was not there', 'flat', [null, 5], [1, 1], '100'],
  ['half a month', 'flat', [5], [0.5], '50'],
  ['two halves of months are as good as one month', 'flat', [5, 5], [0.5, 0.5], '100'],
  ['beyond what is included', 'metered', [130], [1], '80'],
  ['beyond it at the pace of half a month', 'metered', [65], [0.5], '40'],
] as const)('%s', (...[, tier, queries, parts, usd]) =>
  expect(revenue(tier, queries, parts)).toBe(usd),
)

it('without plans nobody knows', () =>
  expect(revenuesOf({}, { tiers: [], tier: new Int32Array(), parts: [1], tenants: [] })).toBeNull())
