/** Growth as written: what is refused, and what is drawn from the rest. */
import { describe, expect, it } from 'vitest'
import {
  expectedSignups,
  momentOf,
  secondsPerMonth,
  type GrowthCurve,
} from '../../../../../harness/scenario/growth-curve.ts'
import { growthSchema, type WrittenGrowth } from '../../../../../harness/scenario/growth-schema.ts'
import { drawSignups, type Signups } from '../../../../../harness/simulate/capacity/signups.ts'
import { daySeconds, growthOf } from './cases.ts'

const month = secondsPerMonth

describe('a growth is refused', () => {
  it.each<[string, object, string, RegExp]>([
    ['with fewer than no tenants', { fromTenants: -1 }, 'fromTenants', /0/],
    ['with half a tenant', { toTenants: 1.5 }, 'toTenants', /int/],
    ['in no time', { overSeconds: 0 }, 'overSeconds', /longer than nothing/],
    ['in an endless time', { overSeconds: Infinity }, 'overSeconds', /number/],
    ['when all leave at once', { churnPctPerMonth: 100 }, 'churnPctPerMonth', /less than 100/],
    [
      'when more leave than there are',
      { churnPctPerMonth: 101 },
      'churnPctPerMonth',
      /less than 100/,
    ],
    ['with tenants coming back', { churnPctPerMonth: -1 }, 'churnPctPerMonth', /0/],
    [
      'that shrinks while nobody leaves',
      { fromTenants: 10, toTenants: 9 },
      'toTenants',
      /nobody leaves/,
    ],
    [
      'that shrinks faster than tenants leave',
      {
        fromTenants: 1_000,
        toTenants: 900,
        overSeconds: month,
        curve: 'exponential',
        churnPctPerMonth: 5,
      },
      'toTenants',
      /leaves 950 of 1000/,
    ],
    [
      'that shrinks on a line at the speed of churn',
      { fromTenants: 1_000, toTenants: 950, overSeconds: month, churnPctPerMonth: 5 },
      'curve',
      /write exponential/,
    ],
    ['that is exponential from nothing', { curve: 'exponential' }, 'fromTenants', /at least one/],
    [
      'that is exponential to nothing',
      { fromTenants: 5, toTenants: 0, curve: 'exponential', churnPctPerMonth: 50 },
      'toTenants',
      /never reaches/,
    ],
    ['of nobody', { toTenants: 0 }, 'toTenants', /nobody comes/],
    [
      'of more than can be simulated',
      { toTenants: 1_000_000, overSeconds: 12 * month, churnPctPerMonth: 50 },
      'toTenants',
      /in all.*1,000,000/,
    ],
    [
      'with a campaign that ends after it',
      { campaigns: [{ atSeconds: 29.5 * daySeconds, signups: 5, overSeconds: daySeconds }] },
      'campaigns.0',
      /ends after/,
    ],
    [
      'with an empty campaign',
      { campaigns: [{ atSeconds: 0, signups: 0, overSeconds: 1 }] },
      'campaigns.0.signups',
      /1/,
    ],
    ['with a key that is none', { churn: 5 }, '', /churn/],
  ])('%s', (_case, changes, path, message) => {
    const { success, error } = growthSchema.safeParse({
      fromTenants: 0,
      toTenants: 1_000,
      overSeconds: 30 * daySeconds,
      curve: 'linear',
      ...changes,
    })
    expect(success).toBe(false)
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
    expect(error?.issues[0]?.message).toMatch(message)
  })

  it.each([{ churnPctPerMonth: 100 }, { overSeconds: 0 }, { fromTenants: -5 }, { toTenants: 2e6 }])(
    'for %j alone, though nothing else of it could be computed',
    (changes) => {
      expect(
        growthSchema.safeParse({
          fromTenants: 3,
          toTenants: 2,
          overSeconds: 1e6,
          curve: 'linear',
          ...changes,
        }).error?.issues,
      ).toHaveLength(1)
    },
  )

  it('for all its faults at once', () => {
    const campaigns = [{ atSeconds: 1e6, signups: 1, overSeconds: 2e6 }]
    expect(
      growthSchema.safeParse({
        fromTenants: 3,
        toTenants: 2,
        overSeconds: 1e6,
        curve: 'linear',
        campaigns,
      }).error?.issues,
    ).toHaveLength(2)
  })
})

