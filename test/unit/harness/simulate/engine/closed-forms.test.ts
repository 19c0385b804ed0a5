/**
 * Queues against theory. Of so few arrivals as a test can wait for, a difference of 1 % may be
 * chance: then it must lie within four standard errors, by the means of thirty batches.
 * TENANTBENCH_WAITS=full lets so many arrive, from three seeds, that 1 % is all that is allowed: a
 * quarter of an hour. TENANTBENCH_OUT names a file for the figures.
 */
import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { eventEngine } from '../../../../../harness/simulate/engine/event-engine.ts'
import {
  latencyAt,
  latencySeries,
  bucketOf,
  middleOf,
} from '../../../../../harness/simulate/engine/latency-buckets.ts'
import {
  exponentialTable,
  logNormalTable,
  meanOf,
  squaredVariation,
} from '../../../../../harness/simulate/models/quantile-table.ts'
import { waitAt, waitOf } from '../../../../../harness/simulate/models/wait.ts'
import { randomFor } from '../../../../../src/base/random.ts'
import { askerOf, engineOf, exponentialTimes, noStages } from './plans.ts'

const isProof = process.env['TENANTBENCH_WAITS'] === 'full'
const seeds = isProof ? [1, 2, 3] : [1]
const batches = 30
const figures: object[] = []
afterAll(() => {
  const out = process.env['TENANTBENCH_OUT']
  if (out !== undefined) writeFileSync(out, JSON.stringify({ waits: figures }))
})

interface Queue {
  readonly servers: number
  readonly utilisation: number
  /**
   * How many arrive here, and where 1 % must not be chance: the mean of long and rare waits needs
   * more. In thousands.
   */
  readonly thousands: number
  readonly proofThousands: number
}

interface Batch {
  readonly share: number
  readonly meanMs: number
}

const serviceMs = 1_000

const arrivalsOf = ({ thousands, proofThousands }: Queue): number =>
  1_000 * (isProof ? proofThousands : thousands)

function waitsIn(queue: Queue, seed: number): readonly Batch[] {
  const { servers, utilisation } = queue
  const engine = eventEngine(
    engineOf({
      stages: { ...noStages, embedMs: exponentialTable(serviceMs).values },
      limits: { maxInFlight: servers },
    }),
  )
  const next = exponentialTimes(seed, serviceMs / servers / utilisation)
  const asker = askerOf(seed)
  const perBatch = Math.ceil(arrivalsOf(queue) / batches)
  const { waits } = engine.tally
  let [atMs, number] = [0, 0]
  return Array.from({ length: batches }, () => {
    const before = { ...waits }
    for (let at = 0; at < perBatch; at++)
      engine.arrive({ atMs: (atMs += next()), number: number++, promptTokens: 0, asker })
    return {
      share: (waits.admission - before.admission) / perBatch,
      meanMs: (waits.admissionMs - before.admissionMs) / perBatch,
    }
  })
}

/** The mean of batches, and its standard error. */
function estimate(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length
  return {
    mean,
    error: Math.sqrt(
      values.reduce((sum, each) => sum + (each - mean) ** 2, 0) /
        (values.length - 1) /
        values.length,
    ),
  }
}

describe.each([
  { servers: 1, utilisation: 0.5, thousands: 1_200, proofThousands: 8_000 },
  { servers: 1, utilisation: 0.7, thousands: 600, proofThousands: 12_000 },
  { servers: 4, utilisation: 0.5, thousands: 400, proofThousands: 32_000 },
  { servers: 4, utilisation: 0.8, thousands: 500, proofThousands: 32_000 },
  { servers: 16, utilisation: 0.5, thousands: 400, proofThousands: 400_000 },
  { servers: 16, utilisation: 0.8, thousands: 500, proofThousands: 100_000 },
])('M/M/$servers at $utilisation', (queue) => {
  it.each(seeds)('waits as theory has it (seed %d)', { timeout: 900_000 }, (seed) => {
    const { share, meanMs } = waitOf({ ...queue, serviceMs, squaredVariation: 1 })
    const found = waitsIn(queue, seed)
    for (const [what, theory, { mean, error }] of [
      ['share', share, estimate(found.map((each) => each.share))],
      ['wait', share * meanMs, estimate(found.map((each) => each.meanMs))],
    ] as const) {
      figures.push({
        queue: `M/M/${queue.servers}`,
        utilisation: queue.utilisation,
        arrivals: arrivalsOf(queue),
        seed,
        what,
        theory,
        simulated: mean,
        differencePct: 100 * (mean / theory - 1),
        errorPct: (100 * error) / theory,
      })
      expect(
        Math.abs(mean / theory - 1),
        `${what}, seed ${seed}: ${mean} instead of ${theory}, give or take ${error}`,
      ).toBeLessThan(Math.max(0.01, isProof ? 0 : (4 * error) / theory))
    }
  })
})

