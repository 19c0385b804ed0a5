/** What a load may say, and the faults that need its tenants. */
import { describe, expect, it } from 'vitest'
import { loadFaults } from '../../../../harness/scenario/load-faults.ts'
import {
  expectedArrivals,
  loadSchema,
  stayOf,
  type WrittenLoad,
} from '../../../../harness/scenario/load-schema.ts'

const arrivals = { kind: 'poisson', ratePerSecond: 10 }
const load = (more: object = {}): WrittenLoad =>
  loadSchema.parse({ durationSeconds: 60, warmupSeconds: 10, arrivals, ...more })
const issuesOf = (written: object): readonly string[] =>
  loadSchema
    .safeParse({ durationSeconds: 60, arrivals, ...written })
    .error?.issues.map(({ path }) => path.join('.')) ?? []
const faultsOf = (more: object, ids: readonly string[] = ['A', 'B', 'C', 'D']): readonly string[] =>
  loadFaults(load(more), ids).map(({ keys, message }) => `${keys.join('.')}: ${message}`)

describe('a load as written', () => {
  it('has what it leaves out filled in', () => {
    expect(
      loadSchema.parse({
        durationSeconds: 60,
        arrivals: { kind: 'trace', path: 'x.csv' },
        search: { lowPerSecond: 1, highPerSecond: 9 },
      }),
    ).toEqual({
      durationSeconds: 60,
      warmupSeconds: 0,
      arrivals: { kind: 'trace', path: 'x.csv', speed: 1 },
      tenants: { kind: 'even' },
      whales: [],
      cold: [],
      churn: [],
      workers: 1,
      maxInFlight: 1_024,
      timeoutMs: 30_000,
      search: {
        lowPerSecond: 1,
        highPerSecond: 9,
        precisionPct: 5,
        stageSeconds: 10,
        p95Ms: 5_000,
        failuresPct: 1,
      },
    })
  })

  it.each([
    ['a warm-up as long as the load', { warmupSeconds: 60 }, 'warmupSeconds'],
    ['no time at all', { durationSeconds: 0 }, 'durationSeconds'],
    ['more than a day', { durationSeconds: 86_401 }, 'durationSeconds'],
    ['an unknown kind', { arrivals: { kind: 'closed' } }, 'arrivals.kind'],
    [
      'a key of another kind',
      { arrivals: { kind: 'constant', ratePerSecond: 1, burstiness: 1 } },
      'arrivals',
    ],
    [
      'a rate of nothing',
      { arrivals: { kind: 'poisson', ratePerSecond: 0 } },
      'arrivals.ratePerSecond',
    ],
    [
      'a rate without end',
      { arrivals: { kind: 'poisson', ratePerSecond: Infinity } },
      'arrivals.ratePerSecond',
    ],
    [
      'a ramp from nothing to nothing',
      { arrivals: { kind: 'ramp', fromPerSecond: 0, toPerSecond: 0 } },
      'arrivals.toPerSecond',
    ],
    [
      'a trough above the peak',
      {
        arrivals: {
          kind: 'diurnal',
          meanPerSecond: 1,
          peakToTrough: 0.5,
          periodSeconds: 10,
          peakAtSeconds: 0,
        },
      },
      'arrivals.peakToTrough',
    ],
    [
      'whales that take all',
      {
        whales: [
          { tenant: 'A', share: 0.5 },
          { tenant: 'B', share: 0.5 },
        ],
      },
      'whales',
    ],
    [
      'a search from high to low',
      { search: { lowPerSecond: 5, highPerSecond: 5 } },
      'search.highPerSecond',
    ],
    ['too many workers', { workers: 17 }, 'workers'],
    ['an unknown key', { rate: 5 }, ''],
  ])('is refused with %s', (_case, written, place) => expect(issuesOf(written)).toEqual([place]))
})

