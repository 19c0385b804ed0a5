/**
 * The three grains against each other: one plan, three ways. Here with 100,000 queries;
 * TENANTBENCH_GRAIN_QUERIES=1000000 takes a million, and TENANTBENCH_OUT names a file for the
 * figures.
 */
import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { busyHours, type BusiestHour } from '../../../../../harness/simulate/engine/busy-hours.ts'
import { simulateGroup, type GroupResult } from '../../../../../harness/simulate/engine/group.ts'
import {
  latencySeries,
  percentilesOf,
} from '../../../../../harness/simulate/engine/latency-buckets.ts'
import type { Grain } from '../../../../../harness/scenario/simulation-schema.ts'
import type { SimulationPlan } from '../../../../../harness/simulate/plan.ts'
import { usdAsNumber, type PicoUsd } from '../../../../../src/base/money.ts'
import { sumFractions } from '../../../../../src/base/fraction.ts'
import { roundedUsd } from '../../../../../src/index.ts'
import { thrownBy } from '../../../support/failures.ts'
import { planOf, someVariant, type WrittenPlan } from './plans.ts'

const queries = Number(process.env['TENANTBENCH_GRAIN_QUERIES'] ?? 100_000)
const tenants = 200
const figures: object[] = []
afterAll(() => {
  const out = process.env['TENANTBENCH_OUT']
  if (out !== undefined) writeFileSync(out, JSON.stringify({ queries, grains: figures }))
})

const written: WrittenPlan = {
  tenants: Array.from({ length: tenants }, (_each, at) => ({
    queries: queries / tenants,
    tier: at % 2,
  })),
  simulation: {
    from: '2026-11-01',
    months: 1,
    demand: { peakToTrough: 4, peakHourUtc: 15, weekendRate: 0.4 },
  },
}
// Every second tenant has another configuration; prompts cross no cliff.
const twoVariants = {
  variants: [someVariant, { ...someVariant, topK: 3, rerank: false }],
  change: { variantOf: [Int32Array.from({ length: tenants }, (_each, at) => at % 2)] },
}

function busiestOf(plan: SimulationPlan): BusiestHour | null {
  const group = {
    plan,
    number: 0,
    first: 0,
    end: tenants,
    keys: [],
    numbers: new Float64Array(tenants),
  }
  return plan.months
    .map((month) => busyHours(group, month).busiest)
    .reduce((one, other) => ((other?.utilisation ?? 0) > (one?.utilisation ?? 0) ? other : one))
}

/**
 * The plan with a few places, or connections, and everything as much slower as makes the busiest
 * hour so busy.
 */
function busyTo(
  utilisation: number,
  of: 'maxInFlight' | 'connections',
  plan: SimulationPlan,
): SimulationPlan {
  const limited = {
    ...plan,
    limits: { ...plan.limits, [of]: Math.max(3, Math.round(queries / 50_000)) },
  }
  const factor = utilisation / (busiestOf(limited)?.utilisation ?? 1)
  const slower = (table: Float64Array): Float64Array => table.map((each) => each * factor)
  const { embedMs, retrieveMs, hydrateMs, rerankMs, otherMs } = limited.stages
  if (of === 'connections')
    return { ...limited, stages: { ...limited.stages, hydrateMs: slower(hydrateMs) } }
  return {
    ...limited,
    stages: {
      embedMs: slower(embedMs),
      retrieveMs: slower(retrieveMs),
      hydrateMs: slower(hydrateMs),
      rerankMs: slower(rerankMs),
      otherMs: slower(otherMs),
    },
    variants: limited.variants.map((variant) => ({
      ...variant,
      firstTokenMs: slower(variant.firstTokenMs),
      msPerToken: slower(variant.msPerToken),
    })),
  }
}

interface Told {
  readonly costUsd: number
  readonly p50: number | null
  readonly p95: number | null
  readonly counts: GroupResult['tally']['counts']
  readonly tokens: readonly number[]
}

