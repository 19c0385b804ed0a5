/**
 * How many queries a tenant asks: exactly its volume in a whole month, in parts what is left of it.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  hourFinder,
  queryCounter,
  weightUpTo,
} from '../../../../../harness/simulate/demand/counts.ts'
import type { PlannedMonth, SimulationPlan } from '../../../../../harness/simulate/plan.ts'
import { hourMs } from '../../../../../src/base/clock.ts'
import { planOf } from '../engine/plans.ts'

// At 0 a hair of rounding is a query.
const phase = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((each) => each / 2 ** 32),
)
const demand = fc.record({
  peakToTrough: fc.constantFrom(1, 4, 1_000),
  weekendRate: fc.constantFrom(0, 0.4, 1, 3),
})

function countsOf(plan: SimulationPlan, phases: readonly number[]): readonly (readonly number[])[] {
  const counter = queryCounter(plan.fleet, 0, Float64Array.from(phases))
  return phases.map((_phase, tenant) =>
    plan.months.flatMap((month) =>
      month.segments.map((segment) => counter.next(tenant, month, segment).count),
    ),
  )
}

const sum = (counts: readonly number[] | undefined): number =>
  (counts ?? []).reduce((all, each) => all + each, 0)

describe('a counter', () => {
  it("gives a whole month's volume exactly, whatever the segments, the demand and the phase", () => {
    const some = fc.record({
      queries: fc.integer({ min: 1, max: 1_000_000 }),
      own: phase,
      weights: demand,
      days: fc.uniqueArray(fc.integer({ min: 1, max: 29 }), { maxLength: 8 }),
      months: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(some, ({ queries, own, weights, days, months }) => {
        const cuts = days.map((day) => Date.UTC(2027, 0, day + 1))
        const plan = planOf({
          tenants: [{ queries }],
          simulation: { from: '2027-01-01', months, demand: weights },
          epochs: cuts.toSorted((one, other) => one - other),
        })
        expect(sum(countsOf(plan, [own])[0])).toBe(queries * months)
      }),
    )
  })

  it.each([
    [300, 1],
    [7, 3],
    [5_000, 3],
    [99_999, 3],
  ])(
    'loses none of %d to rounding in sums over %d days and the rest of a month',
    (queries, days) => {
      const epochs = Array.from({ length: days }, (_each, day) => Date.UTC(2027, 0, day + 2))
      const plan = planOf({
        tenants: [{ queries }],
        simulation: {
          from: '2027-01-01',
          months: 1,
          demand: { peakToTrough: 4, weekendRate: 0.4 },
        },
        epochs,
      })
      expect(sum(countsOf(plan, [0])[0])).toBe(queries)
    },
  )

  it('gives each of the months its volume, with growth to the nearest whole query', () => {
    const plan = planOf({
      tenants: [{ queries: 1_000 }],
      simulation: {
        from: '2026-11-01',
        months: 12,
        demand: { growthPctPerMonth: 10, peakToTrough: 3 },
      },
    })
    const [counts] = countsOf(plan, [0.3])
    for (const [at, count] of (counts ?? []).entries())
      expect(Math.abs(count - 1_000 * 1.1 ** at)).toBeLessThan(1)
    expect(Math.abs(sum(counts) - (1_000 * (1.1 ** 12 - 1)) / 0.1)).toBeLessThan(1)
    expect(
      sum(
        countsOf(
          planOf({
            tenants: [{ queries: 1_000 }],
            simulation: { from: '2026-11-01', months: 3, demand: { growthPctPerMonth: -99 } },
          }),
          [0.3],
        )[0],
      ),
    ).toBe(1_010)
  })

  it('loses no query of a tenant that asks less than once in a segment', () => {
    const plan = planOf({
      tenants: Array.from({ length: 400 }, () => ({ queries: 1 })),
      simulation: { from: '2026-11-01', days: 3 },
    })
    const all = countsOf(
      plan,
      plan.fleet.ids.map((_id, at) => (at + 0.5) / 400),
    ).reduce((total, counts) => total + sum(counts), 0)
    expect(all).toBe(40)
  })

  it('gives whoever comes or goes in the middle of a month a part of it', () => {
    const half = Date.UTC(2026, 10, 16)
    const plan = planOf({
      tenants: [
        { queries: 1_000, fromMs: half },
        { queries: 1_000, untilMs: half },
        { queries: 1_000, fromMs: half, untilMs: half + 6 * 24 * hourMs },
        { queries: 1_000, fromMs: Date.UTC(2026, 11, 1) },
      ],
      simulation: { from: '2026-11-01', months: 1 },
    })
    expect(countsOf(plan, [0.1, 0.2, 0.3, 0.4]).map(sum)).toEqual([500, 500, 200, 0])
  })

  it('gives two halves of a stay together what the stay has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 720 * 60 }), demand, phase, (minute, weights, own) => {
        const atMs = Date.UTC(2026, 10, 1) + minute * 60_000
        const plan = planOf({
          tenants: [
            { queries: 5_000, untilMs: atMs },
            { queries: 5_000, fromMs: atMs },
          ],
          simulation: { from: '2026-11-01', months: 1, demand: weights },
        })
        expect(
          Math.abs(
            countsOf(plan, [own, own]).reduce((all, counts) => all + sum(counts), 0) - 5_000,
          ),
        ).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('the hour of a weight', () => {
  it('is the one in which it lies, also where hours have no weight', () => {
    fc.assert(
      fc.property(
        demand,
        fc.double({ min: 0, max: 0.999_999_9, noNaN: true }),
        (weights, share) => {
          const [month] = planOf({
            tenants: [{ queries: 1 }],
            simulation: { from: '2026-11-01', months: 1, demand: weights },
          }).months as [PlannedMonth]
          const weight = share * (month.weightSums[month.hoursOfMonth] ?? 0)
          const hour = hourFinder(month)(weight)
          expect(month.weightSums[hour]).toBeLessThanOrEqual(weight)
          expect(month.weightSums[hour + 1]).toBeGreaterThan(weight)
          expect(
            weightUpTo(
              month,
              hour +
                (weight - (month.weightSums[hour] ?? 0)) /
                  ((month.weightSums[hour + 1] ?? 0) - (month.weightSums[hour] ?? 0)),
            ),
          ).toBeCloseTo(weight, 6)
        },
      ),
    )
  })
})
