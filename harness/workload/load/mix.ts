/**
 * Who asks: shares of the tenants, whales above them, and only whoever is there. One draw for each
 * arrival, whatever the shares are.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import { randomFor } from '../../../src/base/random.ts'
import { stayOf, type WrittenLoad } from '../../scenario/load-schema.ts'

/** Whose shares, of which load. */
export interface MixOptions {
  readonly seed: number
  readonly load: WrittenLoad
  readonly tenantIds: readonly string[]
}

/** The position of the tenant of each arrival. Moments ascend. */
export function drawTenants(options: MixOptions, atMs: Float64Array): Int32Array {
  const random = randomFor([options.seed, 'load', 'tenant'])
  const people = peopleOf(options)
  const edges = [...new Set([...people.fromMs, ...people.untilMs])].sort((a, b) => a - b)
  const drawn = new Int32Array(atMs.length)
  let edge = 0
  let sums: Float64Array | null = null
  for (const [at, moment] of atMs.entries()) {
    // Tables are made as time goes by: all at once, thousands of tenants that come and go would
    // fill the memory.
    for (; (edges[edge] ?? Infinity) <= moment; edge++) sums = null
    sums ??= runningShares(people, moment)
    drawn[at] = positionOf(sums, random.unit())
  }
  return drawn
}

/** All tenants, column by column. */
interface People {
  /**
   * What a whale takes of all, or an ordinary tenant's weight among its like; nothing for a cold
   * one.
   */
  readonly share: Float64Array
  readonly isWhale: Uint8Array
  readonly fromMs: Float64Array
  readonly untilMs: Float64Array
}

function peopleOf({ seed, load, tenantIds }: MixOptions): People {
  const cold = new Set(load.cold)
  const whales = new Map(load.whales.map(({ tenant, share }) => [tenant, share]))
  const stays = tenantIds.map((id) => stayOf(load, id))
  return {
    share: Float64Array.from(tenantIds, (id, at) =>
      cold.has(id) ? 0 : (whales.get(id) ?? ordinaryShare(load.tenants, { seed, id, at })),
    ),
    isWhale: Uint8Array.from(tenantIds, (id) => Number(whales.has(id))),
    fromMs: Float64Array.from(stays, ({ fromSeconds }) => fromSeconds * 1000),
    untilMs: Float64Array.from(stays, ({ untilSeconds }) => untilSeconds * 1000),
  }
}

function ordinaryShare(
  tenants: WrittenLoad['tenants'],
  { seed, id, at }: { readonly seed: number; readonly id: string; readonly at: number },
): number {
  switch (tenants.kind) {
    case 'even':
      return 1
    case 'share':
      return Object.hasOwn(tenants.shares, id) ? (tenants.shares[id] ?? 0) : 0
    case 'zipf':
      return (at + 1) ** -tenants.exponent
    case 'lognormal':
      return randomFor([seed, 'load', 'weight', id]).logNormal(1, tenants.sigma)
  }
}

/**
 * Whales take their shares of all, the others share the rest in their proportions; running sums of
 * whoever is there.
 */
function runningShares({ share, isWhale, fromMs, untilMs }: People, atMs: number): Float64Array {
  const there = share.map((each, at) =>
    (fromMs[at] ?? 0) <= atMs && atMs < (untilMs[at] ?? 0) ? each : 0,
  )
  let [ofWhales, ofOthers] = [0, 0]
  for (let at = 0; at < there.length; at++) {
    if (isWhale[at] === 1) ofWhales += there[at] ?? 0
    else ofOthers += there[at] ?? 0
  }
  if (ofWhales + ofOthers === 0)
    throw new TenantbenchError('TB_BUG', {
      detail: 'A load is planned for a time at which no tenant is there.',
    })
  const scale = ofOthers === 0 ? 1 : (1 - ofWhales) / ofOthers
  let sum = 0
  return there.map((each, at) => (sum += isWhale[at] === 1 ? each : each * scale))
}

/** The first whose running sum lies above the draw; nobody's share of nothing is ever drawn. */
function positionOf(sums: Float64Array, unit: number): number {
  const wanted = unit * (sums.at(-1) ?? 0)
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] ?? 0) > wanted) high = middle
    else low = middle + 1
  }
  return low
}