function told(plan: SimulationPlan, grain: Grain): Told {
  const { tally, bills } = simulateGroup({ ...plan, grain }, 0)
  const all = latencySeries()
  const tokens = [0, 0]
  for (const { latency, promptTokens, answerTokens } of tally.series.values()) {
    for (const [bucket, count] of latency.entries()) all[bucket] = (all[bucket] ?? 0) + count
    tokens[0] = (tokens[0] ?? 0) + promptTokens
    tokens[1] = (tokens[1] ?? 0) + answerTokens
  }
  const cost: PicoUsd = roundedUsd(sumFractions(bills.flatMap((bill) => bill.tenants)))
  const { count, p50, p95 } = percentilesOf(all)
  if (count > 0) expect(Math.abs(count - tally.counts.finished)).toBeLessThanOrEqual(1)
  return { costUsd: usdAsNumber(cost), p50, p95, counts: { ...tally.counts }, tokens }
}

const faults = { abortedStreams: 0.01, unavailable: 0.02, cachedAnswers: 0.2 } as const
const cases: readonly {
  readonly what: string
  readonly utilisation: number | null
  readonly of: 'maxInFlight' | 'connections'
  readonly plan: WrittenPlan
}[] = [
  { what: 'without limits', utilisation: null, of: 'maxInFlight', plan: written },
  {
    what: 'with places just below 70 % busy',
    utilisation: 0.695,
    of: 'maxInFlight',
    plan: { ...written, ...twoVariants },
  },
  {
    what: 'with connections just below 70 % busy',
    utilisation: 0.695,
    of: 'connections',
    plan: written,
  },
  {
    what: 'with places just below 70 % busy, broken streams, 503 and cached answers',
    utilisation: 0.695,
    of: 'maxInFlight',
    plan: { ...written, ...twoVariants, rates: faults },
  },
  {
    what: 'with many broken streams and few attempts',
    utilisation: null,
    of: 'maxInFlight',
    plan: { ...written, rates: { abortedStreams: 0.1, unavailable: 0.1 }, limits: { attempts: 2 } },
  },
  {
    what: 'with a timeout that one in ten meets',
    utilisation: 0.65,
    of: 'maxInFlight',
    plan: { ...written, limits: { timeoutMs: 60_000 } },
  },
]

