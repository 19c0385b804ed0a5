/**
 * Who pays what in a month: each tenant its own use, and of what nobody causes alone a part by the
 * rule for it. The parts add up to the whole to the pico-dollar; what has no rule, or nobody to
 * carry it, stays visible as unallocated.
 */
import { overOneDenominator, reduced, sumFractions, type Fraction } from '../../base/fraction.ts'
import { picoUsd, splitByWeight, sumUsd, zeroUsd, type PicoUsd } from '../../base/money.ts'
import type { TenantId } from '../../base/tenant-id.ts'
import { roundedUsd } from '../charge.ts'
import type { PriceBook } from '../prices/price-book.ts'
import type { AllocationMethodId, AllocationRule, Claimant, Ratio } from './method.ts'
import { even } from './methods/even.ts'
import { fixedShare } from './methods/fixed-share.ts'
import { idle } from './methods/idle.ts'
import { minimumTopUp } from './methods/minimum-top-up.ts'
import { proportional } from './methods/proportional.ts'

/** What a tenant used itself, exactly. */
export interface DirectCost {
  readonly tenantId: TenantId
  readonly component: string
  /** Pico-dollars. */
  readonly exact: Fraction
}

/** One tenant's line of a component, with how it came to it. */
export interface AllocatedLine {
  readonly tenantId: TenantId
  readonly component: string
  readonly method: AllocationMethodId
  /** The tenant's part of the component's amount. */
  readonly ratio: Fraction
  readonly amount: PicoUsd
}

/** A tenant's activity in the month: weights for shared cost. */
export interface TenantActivity {
  readonly tenantId: TenantId
  readonly queries: number
  readonly storedBytes: number
}

/** An amount that nobody causes alone. */
export interface SharedCost {
  readonly component: string
  readonly amount: PicoUsd
}

/**
 * What is allocated. Rules are by component; the rule for `*` is for those without one of their
 * own.
 */
export interface AllocationInput {
  readonly direct: readonly DirectCost[]
  readonly shared: readonly SharedCost[]
  readonly tenants: readonly TenantActivity[]
  readonly book: PriceBook
  readonly rules: ReadonlyMap<string, AllocationRule>
}

/** The month's allocation; lines and unallocated add up to `total`. */
export interface Allocation {
  readonly lines: readonly AllocatedLine[]
  readonly unallocated: ReadonlyMap<string, PicoUsd>
  readonly total: PicoUsd
}

/**
 * Allocates a month. Each provider's minimum is topped up first; the top-up is shared like any
 * other cost.
 */
export function allocateMonth(input: AllocationInput): Allocation {
  const direct = directLines(input.direct)
  const topUps = [...minimumTopUps(direct, input.book)].map(([component, amount]) => ({
    component,
    amount,
  }))
  const shared = [...topUps, ...input.shared].map((cost) =>
    shareOut(cost, {
      rule: ruleFor(input.rules, cost.component),
      claimants: claimantsOf(input.tenants, direct, cost.component),
    }),
  )
  const lines = [...direct, ...shared.flatMap((each) => each.lines)]
  const unallocated = new Map<string, PicoUsd>()
  for (const { component, left } of shared)
    if (left !== 0n) unallocated.set(component, picoUsd((unallocated.get(component) ?? 0n) + left))
  return {
    lines,
    unallocated,
    total: sumUsd([...lines.map(({ amount }) => amount), ...unallocated.values()]),
  }
}

function ruleFor(
  rules: ReadonlyMap<string, AllocationRule>,
  component: string,
): AllocationRule | null {
  return rules.get(component) ?? rules.get('*') ?? null
}

/**
 * Each component is rounded once, and its tenants' parts by largest remainder: rounding every event
 * would move a bill by percents.
 */
