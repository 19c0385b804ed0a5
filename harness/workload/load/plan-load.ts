/**
 * The plan of an open-loop load: who asks what, and when, all of it drawn before the first request.
 * Every draw has a stream of its own purpose, so that changing one option leaves what it does not
 * concern as it was: two runs that differ in one thing can be compared.
 */
import type { WrittenLoad } from '../../scenario/load-schema.ts'
import { noiseArrivals } from './aggressor.ts'
import { arrivalsOf } from './arrivals/arrivals.ts'
import { coldArrivals } from './cold.ts'
import { drawTenants, type MixOptions } from './mix.ts'
import type { Trace } from './trace/read-trace.ts'
import { turnsOf, type LoadTenant, type Turns } from './turns.ts'

/** All arrivals of a load, in the order of their intended starts. */
export interface LoadPlan {
  /** The intended start, ascending. */
  readonly atMs: Float64Array
  /** Position in the tenants. */
  readonly tenant: Int32Array
  /** Position in that tenant's questions, in turn through an order shuffled for the tenant. */
  readonly question: Int32Array
  /** Position among that tenant's cells, in turn, so that drift hits all alike. */
  readonly cell: Int32Array
  /** 1 for the aggressor's extra arrivals. */
  readonly isNoise: Uint8Array
  readonly durationMs: number
  readonly warmupMs: number
}

/** What a plan is made of. `trace` is there where arrivals are a trace. */
export interface PlanOptions {
  readonly seed: number
  readonly load: WrittenLoad
  readonly tenants: readonly LoadTenant[]
  readonly trace?: Trace
}

/** Plans a load that has no faults. */
export function planLoad({ seed, load, tenants, trace }: PlanOptions): LoadPlan {
  const mix: MixOptions = { seed, load, tenantIds: tenants.map(({ id }) => id) }
  const own = ownArrivals(mix, trace)
  const cold = coldArrivals(mix)
  const noise = {
    atMs: noiseArrivals(load, seed),
    tenant: load.aggressor === undefined ? -1 : mix.tenantIds.indexOf(load.aggressor.tenant),
  }
  const merged = merge(own, cold, noise)
  return {
    ...asked(merged, { turns: turnsOf(seed, tenants), count: tenants.length, trace }),
    durationMs: load.durationSeconds * 1000,
    warmupMs: load.warmupSeconds * 1000,
  }
}

/** Whether the aggressor is on at a moment; null without one, in warm-up and outside the load. */
export function windowAt(
  { aggressor, warmupSeconds, durationSeconds }: WrittenLoad,
  atMs: number,
): 'quiet' | 'noisy' | null {
  const seconds = atMs / 1000 - warmupSeconds
  if (aggressor === undefined || seconds < 0 || atMs >= durationSeconds * 1000) return null
  return seconds % (aggressor.offSeconds + aggressor.onSeconds) < aggressor.offSeconds
    ? 'quiet'
    : 'noisy'
}

interface Arrivals {
  readonly atMs: Float64Array
  readonly tenant: Int32Array
}

/**
 * What the process gives. Every arrival draws a tenant, also one whose tenant the trace names, so
 * that a name more moves nobody else.
 */
function ownArrivals(mix: MixOptions, trace: Trace | undefined): Arrivals {
  const atMs = arrivalsOf(mix.load, mix.seed, trace?.atMs ?? new Float64Array(0))
  const drawn = drawTenants(mix, atMs)
  return {
    atMs,
    tenant: trace === undefined ? drawn : drawn.map((tenant, at) => trace.tenantOf(at) ?? tenant),
  }
}

interface Merged extends Arrivals {
  readonly isNoise: Uint8Array
  /** Position among the process's own arrivals; -1 for others. */
  readonly own: Int32Array
}

/** By time; at the same moment the process's own first, then cold tenants, then noise. */
function merge(
  own: Arrivals,
  cold: readonly { readonly atMs: number; readonly tenant: number }[],
  noise: { readonly atMs: Float64Array; readonly tenant: number },
): Merged {
  const count = own.atMs.length + cold.length + noise.atMs.length
  const merged = {
    atMs: new Float64Array(count),
    tenant: new Int32Array(count),
    isNoise: new Uint8Array(count),
    own: new Int32Array(count).fill(-1),
  }
  let [ofOwn, ofCold, ofNoise] = [0, 0, 0]
  for (let at = 0; at < count; at++) {
    const ownAt = own.atMs[ofOwn] ?? Infinity
    const coldAt = cold[ofCold]?.atMs ?? Infinity
    const noiseAt = noise.atMs[ofNoise] ?? Infinity
    merged.atMs[at] = Math.min(ownAt, coldAt, noiseAt)
    if (ownAt <= coldAt && ownAt <= noiseAt) {
      merged.tenant[at] = own.tenant[ofOwn] ?? 0
      merged.own[at] = ofOwn++
    } else if (coldAt <= noiseAt) merged.tenant[at] = cold[ofCold++]?.tenant ?? 0
    else {
      merged.tenant[at] = noise.tenant
      merged.isNoise[at] = 1
      ofNoise++
    }
  }
  return merged
}

interface Asking {
  readonly turns: Turns
  /** How many tenants there are. */
  readonly count: number
  readonly trace: Trace | undefined
}

/**
 * Gives every arrival its question and cell. Noise has turns of its own, and so takes none from the
 * others.
 */
function asked(
  { atMs, tenant, isNoise, own }: Merged,
  { turns, count, trace }: Asking,
): Omit<LoadPlan, 'durationMs' | 'warmupMs'> {
  const [question, cell] = [new Int32Array(atMs.length), new Int32Array(atMs.length)]
  const taken = [new Float64Array(count), new Float64Array(count)] as const
  const recorded = new Map<string, number>()
  for (let at = 0; at < atMs.length; at++) {
    const who = tenant[at] ?? 0
    // A recorded question begins at a configuration by its position: questions asked once each
    // would else all meet the first.
    const named = trace?.questionOf(own[at] ?? -1, who) ?? null
    const turn =
      named === null
        ? next(taken[isNoise[at] === 1 ? 1 : 0], who)
        : nextOf(recorded, `${who}:${named}`) + named
    question[at] = named ?? turns.questionAt(who, turn)
    cell[at] = turns.cellAt(who, turn)
  }
  return { atMs, tenant, question, cell, isNoise }
}

function next(taken: Float64Array, tenant: number): number {
  const turn = taken[tenant] ?? 0
  taken[tenant] = turn + 1
  return turn
}

function nextOf(taken: Map<string, number>, key: string): number {
  const turn = taken.get(key) ?? 0
  taken.set(key, turn + 1)
  return turn
}