describe('event, query and hour', () => {
  it.each(cases)(
    'agree $what',
    { timeout: 120_000 },
    ({ what, utilisation, of, plan: writtenPlan }) => {
      const free = planOf(writtenPlan)
      const plan = utilisation === null ? free : busyTo(utilisation, of, free)
      const busiest = busiestOf(plan)?.utilisation ?? null
      if (utilisation !== null)
        expect([(busiest ?? 0) > 0.6, (busiest ?? 1) < 0.7]).toEqual([true, true])
      const event = told(plan, 'event')
      expect(event.counts.arrived).toBe(queries)
      for (const grain of ['query', 'hour'] as const) {
        const other = told(plan, grain)
        const off = (one: number | null, another: number | null): number =>
          (one ?? NaN) / (another ?? NaN) - 1
        const differences = {
          costPct: 100 * off(other.costUsd, event.costUsd),
          p50Pct: 100 * off(other.p50, event.p50),
          p95Pct: 100 * off(other.p95, event.p95),
        }
        figures.push({
          what,
          grain,
          busiestPct: busiest === null ? null : 100 * busiest,
          ...differences,
        })
        const said = `${grain}, seed ${plan.seed}: ${JSON.stringify({ differences, event, other })}`
        // Of what is drawn and not of what is counted, a part is chance: a tenth of a percent of a
        // million.
        expect(Math.abs(differences.costPct), said).toBeLessThan(
          writtenPlan.rates === undefined ? 0.1 : Math.max(0.1, 100 / Math.sqrt(queries)),
        )
        expect(Math.abs(differences.p50Pct), said).toBeLessThan(3)
        expect(Math.abs(differences.p95Pct), said).toBeLessThan(3)
        // Counts of what is drawn: within five standard errors of each other.
        for (const name of [
          'finished',
          'failed',
          'fromCache',
          'timedOut',
          'aborted',
          'unavailable',
        ] as const)
          expect(
            Math.abs(other.counts[name] - event.counts[name]),
            `${name}, ${said}`,
          ).toBeLessThanOrEqual(
            5 * Math.sqrt(Math.min(event.counts[name], queries - event.counts[name]) + 1) +
              (name === 'finished' || name === 'failed' || name === 'timedOut'
                ? 0.01 * queries
                : 0),
          )
        for (const [at, tokens] of other.tokens.entries())
          expect(Math.abs(off(tokens, event.tokens[at] ?? 0)), said).toBeLessThan(0.005)
        // A query has the same tokens and the same fate at both grains that draw; who gives up
        // waiting is drawn anew where no queue is simulated.
        const isSame = grain === 'query' && writtenPlan.limits?.timeoutMs === undefined
        if (isSame)
          expect([
            other.counts.fromCache,
            other.counts.aborted,
            other.counts.unavailable,
            other.costUsd,
          ]).toEqual([
            event.counts.fromCache,
            event.counts.aborted,
            event.counts.unavailable,
            event.costUsd,
          ])
      }
    },
  )

  it('of a fleet of tenants too small for a fault each lose nothing at grain hour', () => {
    const small = planOf({
      ...written,
      tenants: Array.from({ length: 500 }, () => ({ queries: 3 })),
      rates: faults,
    })
    const [event, hour] = [told(small, 'event'), told(small, 'hour')]
    expect(hour.counts.fromCache).toBe(300)
    expect(hour.counts.unavailable).toBeGreaterThan(20)
    expect(Math.abs(hour.costUsd / event.costUsd - 1)).toBeLessThan(0.05)
  })
})

describe('above 70 %', () => {
  const free = planOf({ ...written, simulation: { from: '2026-11-02', days: 3 } })
  const busy = busyTo(0.75, 'maxInFlight', free)

  it('query refuses, and says when and what', () => {
    expect(busiestOf(busy)?.utilisation).toBeGreaterThan(0.7)
    expect(thrownBy(() => told(busy, 'query'))).toMatchObject({
      code: 'TB_SIMULATION_BUSY',
      detail: expect.stringMatching(
        /^In the hour from 2026-11-0\dT\d\d:00:00\.000Z \d+ % of the places in the service of the service are in use\.$/,
      ) as string,
    })
  })

  it('hour tells costs and no latencies', () => {
    const { p50, costUsd } = told(busy, 'hour')
    expect(p50).toBeNull()
    expect(Math.abs(costUsd / told(busy, 'event').costUsd - 1)).toBeLessThan(0.01)
  })

  it('of a single month is too busy for latencies of all', () => {
    const growing = planOf({
      ...written,
      simulation: { from: '2026-11-01', months: 3, demand: { growthPctPerMonth: 100 } },
    })
    const quiet = busyTo(0.6, 'maxInFlight', { ...growing, months: growing.months.slice(0, 1) })
    expect(told(quiet, 'hour').p50).toBeGreaterThan(0)
    const { p50, counts } = told({ ...quiet, months: growing.months }, 'hour')
    expect([p50, counts.finished]).toEqual([null, 7 * queries])
  })

  it('a limit of a provider is looked at as well', () => {
    const limited = {
      ...free,
      limits: {
        ...free.limits,
        providers: [{ provider: 'openai' as const, requestsPerMinute: 1, tokensPerMinute: null }],
      },
    }
    expect(thrownBy(() => told(limited, 'query'))).toMatchObject({
      code: 'TB_SIMULATION_BUSY',
      detail: expect.stringMatching(/of the requests a minute of openai are in use/) as string,
    })
  })
})