function directLines(costs: readonly DirectCost[]): readonly AllocatedLine[] {
  return [...Map.groupBy(costs, ({ component }) => component)].flatMap(([component, group]) => {
    const tenants = [...Map.groupBy(group, ({ tenantId }) => tenantId)].map(([tenantId, own]) => ({
      tenantId,
      exact: sumFractions(own.map(({ exact }) => exact)),
    }))
    const { numerators, denominator } = overOneDenominator(tenants.map(({ exact }) => exact))
    const total = numerators.reduce((sum, each) => sum + each, 0n)
    const parts = splitByWeight(
      roundedUsd({ numerator: total, denominator }),
      tenants.map(({ tenantId }, at) => ({ key: tenantId, weight: numerators[at] ?? 0n })),
    )
    return tenants.map(({ tenantId }, at): AllocatedLine => ({
      tenantId,
      component,
      method: 'direct',
      ratio: ratioOf(numerators[at] ?? 0n, total),
      amount: parts.get(tenantId) ?? zeroUsd,
    }))
  })
}

function ratioOf(numerator: bigint, total: bigint): Fraction {
  return total === 0n
    ? { numerator: 0n, denominator: 1n }
    : reduced({ numerator, denominator: total })
}

/** What a provider's monthly minimum adds to its usage, by component `<provider>.minimum`. */
export function minimumTopUps(
  lines: readonly Pick<AllocatedLine, 'component' | 'amount'>[],
  book: PriceBook,
): ReadonlyMap<string, PicoUsd> {
  const topUps = new Map<string, PicoUsd>()
  for (const [provider, minimum] of book.monthlyMinimum) {
    const used = sumUsd(
      lines
        .filter(({ component }) => component.startsWith(`${provider}.`))
        .map(({ amount }) => amount),
    )
    if (used < minimum) topUps.set(`${provider}.minimum`, picoUsd(minimum - used))
  }
  return topUps
}

/**
 * Tenants with what each spends at the provider of a component; of a component of no provider, at
 * all of them.
 */
function claimantsOf(
  tenants: readonly TenantActivity[],
  direct: readonly AllocatedLine[],
  component: string,
): readonly Claimant[] {
  const provider = `${component.split('.')[0] ?? ''}.`
  const ofProvider = direct.filter((line) => line.component.startsWith(provider))
  const own = new Map<TenantId, bigint>()
  for (const { tenantId, amount } of ofProvider.length > 0 ? ofProvider : direct)
    own.set(tenantId, (own.get(tenantId) ?? 0n) + amount)
  return tenants.map(({ tenantId, queries, storedBytes }) => ({
    tenantId,
    queries,
    storedBytes,
    ownCost: own.get(tenantId) ?? 0n,
  }))
}

interface Sharing {
  readonly rule: AllocationRule | null
  readonly claimants: readonly Claimant[]
}

/** Shares one amount out: lines, and what is left of it. Both together are the amount. */
export function shareOut(
  { component, amount }: SharedCost,
  { rule, claimants }: Sharing,
): {
  readonly component: string
  readonly lines: readonly AllocatedLine[]
  readonly left: PicoUsd
} {
  if (rule === null || claimants.length === 0) return { component, lines: [], left: amount }
  const ratios = ratiosBy(rule, claimants, amount)
  const { numerators, denominator } = overOneDenominator(ratios.map(({ ratio }) => ratio))
  const given = numerators.reduce((sum, each) => sum + each, 0n)
  const left = denominator > given ? [{ key: '', weight: denominator - given }] : []
  const parts = splitByWeight(amount, [
    ...ratios.map(({ tenantId }, at) => ({ key: String(tenantId), weight: numerators[at] ?? 0n })),
    ...left,
  ])
  return {
    component,
    lines: ratios.map(({ tenantId, ratio }) => ({
      tenantId,
      component,
      method: rule.method,
      ratio: reduced(ratio),
      amount: parts.get(tenantId) ?? zeroUsd,
    })),
    left: parts.get('') ?? zeroUsd,
  }
}

function ratiosBy(
  rule: AllocationRule,
  claimants: readonly Claimant[],
  amount: bigint,
): readonly Ratio[] {
  switch (rule.method) {
    case 'even':
      return even(claimants)
    case 'proportional-to-queries':
      return proportional(claimants, 'queries')
    case 'proportional-to-cost':
      return proportional(claimants, 'ownCost')
    case 'proportional-to-stored-bytes':
      return proportional(claimants, 'storedBytes')
    case 'minimum-top-up':
      return minimumTopUp(claimants, amount)
    case 'fixed-share':
      return fixedShare(claimants, rule.shares)
    case 'idle':
      return idle(claimants, rule.utilisation)
  }
}
