/** Groups on threads: the same result on any number of them, stops and failures heard. */
import { describe, expect, it } from 'vitest'
import { collector, type SimulationOutcome } from '../../../../../harness/simulate/run/outcome.ts'
import { runGroups } from '../../../../../harness/simulate/run/run-groups.ts'
import type { SimulationPlan } from '../../../../../harness/simulate/plan.ts'
import { rejectionOf } from '../../../support/failures.ts'
import { planOf, type WrittenPlan } from '../engine/plans.ts'

const written: WrittenPlan = {
  tenants: Array.from({ length: 12 }, (_each, at) => ({ queries: 40 + at, isNew: at % 2 === 0 })),
  simulation: { from: '2026-05-20', months: 2, demand: { peakToTrough: 3 } },
  limits: { maxInFlight: 2 },
  rates: { abortedStreams: 0.05, unavailable: 0.02, cachedAnswers: 0.1 },
}
const groups = Int32Array.of(0, 3, 4, 9, 11, 12)

const text = (outcome: SimulationOutcome): string =>
  JSON.stringify(outcome, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`
    return value instanceof Map
      ? [...(value as Map<unknown, unknown>)]
      : ArrayBuffer.isView(value)
        ? [...(value as Float64Array)]
        : value
  })

async function outcomeOf(
  plan: SimulationPlan,
  workers: number,
  signal = new AbortController().signal,
): Promise<SimulationOutcome & { readonly heard: readonly number[] }> {
  const collected = collector(plan)
  const heard: number[] = []
  await runGroups(plan, {
    workers,
    signal,
    onResult: (result) => {
      heard.push(result.group)
      collected.add(result)
    },
  })
  return {
    ...collected.finish({
      sharedMonthlyUsd: { postgres: '100.000000000007' },
      allocation: 'proportional-to-queries',
      lateEvents: 0.001,
      hasMinimums: true,
    }),
    heard,
  }
}

const planAt = (
  grain: SimulationPlan['grain'],
  change: Partial<SimulationPlan> = {},
): SimulationPlan => {
  const plan = planOf(written)
  return { ...plan, grain, fleet: { ...plan.fleet, groupStarts: groups }, ...change }
}

it('one, two and four threads come to the same bytes, in the order of groups; another seed to others', async () => {
  const [one, two, four] = await Promise.all([
    outcomeOf(planAt('event'), 1),
    outcomeOf(planAt('event'), 2),
    outcomeOf(planAt('event'), 4),
  ])
  expect(one.heard).toEqual([0, 1, 2, 3, 4])
  expect(text(two)).toBe(text(one))
  expect(text(four)).toBe(text(one))
  expect(text(await outcomeOf(planAt('event', { seed: 2 }), 1))).not.toBe(text(one))
})

describe('what goes wrong', () => {
  it("is the first failing group's fault, on any number of threads", async () => {
    // Half a second a day is no load; the second group alone has a tenant that is too much.
    const plan = planAt('query')
    const queriesPerMonth = Float64Array.from(plan.fleet.queriesPerMonth, (queries, at) =>
      at === 3 || at === 11 ? 5_000_000 : queries,
    )
    const busy = { ...plan, fleet: { ...plan.fleet, queriesPerMonth } }
    const errors = [await rejectionOf(outcomeOf(busy, 1)), await rejectionOf(outcomeOf(busy, 2))]
    expect(errors.map(({ code, detail }) => [code, detail])).toEqual(
      [0, 1].map(() => [
        'TB_SIMULATION_BUSY',
        expect.stringMatching(/of the places in the service/) as string,
      ]),
    )
    expect(errors[0]?.detail).toBe(errors[1]?.detail)
  })

  it.each([1, 2])('a stop is heard on %d threads', async (workers) => {
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    await expect(outcomeOf(planAt('event'), workers, stop.signal)).rejects.toThrow('stopped')
  })
})
