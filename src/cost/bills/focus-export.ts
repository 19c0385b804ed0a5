/**
 * Our allocation as FOCUS 1.3 rows: one a tenant and line, the tenant as AllocatedResourceId, how
 * it came to it as AllocatedMethodId and AllocatedMethodDetails. Split rows add up to their
 * origin's cost, as the specification asks; what no tenant carries is a row without one.
 */
import { stringify } from 'csv-stringify/sync'
import { isoTime, monthBounds } from '../../base/clock.ts'
import { formatUsd, type PicoUsd } from '../../base/money.ts'
import type { AllocatedLine, Allocation } from '../allocation/allocate.ts'

/** The columns, in order. */
export const focusColumns = [
  'BilledCost',
  'EffectiveCost',
  'ListCost',
  'ContractedCost',
  'BillingCurrency',
  'BillingPeriodStart',
  'BillingPeriodEnd',
  'ChargePeriodStart',
  'ChargePeriodEnd',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ServiceProviderName',
  'ProviderName',
  'ServiceName',
  'SkuId',
  'AllocatedMethodId',
  'AllocatedMethodDetails',
  'AllocatedResourceId',
  'AllocatedResourceName',
] as const

/** Writes a month's allocation. */
export function focusExport(
  month: string,
  { lines, unallocated }: Pick<Allocation, 'lines' | 'unallocated'>,
): string {
  const rows = [
    ...lines.map((line) => rowOf(month, line)),
    ...[...unallocated].map(([component, amount]) =>
      rowOf(month, { component, amount, tenantId: null, method: 'unallocated', ratio: null }),
    ),
  ]
  return stringify([[...focusColumns], ...rows])
}

interface Row {
  readonly component: string
  readonly amount: PicoUsd
  readonly tenantId: string | null
  readonly method: string
  readonly ratio: AllocatedLine['ratio'] | null
}

function rowOf(
  month: string,
  { component, amount, tenantId, method, ratio }: Row,
): readonly string[] {
  const { fromMs, toMs } = monthBounds(month)
  const [provider = component, kind = component] = component.split('.')
  const usd = formatUsd(amount)
  const [start, end] = [isoTime(fromMs), isoTime(toMs)]
  const details =
    ratio === null
      ? ''
      : JSON.stringify({
          Elements: [
            {
              AllocatedRatio: Number((ratio.numerator * 10n ** 15n) / ratio.denominator) / 1e15,
              UsageUnit: component,
              UsageQuantity: usd,
            },
          ],
        })
  return [
    usd,
    usd,
    usd,
    usd,
    'USD',
    start,
    end,
    start,
    end,
    categoryOf(kind),
    '',
    component,
    provider,
    provider,
    kind,
    component,
    method,
    details,
    tenantId ?? '',
    tenantId ?? '',
  ]
}

function categoryOf(kind: string): string {
  return kind === 'tax'
    ? 'Tax'
    : kind === 'credit'
      ? 'Credit'
      : kind === 'minimum'
        ? 'Purchase'
        : kind === 'adjustment'
          ? 'Adjustment'
          : 'Usage'
}