it("Little's law: as many are in the system as come in the time that one stays", () => {
  const seed = 4
  const asker = askerOf(seed)
  const engine = eventEngine(
    engineOf({
      stages: {
        ...noStages,
        embedMs: logNormalTable(800, 0.6).values,
        hydrateMs: exponentialTable(100).values,
      },
      limits: { maxInFlight: 8, connections: 2 },
    }),
  )
  const next = exponentialTimes(seed, 160)
  let [atMs, number, sum, looks] = [0, 0, 0, 0]
  const stepMs = 97
  while (number < 200_000) {
    atMs += next()
    for (; (looks + 1) * stepMs <= atMs; sum += engine.tally.counts.inFlight)
      engine.runUntil(++looks * stepMs)
    engine.arrive({ atMs, number: number++, promptTokens: 0, asker })
  }
  const stayed =
    asker.series.latency.reduce((all, count, bucket) => all + count * middleOf(bucket), 0) /
    asker.series.finished
  expect(Math.abs(sum / looks / ((number / atMs) * stayed) - 1), `seed ${seed}`).toBeLessThan(0.01)
})

it.each([
  [4, 0.6],
  [8, 0.69],
  [32, 0.69],
])(
  'the closed form of M/G/c stands for a queue: %d servers at %d',
  { timeout: 60_000 },
  (servers, utilisation) => {
    const seed = 5
    const table = logNormalTable(2_000, 0.5)
    const asker = askerOf(seed)
    const engine = eventEngine(
      engineOf({
        stages: { ...noStages, embedMs: table.values },
        limits: { maxInFlight: servers },
      }),
    )
    const next = exponentialTimes(seed, meanOf(table) / servers / utilisation)
    const count = isProof ? 3_000_000 : 200_000
    let atMs = 0
    for (let number = 0; number < count; number++)
      engine.arrive({ atMs: (atMs += next()), number, promptTokens: 0, asker })
    const wait = waitOf({
      servers,
      serviceMs: meanOf(table),
      squaredVariation: squaredVariation(table),
      utilisation,
    })
    const meanMs = engine.tally.waits.admissionMs / count
    const random = randomFor([seed, 'closed form'])
    const drawnOnes = latencySeries()
    for (let at = 0; at < 200_000; at++) {
      const bucket = bucketOf(
        (table.values[random.integer(0, 4_095)] ?? 0) + waitAt(wait, random.unit()),
      )
      drawnOnes[bucket] = (drawnOnes[bucket] ?? 0) + 1
    }
    const p95 = (latencyAt(drawnOnes, 0.95) ?? 0) / (latencyAt(asker.series.latency, 0.95) ?? 1) - 1
    figures.push({
      queue: `M/G/${servers}`,
      utilisation,
      arrivals: count,
      seed,
      waitDifferencePct: 100 * ((wait.share * wait.meanMs) / meanMs - 1),
      p95DifferencePct: 100 * p95,
    })
    expect(
      Math.abs((wait.share * wait.meanMs) / meanMs - 1),
      `mean wait, seed ${seed}`,
    ).toBeLessThan(0.1)
    expect(Math.abs(p95), `p95, seed ${seed}`).toBeLessThan(0.03)
  },
)
