/** What holds of every plan, whatever is drawn. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadFaults } from '../../../../../harness/scenario/load-faults.ts'
import {
  loadSchema,
  stayOf,
  type WrittenLoad,
} from '../../../../../harness/scenario/load-schema.ts'
import {
  planLoad,
  windowAt,
  type LoadPlan,
} from '../../../../../harness/workload/load/plan-load.ts'

const ids = ['A', 'B', 'C', 'D', 'E']
const tenants = ids.map((id, at) => ({ id, questions: at + 3, cells: at + 1 }))
const parse = (written: object): WrittenLoad =>
  loadSchema.parse({
    durationSeconds: 60,
    arrivals: { kind: 'poisson', ratePerSecond: 20 },
    ...written,
  })
const plan = (load: WrittenLoad, seed = 1): LoadPlan => planLoad({ seed, load, tenants })
const countsOf = ({ tenant }: LoadPlan): number[] =>
  tenants.map((_each, at) => tenant.filter((each) => each === at).length)

const rate = fc.double({ min: 0.5, max: 40, noNaN: true })
const arrivals = fc.oneof(
  fc.record({ kind: fc.constantFrom('constant', 'poisson'), ratePerSecond: rate }),
  fc.record({
    kind: fc.constant('gamma'),
    ratePerSecond: rate,
    burstiness: fc.double({ min: 0.05, max: 20, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('ramp'),
    fromPerSecond: rate,
    toPerSecond: fc.oneof(rate, fc.constant(0)),
  }),
  fc.record({
    kind: fc.constant('diurnal'),
    meanPerSecond: rate,
    peakToTrough: fc.double({ min: 1, max: 1_000, noNaN: true }),
    periodSeconds: fc.integer({ min: 1, max: 100 }),
    peakAtSeconds: fc.integer({ min: 0, max: 100 }),
  }),
)
const mixes = fc.oneof(
  fc.constant({ kind: 'even' }),
  fc.record({
    kind: fc.constant('share'),
    shares: fc.constantFrom({ A: 1 }, { A: 3, B: 1 }, { B: 0.1, E: 0.2 }),
  }),
  fc.record({ kind: fc.constant('zipf'), exponent: fc.double({ min: 0, max: 3, noNaN: true }) }),
  fc.record({ kind: fc.constant('lognormal'), sigma: fc.double({ min: 0, max: 3, noNaN: true }) }),
)
const seconds = fc.integer({ min: 0, max: 60 })
const churn = fc.uniqueArray(
  fc.record(
    { tenant: fc.constantFrom(...ids), joinsAtSeconds: seconds, leavesAtSeconds: seconds },
    { requiredKeys: ['tenant'] },
  ),
  { selector: ({ tenant }) => tenant },
)
const windows = fc.record({
  tenant: fc.constantFrom(...ids),
  ratePerSecond: rate,
  onSeconds: fc.integer({ min: 1, max: 20 }),
  offSeconds: fc.integer({ min: 1, max: 20 }),
})
const loads = fc
  .record({
    durationSeconds: fc.integer({ min: 30, max: 60 }),
    warmupSeconds: fc.integer({ min: 0, max: 20 }),
    arrivals,
    tenants: mixes,
    whales: fc.constantFrom([], [{ tenant: 'B', share: 0.4 }]),
    cold: fc.subarray(['C', 'D']),
    churn,
    aggressor: fc.option(windows, { nil: undefined }),
  })
  .map((written) => parse(written))
  .filter((load) => loadFaults(load, ids).length === 0)
const seeds = fc.nat()

/** Every arrival as a line, for comparing. */
function linesOf(
  { atMs, tenant, question, cell, isNoise }: LoadPlan,
  noise: 0 | 1,
): readonly string[] {
  return Array.from(atMs, (at, each) =>
    [at, tenant[each], question[each], cell[each]].join(' '),
  ).filter((_line, each) => isNoise[each] === noise)
}