describe('moments of a curve', () => {
  const curves: readonly GrowthCurve[] = [
    { fromTenants: 0, toTenants: 900, overSeconds: month, curve: 'linear', churnPctPerMonth: 0 },
    {
      fromTenants: 100,
      toTenants: 900,
      overSeconds: 3 * month,
      curve: 'linear',
      churnPctPerMonth: 12,
    },
    { fromTenants: 500, toTenants: 500, overSeconds: month, curve: 'linear', churnPctPerMonth: 30 },
    {
      fromTenants: 500,
      toTenants: 500,
      overSeconds: month,
      curve: 'exponential',
      churnPctPerMonth: 30,
    },
    {
      fromTenants: 10,
      toTenants: 900,
      overSeconds: month,
      curve: 'exponential',
      churnPctPerMonth: 0,
    },
    {
      fromTenants: 900,
      toTenants: 800,
      overSeconds: 2 * month,
      curve: 'exponential',
      churnPctPerMonth: 10,
    },
    {
      fromTenants: 900,
      toTenants: 860,
      overSeconds: 2 * month,
      curve: 'linear',
      churnPctPerMonth: 10,
    },
  ]

  it.each(curves)(
    '$curve from $fromTenants to $toTenants with $churnPctPerMonth % are those of its rate, integrated step by step',
    (growth) => {
      const { fromTenants, toTenants, overSeconds, curve } = growth
      const hazard = -Math.log(1 - growth.churnPctPerMonth / 100) / month
      const steps = 20_000
      const tenantsAt = (share: number): number =>
        curve === 'linear'
          ? fromTenants + (toTenants - fromTenants) * share
          : fromTenants * (toTenants / fromTenants) ** share
      let signups = 0
      for (let step = 0; step < steps; step++) {
        signups +=
          tenantsAt((step + 1) / steps) -
          tenantsAt(step / steps) +
          hazard * (overSeconds / steps) * tenantsAt((step + 0.5) / steps)
        if (step % 4_000 === 3_999)
          expect(momentOf(growth, signups) / ((overSeconds * (step + 1)) / steps)).toBeCloseTo(1, 5)
      }
      expect(expectedSignups(growth)).toBeCloseTo(signups, 3)
    },
  )
})

describe('drawn signups', () => {
  const stay = ({ leavesAtSeconds, untilSeconds }: Signups): number =>
    leavesAtSeconds.filter((at) => at > untilSeconds).length
  const draw = (changes: Partial<WrittenGrowth>, seed = 42): Signups =>
    drawSignups(growthOf(changes), seed)

  it('without churn are as many as written, evenly on a line, and all stay', () => {
    const { atSeconds, leavesAtSeconds, untilSeconds } = draw({})
    expect([atSeconds.length, new Set(leavesAtSeconds)]).toEqual([1_000, new Set([Infinity])])
    expect((atSeconds[499] ?? 0) / untilSeconds).toBeCloseTo(0.5, 1)
  })

  it('of exponential growth come late: half of 1 to 10,000 in the last 7.5 % of the time', () => {
    const { atSeconds, untilSeconds } = draw({
      fromTenants: 1,
      toTenants: 10_001,
      curve: 'exponential',
    })
    expect((atSeconds[5_000] ?? 0) / untilSeconds).toBeCloseTo(
      1 - Math.log(2) / Math.log(10_001),
      2,
    )
  })

  it('replace those who leave: as many remain as written, give or take chance', () => {
    const growth = {
      fromTenants: 2_000,
      toTenants: 10_000,
      overSeconds: 12 * month,
      churnPctPerMonth: 5,
    }
    const signups = draw(growth)
    expect(signups.present).toBe(2_000)
    // About 5,000 leave; the spread of those who remain is below its root.
    expect(Math.abs(stay(signups) - 10_000)).toBeLessThan(4 * Math.sqrt(5_000))
    expect(signups.atSeconds.length).toBe(2_000 + Math.round(expectedSignups(growthOf(growth))))
  })

  it('with churn alone are none, and a month leaves the share that stays', () => {
    const signups = draw({
      fromTenants: 10_000,
      toTenants: 9_000,
      overSeconds: month,
      curve: 'exponential',
      churnPctPerMonth: 10,
    })
    expect([signups.atSeconds.length, Math.max(...signups.atSeconds)]).toEqual([10_000, 0])
    expect(Math.abs(stay(signups) - 9_000)).toBeLessThan(4 * Math.sqrt(900))
  })

  it('of campaigns come on top, in their time, and leave the others where they were', () => {
    const campaigns = [{ atSeconds: 5 * daySeconds, signups: 300, overSeconds: 3_600 }]
    const [plain, more] = [draw({}), draw({ campaigns })]
    expect(more.atSeconds).toHaveLength(1_300)
    const inCampaign = (at: number): boolean => at >= 5 * daySeconds && at < 5 * daySeconds + 3_600
    expect(
      more.atSeconds.filter(inCampaign).length - plain.atSeconds.filter(inCampaign).length,
    ).toBe(300)
    expect(more.atSeconds.filter((at) => !inCampaign(at))).toEqual(
      plain.atSeconds.filter((at) => !inCampaign(at)),
    )
  })

  it('of two campaigns of one shape are drawn apart', () => {
    const campaign = { atSeconds: 0, signups: 200, overSeconds: 30 * daySeconds }
    const { atSeconds } = draw({ toTenants: 200, campaigns: [campaign, campaign] })
    expect(new Set(atSeconds).size).toBeGreaterThan(590)
  })

  it('are ascending, end in time, and are the same for the same seed alone', () => {
    const growth = {
      fromTenants: 50,
      churnPctPerMonth: 40,
      campaigns: [{ atSeconds: 0, signups: 20, overSeconds: 30 * daySeconds }],
    }
    const { atSeconds, untilSeconds } = draw(growth)
    expect(atSeconds).toEqual(atSeconds.toSorted())
    expect(atSeconds.at(-1)).toBeLessThanOrEqual(untilSeconds)
    expect(draw(growth)).toEqual(draw(growth))
    expect(draw(growth, 43).atSeconds).not.toEqual(atSeconds)
  })
})
