/**
 * From what we counted to what was billed: once the drift has been measured, the difference of each
 * component is posted as lines of its own, so that tenants and unallocated together are the bill to
 * the last unit. Never before: a ledger that is scaled to the bill has no drift to measure (DESIGN
 * law 4).
 */
import { picoUsd, sumUsd, type PicoUsd } from '../../base/money.ts'
import { shareOut, type AllocatedLine, type Allocation, type SharedCost } from './allocate.ts'

/**
 * Adds the adjustments that make an allocation the bill. A component that no tenant has a line in
 * stays unallocated.
 */
export function adjustToBill(
  { lines, unallocated }: Pick<Allocation, 'lines' | 'unallocated'>,
  bill: readonly SharedCost[],
): Allocation {
  const billed = Map.groupBy(bill, ({ component }) => component)
  const ofComponent = Map.groupBy(lines, ({ component }) => component)
  const components = [
    ...new Set([...ofComponent.keys(), ...unallocated.keys(), ...billed.keys()]),
  ].sort()
  const left = new Map(unallocated)
  const adjustments: AllocatedLine[] = []
  for (const component of components) {
    const own = ofComponent.get(component) ?? []
    const difference = picoUsd(
      sumUsd((billed.get(component) ?? []).map(({ amount }) => amount)) -
        sumUsd(own.map(({ amount }) => amount)) -
        (left.get(component) ?? 0n),
    )
    if (difference === 0n) continue
    const shared = shareOut(
      { component, amount: difference },
      {
        rule: own.length === 0 ? null : { method: 'proportional-to-cost' },
        claimants: claimantsOf(own),
      },
    )
    adjustments.push(
      ...shared.lines.map((line): AllocatedLine => ({ ...line, method: 'adjustment' })),
    )
    if (shared.left !== 0n) left.set(component, picoUsd((left.get(component) ?? 0n) + shared.left))
  }
  const all = [...lines, ...adjustments.filter(({ amount }) => amount !== 0n)]
  return { lines: all, unallocated: left, total: totalOf(all, left) }
}

function claimantsOf(lines: readonly AllocatedLine[]): Parameters<typeof shareOut>[1]['claimants'] {
  return [...Map.groupBy(lines, ({ tenantId }) => tenantId)].map(([tenantId, own]) => {
    const cost = sumUsd(own.map(({ amount }) => amount))
    return { tenantId, queries: 0, storedBytes: 0, ownCost: cost > 0n ? cost : 0n }
  })
}

function totalOf(
  lines: readonly AllocatedLine[],
  unallocated: ReadonlyMap<string, PicoUsd>,
): PicoUsd {
  return sumUsd([...lines.map(({ amount }) => amount), ...unallocated.values()])
}