describe('every plan', () => {
  it('ascends inside the load, and asks what there is', () => {
    fc.assert(
      fc.property(loads, seeds, (load, seed) => {
        const { atMs, tenant, question, cell, isNoise, ...ends } = plan(load, seed)
        expect(ends).toEqual({
          durationMs: load.durationSeconds * 1000,
          warmupMs: load.warmupSeconds * 1000,
        })
        expect([tenant, question, cell, isNoise].map(({ length }) => length)).toEqual(
          [atMs, atMs, atMs, atMs].map(({ length }) => length),
        )
        expect(atMs.every((at, each) => at >= (atMs[each - 1] ?? 0) && at < ends.durationMs)).toBe(
          true,
        )
        expect(
          atMs.every(
            (_at, each) =>
              (question[each] ?? -1) >= 0 &&
              (question[each] ?? -1) < (tenants[tenant[each] ?? -1]?.questions ?? 0) &&
              (cell[each] ?? -1) < (tenants[tenant[each] ?? -1]?.cells ?? 0),
          ),
        ).toBe(true)
      }),
    )
  })

  it('is the same for one seed, byte for byte', () => {
    fc.assert(
      fc.property(loads, seeds, (load, seed) => {
        expect(plan(load, seed)).toEqual(plan(load, seed))
      }),
      { numRuns: 30 },
    )
  })

  it('asks nobody who is not there, and a cold tenant once after warm-up', () => {
    fc.assert(
      fc.property(loads, seeds, (load, seed) => {
        const { atMs, tenant, warmupMs } = plan(load, seed)
        for (const [at, id] of ids.entries()) {
          const { fromSeconds, untilSeconds } = stayOf(load, id)
          const moments = atMs.filter((_moment, each) => tenant[each] === at)
          expect(
            moments.every((moment) => fromSeconds * 1000 <= moment && moment < untilSeconds * 1000),
          ).toBe(true)
          if (load.cold.includes(id))
            expect([moments.length, (moments[0] ?? -1) >= warmupMs]).toEqual([1, true])
        }
      }),
    )
  })

  it('is left as it was by an aggressor, whose own arrivals lie in its windows', () => {
    fc.assert(
      fc.property(loads, seeds, (load, seed) => {
        const { aggressor, ...quiet } = load
        const [with_, without] = [plan(load, seed), plan(quiet, seed)]
        expect(linesOf(with_, 0)).toEqual(linesOf(without, 0))
        expect(linesOf(without, 1)).toEqual([])
        expect(
          with_.atMs.every(
            (at, each) =>
              with_.isNoise[each] === 0 ||
              (windowAt(load, at) === 'noisy' &&
                ids[with_.tenant[each] ?? -1] === aggressor?.tenant),
          ),
        ).toBe(true)
      }),
    )
  })

  it('has the same moments whoever asks', () => {
    fc.assert(
      fc.property(arrivals, mixes, seeds, (how, mix, seed) => {
        expect(plan(parse({ arrivals: how, tenants: mix }), seed).atMs).toEqual(
          plan(parse({ arrivals: how }), seed).atMs,
        )
      }),
      { numRuns: 30 },
    )
  })

  it('asks every question under every cell once, before it asks one again under the same', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        seeds,
        (questions, cells, seed) => {
          const { question, cell } = planLoad({
            seed,
            load: parse({
              arrivals: { kind: 'constant', ratePerSecond: questions * cells },
              durationSeconds: 1,
            }),
            tenants: [{ id: 'A', questions, cells }],
          })
          expect(new Set(Array.from(question, (each, at) => `${each} ${cell[at]}`)).size).toBe(
            questions * cells,
          )
          const asked = new Array<number>(cells).fill(0)
          for (const each of cell) {
            asked[each] = (asked[each] ?? 0) + 1
            expect(Math.max(...asked) - Math.min(...asked)).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })
})

describe('who asks', () => {
  const many = (more: object): number[] =>
    countsOf(plan(parse({ arrivals: { kind: 'constant', ratePerSecond: 1_000 }, ...more })))
  const near = (counts: readonly number[], shares: readonly number[]): void => {
    const total = counts.reduce((sum, each) => sum + each, 0)
    for (const [at, share] of shares.entries())
      expect(Math.abs((counts[at] ?? 0) - total * share)).toBeLessThanOrEqual(
        5 * Math.sqrt(total * share * (1 - share)),
      )
  }

  it('is everybody alike', () => near(many({}), [0.2, 0.2, 0.2, 0.2, 0.2]))
  it('goes by shares, and those without one ask nothing', () =>
    near(many({ tenants: { kind: 'share', shares: { A: 3, B: 1 } } }), [0.75, 0.25, 0, 0, 0]))
  it('goes by the order of the scenario', () =>
    near(
      many({ tenants: { kind: 'zipf', exponent: 1 } }),
      [60, 30, 20, 15, 12].map((each) => each / 137),
    ))
  it('is a whale for its share, the others in their proportions', () =>
    near(
      many({
        tenants: { kind: 'share', shares: { A: 1, B: 3, C: 1 } },
        whales: [{ tenant: 'A', share: 0.6 }],
      }),
      [0.6, 0.3, 0.1, 0, 0],
    ))
  it('is a whale for its share also when others have left', () =>
    near(
      many({
        whales: [{ tenant: 'A', share: 0.6 }],
        churn: ['B', 'C', 'D'].map((tenant) => ({ tenant, leavesAtSeconds: 0.001 })),
      }).map((count, at) => (at === 0 || at === 4 ? count : 0)),
      [0.6, 0, 0, 0, 0.4],
    ))
  it('is only the others once a whale has left', () =>
    expect(
      many({
        whales: [{ tenant: 'A', share: 0.6 }],
        churn: [{ tenant: 'A', joinsAtSeconds: 30 }],
      })[0],
    ).toBeLessThan(0.31 * 60_000))
  it('differs in size by the tenant and not by its position', () => {
    const load = parse({
      arrivals: { kind: 'constant', ratePerSecond: 1_000 },
      tenants: { kind: 'lognormal', sigma: 1.5 },
    })
    const turned = countsOf(planLoad({ seed: 1, load, tenants: tenants.toReversed() })).reverse()
    const total = turned.reduce((sum, each) => sum + each, 0)
    near(
      countsOf(plan(load)),
      turned.map((each) => each / total),
    )
    expect(Math.max(...turned)).toBeGreaterThan(3 * Math.min(...turned))
  })
})

describe('the aggressor', () => {
  const load = parse({
    warmupSeconds: 10,
    aggressor: { tenant: 'B', ratePerSecond: 400, onSeconds: 10, offSeconds: 5 },
  })
  it.each([
    [0, null],
    [9_999, null],
    [10_000, 'quiet'],
    [14_999, 'quiet'],
    [15_000, 'noisy'],
    [24_999, 'noisy'],
    [25_000, 'quiet'],
    [30_000, 'noisy'],
    [54_999, 'noisy'],
    [59_999, 'quiet'],
    [60_000, null],
  ] as const)('at %i ms is %s', (at, window) => expect(windowAt(load, at)).toBe(window))
  it('is nowhere without one', () => expect(windowAt(parse({}), 5_000)).toBeNull())
  it('adds its rate in its windows', () => {
    const added = plan(load).isNoise.reduce((sum, each) => sum + each, 0)
    // 15 to 25, 30 to 40, 45 to 55 and none of 60.
    expect(Math.abs(added - 12_000)).toBeLessThan(5 * Math.sqrt(12_000))
  })
})
