/**
 * Fleets in virtual time: by hand, against the trivial reference, and at the size they are made
 * for.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { simulateCapacity } from '../../../../../harness/simulate/capacity/simulate-capacity.ts'
import { drawSignups } from '../../../../../harness/simulate/capacity/signups.ts'
import { thrownBy } from '../../../support/failures.ts'
import { everySeconds, growthOf, lineOf, optionsOf, signupsOf, someOptions } from './cases.ts'
import { trivialFleet } from './trivial-fleet.ts'

const tight = { namespaceLimit: 3, operatingLimit: 2, alertAt: 1 }

describe('0 to 1,000 tenants in 30 days, with ten minutes of lead time', () => {
  const { events, refused, indexes } = simulateCapacity(optionsOf(drawSignups(growthOf({}), 42)))

  it('alerts at exactly 72 in every index but the last, which holds ten', () => {
    const alerts = events.filter(({ event }) => event === 'alert')
    expect(alerts.map(({ index, namespaces }) => `${index} ${namespaces}`)).toEqual(
      Array.from({ length: 11 }, (_each, at) => `index-${at + 1} 72`),
    )
    expect(indexes.map(({ alertedAtSeconds }) => alertedAtSeconds)).toEqual([
      ...alerts.map(({ atSeconds }) => atSeconds),
      null,
    ])
  })

  it('refuses nobody and fills every index but the last to 90', () => {
    expect(refused).toBeNull()
    expect(
      indexes.map(({ name, namespacesAtEnd, peakNamespaces }) => [
        name,
        namespacesAtEnd,
        peakNamespaces,
      ]),
    ).toEqual(
      Array.from({ length: 12 }, (_each, at) => [
        `index-${at + 1}`,
        at < 11 ? 90 : 10,
        at < 11 ? 90 : 10,
      ]),
    )
  })

  it('has each further index ready 600 s after the alert, before anybody needs it', () => {
    const alerts = events.filter(({ event }) => event === 'alert')
    expect(
      events
        .filter(({ event }) => event === 'provision-started')
        .map(({ atSeconds, index }) => [atSeconds, index]),
    ).toEqual(alerts.map(({ atSeconds, index }) => [atSeconds, index]))
    expect(indexes.map(({ readyAtSeconds }) => readyAtSeconds)).toEqual([
      0,
      ...alerts.map(({ atSeconds }) => atSeconds + 600),
    ])
  })
})

describe('by hand: two places an index, the alert at the first', () => {
  // One signup a second. 0 alerts, 1 fills, 2 to 9 find no room, 10 is the first in the new index,
  // 11 fills it, 12 finds no room.
  it('a lead time of ten seconds refuses nine of thirteen', () => {
    const { events, placements, refused, indexes } = simulateCapacity(
      optionsOf(everySeconds(1, 13), { limits: tight, leadTimeSeconds: 10 }),
    )
    expect(refused).toEqual({ count: 9, firstAtSeconds: 2, lastAtSeconds: 12 })
    expect([...placements]).toEqual([0, 0, -1, -1, -1, -1, -1, -1, -1, -1, 1, 1, -1])
    expect(events.filter(({ event }) => event !== 'placement-refused').map(lineOf)).toEqual([
      '0 index-ready index-1 0',
      '0 alert index-1 1',
      '0 provision-started index-1 1',
      '10 index-ready index-2 0',
      '10 alert index-2 1',
      '10 provision-started index-2 1',
      '20 index-ready index-3 0',
    ])
    expect(indexes.map(({ namespacesAtEnd }) => namespacesAtEnd)).toEqual([2, 2, 0])
  })

  it('no lead time refuses nobody, also all at one moment and from no index at all', () => {
    const { events, refused, placements } = simulateCapacity(
      optionsOf(everySeconds(0, 5), { limits: tight, leadTimeSeconds: 0, initialIndexes: 0 }),
    )
    expect(refused).toBeNull()
    expect([...placements]).toEqual([0, 0, 1, 1, 2])
    expect(events.slice(0, 5).map(lineOf)).toEqual([
      '0 provision-started index 0',
      '0 index-ready index-1 0',
      '0 alert index-1 1',
      '0 provision-started index-1 1',
      '0 index-ready index-2 0',
    ])
  })

  it('a quota is alerted of, but nothing is started', () => {
    const { events, refused } = simulateCapacity(
      optionsOf(everySeconds(1, 6), { limits: tight, leadTimeSeconds: 0, maxIndexes: 2 }),
    )
    expect(refused).toEqual({ count: 2, firstAtSeconds: 4, lastAtSeconds: 5 })
    expect(events.map(({ event, index }) => `${event} ${index}`)).toEqual([
      'index-ready index-1',
      'alert index-1',
      'provision-started index-1',
      'index-ready index-2',
      'alert index-2',
      'placement-refused index',
      'placement-refused index',
    ])
  })

  it('who leaves makes room in an early index, which is filled again before a later one', () => {
    const { placements, indexes } = simulateCapacity(
      optionsOf(signupsOf([[0, 4], 1, 2, 5, 6]), { limits: tight, leadTimeSeconds: 0 }),
    )
    expect([...placements]).toEqual([0, 0, 1, 0, 1])
    expect(
      indexes.map(({ peakNamespaces, namespacesAtEnd }) => [peakNamespaces, namespacesAtEnd]),
    ).toEqual([
      [2, 2],
      [2, 2],
      [0, 0],
    ])
  })

  it('at one moment an index is ready before the signup, and who leaves makes room only after it', () => {
    expect([
      ...simulateCapacity(optionsOf(signupsOf([0, 1, 5]), { limits: tight, leadTimeSeconds: 5 }))
        .placements,
    ]).toEqual([0, 0, 1])
    expect([
      ...simulateCapacity(
        optionsOf(signupsOf([[0, 5], 1, 5, 6]), { limits: tight, leadTimeSeconds: 100 }),
      ).placements,
    ]).toEqual([0, 0, -1, 0])
  })

  it('what lies after the end does not happen', () => {
    const { indexes, events } = simulateCapacity(
      optionsOf(
        signupsOf(
          [
            [0, 50],
            [1, 9],
          ],
          20,
        ),
        { limits: tight, leadTimeSeconds: 30 },
      ),
    )
    expect(indexes.map(({ namespacesAtEnd }) => namespacesAtEnd)).toEqual([1])
    expect(events.at(-1)?.event).toBe('provision-started')
  })
})

describe('tenants that are present', () => {
  it.each([
    [0, 1],
    [71, 1],
    [72, 2],
    [90, 2],
    [161, 2],
    [162, 3],
    [180, 3],
  ])('%i are placed at 0 in %i indexes that exist, without an alert', (present, count) => {
    const signups = { ...everySeconds(0, present), present }
    const { events, refused, indexes } = simulateCapacity(
      optionsOf(signups, { leadTimeSeconds: 1e9 }),
    )
    expect([refused, indexes.length]).toEqual([null, count])
    expect(events.map(({ event }) => event)).toEqual(
      Array.from({ length: count }, () => 'index-ready'),
    )
  })

  it('have their place also where the quota is lower', () => {
    const signups = { ...everySeconds(0, 181), present: 181 }
    expect(
      simulateCapacity(optionsOf(signups, { maxIndexes: 1 })).indexes.map(
        ({ namespacesAtEnd }) => namespacesAtEnd,
      ),
    ).toEqual([90, 90, 1])
  })
})

describe('whatever happens', () => {
  it('it is what the trivial reference says', () => {
    fc.assert(
      fc.property(someOptions, (options) => {
        const { placements, events } = simulateCapacity(options)
        expect({ placements: [...placements], events: events.map(lineOf) }).toEqual(
          trivialFleet(options),
        )
      }),
      { numRuns: 300, seed: 42 },
    )
  })

  it('signups are placed or refused, no limit is passed, time never goes back', () => {
    fc.assert(
      fc.property(someOptions, (options) => {
        const { placements, events, refused, indexes } = simulateCapacity(options)
        expect(placements.filter((place) => place === -1)).toHaveLength(refused?.count ?? 0)
        for (const { peakNamespaces, namespacesAtEnd } of indexes)
          expect(
            namespacesAtEnd <= peakNamespaces && peakNamespaces <= options.limits.operatingLimit,
          ).toBe(true)
        expect(
          events.every(({ atSeconds }, at) => atSeconds >= (events[at - 1]?.atSeconds ?? 0)),
        ).toBe(true)
        const stayed = placements.filter(
          (place, tenant) =>
            place !== -1 &&
            (options.signups.leavesAtSeconds[tenant] ?? 0) > options.signups.untilSeconds,
        )
        expect(indexes.reduce((sum, { namespacesAtEnd }) => sum + namespacesAtEnd, 0)).toBe(
          stayed.length,
        )
      }),
      { numRuns: 200, seed: 42 },
    )
  })

  it('is the same twice', () => {
    const outcome = (): unknown =>
      simulateCapacity(
        optionsOf(drawSignups(growthOf({ churnPctPerMonth: 20 }), 7), { leadTimeSeconds: 90_000 }),
      )
    expect(outcome()).toEqual(outcome())
  })
})

it('100,000 signups with churn fill what others left', () => {
  const signups = drawSignups(
    growthOf({ toTenants: 70_000, overSeconds: 365.25 * 86_400, churnPctPerMonth: 6.5 }),
    42,
  )
  const { placements, indexes, refused } = simulateCapacity(optionsOf(signups))
  expect(placements.length).toBeGreaterThan(95_000)
  expect(refused).toBeNull()
  const places = indexes.length * 90
  const held = indexes.reduce((sum, { namespacesAtEnd }) => sum + namespacesAtEnd, 0)
  expect(held / 70_000).toBeCloseTo(1, 1)
  expect(held / places).toBeGreaterThan(0.98)
})

it.each([
  ['signups that go back', signupsOf([5, 4])],
  ['a signup after the end', signupsOf([5], 4)],
  ['a signup before the beginning', signupsOf([-1])],
  ['leaving before coming', signupsOf([[5, 4]])],
  ['no moment', signupsOf([Number.NaN])],
])('%s are a fault of the caller', (_case, signups) =>
  expect(thrownBy(() => simulateCapacity(optionsOf(signups))).code).toBe('TB_BUG'),
)
