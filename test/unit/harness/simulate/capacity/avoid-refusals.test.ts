/**
 * The advice: what it names was simulated, one more is refused again, and where nothing helps it
 * says so.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { avoidRefusals } from '../../../../../harness/simulate/capacity/avoid-refusals.ts'
import {
  simulateCapacity,
  type CapacityOptions,
} from '../../../../../harness/simulate/capacity/simulate-capacity.ts'
import { drawSignups } from '../../../../../harness/simulate/capacity/signups.ts'
import { everySeconds, growthOf, optionsOf, someOptions } from './cases.ts'

const ten = { namespaceLimit: 11, operatingLimit: 10, alertAt: 9 }
const two = { namespaceLimit: 3, operatingLimit: 2, alertAt: 1 }
const refusedWith = (options: CapacityOptions, changes: Partial<CapacityOptions>): number =>
  simulateCapacity({ ...options, ...changes }).refused?.count ?? 0

describe('by hand', () => {
  it(
    'a signup every 100 s: ten places are gone at 900 s, so that 350 s before the next signup ' +
      'is an alert at seven',
    () => {
      expect(
        avoidRefusals(optionsOf(everySeconds(100, 1_000), { limits: ten, leadTimeSeconds: 350 })),
      ).toMatchObject({
        outcome: 'threshold',
        alertAt: 7,
        longestLeadTimeSeconds: 200,
        quota: null,
        sentence:
          'With an alert at 7 of 10 none of the 1,000 signups would have been refused; the same ' +
          'holds for a lead time of at most 3.3 min.',
      })
    },
  )

  it('an alert at the first namespace that is too late leaves the lead time', () => {
    expect(
      avoidRefusals(optionsOf(everySeconds(1, 13), { limits: two, leadTimeSeconds: 10 })),
    ).toMatchObject({
      outcome: 'lead-time',
      refused: 9,
      alertAt: null,
      longestLeadTimeSeconds: 2,
      sentence:
        '9 of 13 signups were refused, and no alert is early enough, not even at 1 of 2; only ' +
        'a lead time of at most 2 s would have avoided it.',
    })
  })

  it('signups at one moment leave only an index that is ready at once', () => {
    expect(
      avoidRefusals(optionsOf(everySeconds(0, 30), { limits: ten, leadTimeSeconds: 10 })).sentence,
    ).toBe(
      '20 of 30 signups were refused, and no alert is early enough, not even at 1 of 10; only ' +
        'an index that is ready at once would have avoided it.',
    )
  })

  it('a quota leaves nothing, and the quota that would do is told', () => {
    expect(
      avoidRefusals(
        optionsOf(everySeconds(100, 35), { limits: ten, leadTimeSeconds: 50, maxIndexes: 2 }),
      ),
    ).toMatchObject({
      outcome: 'none',
      refused: 15,
      alertAt: null,
      longestLeadTimeSeconds: null,
      quota: { maxIndexes: 2, indexesNeeded: 4, refusedWithoutQuota: 0 },
      sentence:
        '15 of 35 signups were refused, and neither an earlier alert nor a shorter lead time ' +
        'would have avoided it: the quota of indexes, 2, is reached; a quota of 4 would have ' +
        'been enough.',
    })
  })

  it('a quota and a lead time that are both at fault are both told', () => {
    expect(
      avoidRefusals(
        optionsOf(everySeconds(1, 13), { limits: two, leadTimeSeconds: 10, maxIndexes: 1 }),
      ).sentence,
    ).toBe(
      '11 of 13 signups were refused, and neither an earlier alert nor a shorter lead time ' +
        'would have avoided it: the quota of indexes, 1, is reached; without a quota 9 would ' +
        'still be refused, for the lead time is too long as well.',
    )
  })

  it('tenants that are present did not sign up, and begin in the indexes of today whatever alert is tried', () => {
    const signups = {
      ...everySeconds(0, 19),
      present: 8,
      atSeconds: Float64Array.from({ length: 19 }, (_each, at) => Math.max(0, at - 7) * 100),
    }
    // 8 are there in one index; the ninth, at 100 s, alerts, the tenth fills it, and the next comes
    // at 300 s.
    expect(avoidRefusals(optionsOf(signups, { limits: ten, leadTimeSeconds: 250 }))).toMatchObject({
      outcome: 'threshold',
      signups: 11,
      refused: 1,
      alertAt: 8,
      longestLeadTimeSeconds: 200,
    })
  })

  it('nothing refused needs no advice', () => {
    expect(avoidRefusals(optionsOf(everySeconds(100, 50), { limits: ten }))).toMatchObject({
      outcome: 'threshold',
    })
    expect(avoidRefusals(optionsOf(everySeconds(1_000, 50), { limits: ten }))).toMatchObject({
      outcome: 'none-refused',
      sentence: 'None of the 50 signups is refused.',
    })
  })
})

describe('the figures', () => {
  it('of 1,000 tenants in 30 days hold, and one more does not', () => {
    const options = optionsOf(drawSignups(growthOf({}), 42), { leadTimeSeconds: 86_400 })
    const { outcome, alertAt, longestLeadTimeSeconds } = avoidRefusals(options)
    expect(outcome).toBe('threshold')
    const refused = [0, 1].map((more) =>
      refusedWith(options, { limits: { ...options.limits, alertAt: (alertAt ?? 0) + more } }),
    )
    const refusedByLead = [0, 1].map((more) =>
      refusedWith(options, { leadTimeSeconds: (longestLeadTimeSeconds ?? 0) + more }),
    )
    expect([refused[0], refusedByLead[0]]).toEqual([0, 0])
    expect(Math.min(refused[1] ?? 0, refusedByLead[1] ?? 0)).toBeGreaterThan(0)
  })

  it('are those of trying every alert mark, every second and every quota', () => {
    const last = (
      candidates: readonly number[],
      change: (candidate: number) => Partial<CapacityOptions>,
      options: CapacityOptions,
    ): number | null =>
      candidates.findLast((candidate) => refusedWith(options, change(candidate)) === 0) ?? null
    const upTo = (from: number, below: number): readonly number[] =>
      Array.from({ length: Math.max(0, below - from) }, (_each, at) => from + at)
    fc.assert(
      fc.property(someOptions, (options) => {
        const { limits, leadTimeSeconds } = options
        fc.pre(refusedWith(options, {}) > 0)
        const { alertAt, longestLeadTimeSeconds, outcome, quota } = avoidRefusals(options)
        expect(alertAt).toBe(
          last(
            upTo(1, limits.alertAt),
            (mark) => ({ limits: { ...limits, alertAt: mark } }),
            options,
          ),
        )
        expect(longestLeadTimeSeconds).toBe(
          last(upTo(0, leadTimeSeconds), (seconds) => ({ leadTimeSeconds: seconds }), options),
        )
        expect(outcome).toBe(
          alertAt !== null ? 'threshold' : longestLeadTimeSeconds !== null ? 'lead-time' : 'none',
        )
        expect(quota !== null).toBe(outcome === 'none')
        if (quota !== null && quota.indexesNeeded !== null)
          expect([
            refusedWith(options, { maxIndexes: quota.indexesNeeded }),
            refusedWith(options, { maxIndexes: quota.indexesNeeded - 1 }) > 0,
          ]).toEqual([0, true])
      }),
      { numRuns: 150, seed: 42 },
    )
  })
})
