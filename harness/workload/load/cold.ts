/**
 * Tenants asked only once, at a random moment after warm-up at which they are there: the first
 * answer from a namespace that nobody has touched.
 */
import { randomFor } from '../../../src/base/random.ts'
import { stayOf } from '../../scenario/load-schema.ts'
import type { MixOptions } from './mix.ts'

/** One arrival of a cold tenant. */
export interface ColdArrival {
  readonly atMs: number
  readonly tenant: number
}

/** One arrival for each cold tenant, ascending. */
export function coldArrivals({ seed, load, tenantIds }: MixOptions): readonly ColdArrival[] {
  const found = load.cold.map((id): ColdArrival => {
    const { fromSeconds, untilSeconds } = stayOf(load, id)
    const from = Math.max(fromSeconds, load.warmupSeconds) * 1000
    return {
      atMs: from + randomFor([seed, 'load', 'cold', id]).unit() * (untilSeconds * 1000 - from),
      tenant: tenantIds.indexOf(id),
    }
  })
  return found.sort((a, b) => a.atMs - b.atMs || a.tenant - b.tenant)
}