describe('faults that need the tenants', () => {
  it('are none in a load that has everything', () => {
    expect(
      faultsOf({
        whales: [{ tenant: 'A', share: 0.5 }],
        cold: ['C'],
        churn: [{ tenant: 'D', joinsAtSeconds: 10, leavesAtSeconds: 40 }],
        aggressor: { tenant: 'B', ratePerSecond: 40, onSeconds: 10, offSeconds: 10 },
        search: { lowPerSecond: 10, highPerSecond: 100 },
      }),
    ).toEqual([])
  })

  it('are told of every unknown name at once', () => {
    const unknown = {
      tenants: { kind: 'share', shares: { A: 1, V: 1 } },
      whales: [{ tenant: 'W', share: 0.5 }],
      cold: ['X'],
      churn: [{ tenant: 'Y' }],
      aggressor: { tenant: 'Z', ratePerSecond: 1, onSeconds: 1, offSeconds: 1 },
    }
    const places = {
      V: 'tenants.shares.V',
      W: 'whales.0.tenant',
      X: 'cold.0',
      Y: 'churn.0.tenant',
      Z: 'aggressor.tenant',
    }
    expect(faultsOf(unknown)).toEqual(
      Object.entries(places).map(
        ([tenant, place]) => `load.${place}: there is no tenant "${tenant}"`,
      ),
    )
  })

  it.each([
    ['a tenant twice in a list', { cold: ['C', 'C'] }, 'load.cold.1: tenant C is there already'],
    [
      'a whale that is cold',
      { whales: [{ tenant: 'A', share: 0.5 }], cold: ['A'] },
      'load.cold.0: A is a whale, and cannot be cold as well',
    ],
    [
      'an aggressor that is cold',
      { cold: ['A'], aggressor: { tenant: 'A', ratePerSecond: 1, onSeconds: 1, offSeconds: 1 } },
      'load.cold.0: A is the aggressor, and cannot be cold as well',
    ],
    [
      'leaving at the moment of joining',
      { churn: [{ tenant: 'A', joinsAtSeconds: 5, leavesAtSeconds: 5 }] },
      'load.churn.0.leavesAtSeconds: leaves at 5 s, not after it joins at 5 s',
    ],
    [
      'leaving at once',
      { churn: [{ tenant: 'A', leavesAtSeconds: 0 }] },
      'load.churn.0.leavesAtSeconds: leaves before it could be asked anything',
    ],
    [
      'joining at the end',
      { churn: [{ tenant: 'A', joinsAtSeconds: 60 }] },
      'load.churn.0.joinsAtSeconds: joins at 60 s, and the load ends at 60 s',
    ],
    [
      'an aggressor that is never on',
      { aggressor: { tenant: 'A', ratePerSecond: 1, onSeconds: 1, offSeconds: 50 } },
      'load.aggressor.offSeconds: the first window after warm-up is quiet, and it lasts to the ' +
        'end at 60 s: it is never noisy',
    ],
    [
      'a cold tenant that left during warm-up',
      { cold: ['A'], churn: [{ tenant: 'A', leavesAtSeconds: 10 }] },
      'load.cold.0: A is asked once after warm-up, and by churn it is not there then',
    ],
    [
      'nobody but the cold',
      { cold: ['A', 'B', 'C', 'D'] },
      'load.tenants: every tenant is cold or without a share: nobody is left to be asked',
    ],
    [
      'shares of nothing',
      { tenants: { kind: 'share', shares: { A: 0 } } },
      'load.tenants: every tenant is cold or without a share: nobody is left to be asked',
    ],
    [
      'a time without anybody',
      {
        tenants: { kind: 'share', shares: { A: 1, B: 1 } },
        churn: [
          { tenant: 'A', leavesAtSeconds: 20 },
          { tenant: 'B', joinsAtSeconds: 30 },
        ],
      },
      'load.churn: nobody is there to be asked at 20 s',
    ],
    [
      'a search for the rate of a trace',
      {
        arrivals: { kind: 'trace', path: 'x.csv' },
        search: { lowPerSecond: 10, highPerSecond: 20 },
      },
      'load.search: a trace has its own rate, so there is none to search for; take another kind of arrivals',
    ],
    [
      'too many arrivals',
      { arrivals: { kind: 'ramp', fromPerSecond: 0, toPerSecond: 1_000_000 } },
      'load.arrivals: about 30 million arrivals are planned, and at most 20 million can be: ' +
        'lower the rate or the duration',
    ],
    [
      'too much noise',
      { aggressor: { tenant: 'A', ratePerSecond: 1_000_000, onSeconds: 15, offSeconds: 10 } },
      'load.aggressor.ratePerSecond: about 30 million arrivals are planned, and at most 20 ' +
        'million can be: lower the rate or the duration',
    ],
    [
      'a search that goes too high',
      { search: { lowPerSecond: 10, highPerSecond: 1_000_000, stageSeconds: 21 } },
      'load.search.highPerSecond: about 21 million arrivals are planned, and at most 20 ' +
        'million can be: lower the rate or the duration',
    ],
    [
      'a search whose lowest rate asks too little',
      { search: { lowPerSecond: 5, highPerSecond: 50, stageSeconds: 8 } },
      'load.search.stageSeconds: the lowest rate is asked 40 times, and its p95 needs 90: ' +
        'lengthen stageSeconds or raise lowPerSecond',
    ],
  ])('are told of %s', (_case, more, fault) => expect(faultsOf(more)).toEqual([fault]))

  it('are not told of exactly 20 million', () =>
    expect(
      faultsOf({ durationSeconds: 20, arrivals: { kind: 'constant', ratePerSecond: 1_000_000 } }),
    ).toEqual([]))

  it('leave a load alone in which others take over in time', () =>
    expect(
      faultsOf(
        {
          churn: [
            { tenant: 'A', leavesAtSeconds: 20 },
            { tenant: 'B', joinsAtSeconds: 20 },
          ],
        },
        ['A', 'B'],
      ),
    ).toEqual([]))
})

describe('what is expected', () => {
  it('is the rate over the time', () => expect(expectedArrivals(load(), 30)).toBe(300))
  it('of a ramp is the area below it', () =>
    expect(
      [30, 60].map((until) =>
        expectedArrivals(
          load({ arrivals: { kind: 'ramp', fromPerSecond: 0, toPerSecond: 10 } }),
          until,
        ),
      ),
    ).toEqual([75, 300]))
  it('of whole days is the mean', () =>
    expect(
      expectedArrivals(
        load({
          arrivals: {
            kind: 'diurnal',
            meanPerSecond: 10,
            peakToTrough: 5,
            periodSeconds: 20,
            peakAtSeconds: 3,
          },
        }),
        60,
      ),
    ).toBeCloseTo(600, 6))
  it('of a trace is in its file', () =>
    expect(expectedArrivals(load({ arrivals: { kind: 'trace', path: 'x.csv' } }), 60)).toBeNull())
})

describe('a stay', () => {
  it.each([
    ['is the whole load', {}, [0, 60]],
    ['begins when the tenant joins', { churn: [{ tenant: 'A', joinsAtSeconds: 5 }] }, [5, 60]],
    ['ends when the tenant leaves', { churn: [{ tenant: 'A', leavesAtSeconds: 5 }] }, [0, 5]],
    [
      'ends with the load at the latest',
      { churn: [{ tenant: 'A', leavesAtSeconds: 500 }] },
      [0, 60],
    ],
  ])('%s', (_case, more, stay) => expect(Object.values(stayOf(load(more), 'A'))).toEqual(stay))
})
