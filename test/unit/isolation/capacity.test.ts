/**
 * The rule that fills indexes. That placement follows it, with a database and all at once, is shown
 * in the integration tests.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decidePlacement, type IndexLoad } from '../../../src/isolation/capacity.ts'

const load = (namespaces: number, changes: Partial<IndexLoad> = {}): IndexLoad => ({
  operatingLimit: 90,
  alertAt: 72,
  namespaces,
  hasAlerted: false,
  ...changes,
})
const full = load(90, { hasAlerted: true })
const nowhere = { index: null, namespaces: 0, alerts: false, needsNext: true }

describe('the next tenant', () => {
  it.each<[string, readonly IndexLoad[], object]>([
    ['needs an index when there is none', [], nowhere],
    ['needs another when all are full', [full, full], nowhere],
    [
      'goes to the only one',
      [load(0)],
      { index: 0, namespaces: 1, alerts: false, needsNext: false },
    ],
    [
      'goes to the first with room, not the emptiest',
      [full, load(80, { hasAlerted: true }), load(0)],
      { index: 1, namespaces: 81, alerts: false, needsNext: false },
    ],
    [
      'does not alert one before the mark',
      [load(70)],
      { index: 0, namespaces: 71, alerts: false, needsNext: false },
    ],
    ['alerts at the mark', [load(71)], { index: 0, namespaces: 72, alerts: true, needsNext: true }],
    [
      'alerts over the mark, if nothing did before',
      [load(80)],
      { index: 0, namespaces: 81, alerts: true, needsNext: true },
    ],
    [
      'does not alert twice, but needs the next index as long as it is missing',
      [load(72, { hasAlerted: true })],
      { index: 0, namespaces: 73, alerts: false, needsNext: true },
    ],
    [
      'alerts for the last index alone',
      [load(71), load(0)],
      { index: 0, namespaces: 72, alerts: false, needsNext: false },
    ],
    [
      'takes the last place',
      [load(89, { hasAlerted: true })],
      { index: 0, namespaces: 90, alerts: false, needsNext: true },
    ],
    [
      'goes by the limits of each index',
      [load(5, { operatingLimit: 5 }), load(1, { operatingLimit: 3, alertAt: 2 })],
      { index: 1, namespaces: 2, alerts: true, needsNext: true },
    ],
  ])('%s', (_case, indexes, decision) => expect(decidePlacement(indexes)).toEqual(decision))

  it('never goes past an index with room, and never over a limit', () => {
    const someLoad = fc.record({
      operatingLimit: fc.integer({ min: 1, max: 4 }),
      alertAt: fc.integer({ min: 1, max: 4 }),
      namespaces: fc.nat(4),
      hasAlerted: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(someLoad, { maxLength: 6 }), (indexes) => {
        const { index, namespaces, alerts, needsNext } = decidePlacement(indexes)
        const before = indexes.slice(0, index ?? indexes.length)
        expect(before.every((each) => each.namespaces >= each.operatingLimit)).toBe(true)
        if (index !== null)
          expect(namespaces).toBeLessThanOrEqual(indexes[index]?.operatingLimit ?? 0)
        expect(alerts && !needsNext).toBe(false)
      }),
    )
  })
})
