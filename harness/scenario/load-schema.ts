/**
 * What `load` in a scenario may say: requests at moments of their own, whoever is still waiting;
 * how many, of whom, and how fast to look for the limit.
 */
import { z } from 'zod'

const rate = z.number().positive().max(1_000_000)
const rateOrNone = z.number().min(0).max(1_000_000)
const longestSeconds = 86_400
const moment = z.number().min(0).max(longestSeconds)
const length = z.number().positive().max(longestSeconds)
const tenant = z.string().min(1)

const arrivals = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), ratePerSecond: rate }),
  z.strictObject({ kind: z.literal('poisson'), ratePerSecond: rate }),
  z.strictObject({
    kind: z.literal('gamma'),
    ratePerSecond: rate,
    burstiness: z.number().min(0.01).max(1_000),
  }),
  z
    .strictObject({ kind: z.literal('ramp'), fromPerSecond: rateOrNone, toPerSecond: rateOrNone })
    .refine(({ fromPerSecond, toPerSecond }) => fromPerSecond + toPerSecond > 0, {
      path: ['toPerSecond'],
      message: 'a ramp from nothing to nothing',
    }),
  z.strictObject({
    kind: z.literal('diurnal'),
    meanPerSecond: rate,
    peakToTrough: z.number().min(1).max(1_000),
    periodSeconds: length,
    peakAtSeconds: moment,
  }),
  z.strictObject({
    kind: z.literal('trace'),
    path: z.string().min(1),
    speed: z.number().min(0.001).max(1_000).default(1),
  }),
])

const tenants = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('even') }),
  z.strictObject({
    kind: z.literal('share'),
    shares: z.record(tenant, z.number().min(0).max(1_000_000)),
  }),
  z.strictObject({ kind: z.literal('zipf'), exponent: z.number().min(0).max(10) }),
  z.strictObject({ kind: z.literal('lognormal'), sigma: z.number().min(0).max(5) }),
])

const whales = z
  .array(z.strictObject({ tenant, share: z.number().positive().lt(1) }))
  .refine(
    (all) => all.reduce((sum, { share }) => sum + share, 0) < 1,
    'the shares of all whales together are less than 1',
  )

const search = z
  .strictObject({
    lowPerSecond: rate,
    highPerSecond: rate,
    precisionPct: z.number().min(0.1).max(50).default(5),
    stageSeconds: length.default(10),
    p95Ms: z.number().positive().default(5_000),
    failuresPct: z.number().min(0).max(100).default(1),
  })
  .refine(({ lowPerSecond, highPerSecond }) => lowPerSecond < highPerSecond, {
    path: ['highPerSecond'],
    message: 'lowPerSecond < highPerSecond',
  })

/** All of `load`. What needs the tenants is checked by `loadFaults`. */
export const loadSchema = z
  .strictObject({
    durationSeconds: length,
    warmupSeconds: moment.default(0),
    arrivals,
    tenants: tenants.default({ kind: 'even' }),
    whales: whales.default([]),
    cold: z.array(tenant).default([]),
    churn: z
      .array(
        z.strictObject({
          tenant,
          joinsAtSeconds: moment.optional(),
          leavesAtSeconds: moment.optional(),
        }),
      )
      .default([]),
    aggressor: z
      .strictObject({ tenant, ratePerSecond: rate, onSeconds: length, offSeconds: length })
      .optional(),
    workers: z.int().min(1).max(16).default(1),
    maxInFlight: z.int().min(1).max(100_000).default(1_024),
    timeoutMs: z.int().min(1).max(3_600_000).default(30_000),
    search: search.optional(),
  })
  .refine(
    ({ warmupSeconds, durationSeconds }) => warmupSeconds === 0 || warmupSeconds < durationSeconds,
    { path: ['warmupSeconds'], message: 'warmupSeconds < durationSeconds' },
  )

/** A load as written, with what it leaves out filled in. */
export type WrittenLoad = z.infer<typeof loadSchema>
/** How requests arrive, as written. */
export type WrittenArrivals = WrittenLoad['arrivals']
/** One kind of arrivals, as written. */
export type ArrivalsOf<K extends WrittenArrivals['kind']> = Extract<WrittenArrivals, { kind: K }>

/**
 * How many requests arrive on average from the start to a moment: the integral of the rate. Of a
 * trace, nothing is known without its file.
 */
export function expectedArrivals(
  load: Pick<WrittenLoad, 'arrivals' | 'durationSeconds'>,
  untilSeconds: number,
): number | null {
  const { arrivals: how, durationSeconds } = load
  if (how.kind === 'trace') return null
  if (how.kind === 'ramp')
    return (
      how.fromPerSecond * untilSeconds +
      ((how.toPerSecond - how.fromPerSecond) * untilSeconds * untilSeconds) / (2 * durationSeconds)
    )
  if (how.kind === 'diurnal') return expectedByDay(how, untilSeconds)
  return how.ratePerSecond * untilSeconds
}

/** The same for mean × (1 + a cos 2π(t − peak)/period), with a = (ratio − 1) / (ratio + 1). */
export function expectedByDay(
  { meanPerSecond, peakToTrough, periodSeconds, peakAtSeconds }: ArrivalsOf<'diurnal'>,
  untilSeconds: number,
): number {
  const swing = (peakToTrough - 1) / (peakToTrough + 1)
  const turn = (2 * Math.PI) / periodSeconds
  return (
    meanPerSecond *
    (untilSeconds +
      (swing / turn) *
        (Math.sin(turn * (untilSeconds - peakAtSeconds)) + Math.sin(turn * peakAtSeconds)))
  )
}

/**
 * From when until when a tenant is there: all the time, unless `churn` says otherwise. The end is
 * no part of it.
 */
export function stayOf(
  load: Pick<WrittenLoad, 'churn' | 'durationSeconds'>,
  tenantId: string,
): { readonly fromSeconds: number; readonly untilSeconds: number } {
  const found = load.churn.find((each) => each.tenant === tenantId)
  return {
    fromSeconds: found?.joinsAtSeconds ?? 0,
    untilSeconds: Math.min(load.durationSeconds, found?.leavesAtSeconds ?? load.durationSeconds),
  }
}
