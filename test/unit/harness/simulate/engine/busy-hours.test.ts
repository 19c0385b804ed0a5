/** How busy hours are, against what the event engine has under way. */
import { describe, expect, it } from 'vitest'
import { busyHours, type BusyHours } from '../../../../../harness/simulate/engine/busy-hours.ts'
import { simulateGroup } from '../../../../../harness/simulate/engine/group.ts'
import { middleOf } from '../../../../../harness/simulate/engine/latency-buckets.ts'
import type { PlannedMonth, SimulationPlan } from '../../../../../harness/simulate/plan.ts'
import { hourMs } from '../../../../../src/base/clock.ts'
import { planOf, type WrittenPlan } from './plans.ts'

const written: WrittenPlan = {
  tenants: [{ queries: 7_200 }, { queries: 14_400 }],
  simulation: { from: '2026-11-01', months: 1 },
}
const hoursOf = (plan: SimulationPlan): BusyHours =>
  busyHours(
    {
      plan,
      number: 0,
      first: 0,
      end: plan.fleet.ids.length,
      keys: [],
      numbers: new Float64Array(2),
    },
    plan.months[0] as PlannedMonth,
  )

describe('utilisation', () => {
  it.each([
    ['as nothing goes wrong', {}],
    [
      'with broken streams, 503 and cached answers',
      { abortedStreams: 0.1, unavailable: 0.1, cachedAnswers: 0.25 },
    ],
  ])('is what is under way on average over the places, %s', (_what, rates) => {
    const plan = planOf({ ...written, rates, limits: { maxInFlight: 1_000 } })
    const { tally } = simulateGroup(plan, 0)
    let sumMs = 0
    for (const { latency } of tally.series.values())
      for (const [bucket, count] of latency.entries()) sumMs += count * middleOf(bucket)
    const { utilisation, resource } = hoursOf(plan).busiest ?? { utilisation: 0, resource: null }
    expect(resource).toBe('places in the service')
    // Cached answers take five milliseconds, and no place.
    expect(Math.abs(utilisation / (sumMs / (720 * hourMs) / 1_000) - 1)).toBeLessThan(0.015)
  })

  it('of provider limits counts every call, and of the busiest tells which and when', () => {
    const limits = {
      providers: [
        { provider: 'openai', requestsPerMinute: 4, tokensPerMinute: null },
        { provider: 'pinecone', requestsPerMinute: 2, tokensPerMinute: null },
      ],
    } as const
    // 30 an hour: an embedding and a chat each, a query and a reranking each; one in ten chats is
    // made again.
    const plan = planOf({ ...written, limits, rates: { abortedStreams: 0.1 } })
    expect(hoursOf(plan).busiest).toEqual({
      resource: 'requests a minute',
      of: 'pinecone',
      utilisation: expect.closeTo(0.5, 9) as number,
      atMs: Date.UTC(2026, 10, 1),
    })
    const { utilisation } = hoursOf({
      ...plan,
      limits: { ...plan.limits, providers: [limits.providers[0]] },
    }).busiest ?? { utilisation: 0 }
    expect(utilisation).toBeCloseTo((0.5 * (2 + 0.111)) / 4, 9)
  })

  it('peaks where demand does, and counts who is there', () => {
    const plan = planOf({
      ...written,
      tenants: [
        { queries: 7_200, untilMs: Date.UTC(2026, 10, 20) },
        { queries: 7_200, fromMs: Date.UTC(2026, 10, 18) },
      ],
      simulation: {
        from: '2026-11-01',
        months: 1,
        demand: { peakToTrough: 4, peakHourUtc: 15.5, weekendRate: 0.5 },
      },
      limits: { maxInFlight: 10 },
    })
    // Both are there on the 18th and the 19th, which are Wednesday and Thursday.
    expect(hoursOf(plan).busiest?.atMs).toBe(Date.UTC(2026, 10, 18, 15))
    expect(hoursOf(planOf(written))).toEqual({ busiest: null, admission: null, connection: null })
  })
})
