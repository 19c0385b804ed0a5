/** Months and hours: leap days, month ends, parts of months, weekends and daily peaks. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hourWeights, monthsOf } from '../../../../../harness/simulate/demand/calendar.ts'
import {
  simulationSchema,
  type WrittenSimulation,
} from '../../../../../harness/scenario/simulation-schema.ts'

const written = (changes: object): WrittenSimulation =>
  simulationSchema.parse({
    from: '2026-11-01',
    ...('days' in changes ? {} : { months: 1 }),
    ...changes,
  })
const lines = (changes: object): readonly string[] =>
  monthsOf(written(changes)).map(
    ({ month, firstHour, hours, hoursOfMonth }) =>
      `${month} ${firstHour / 24}+${hours / 24} of ${hoursOfMonth / 24}`,
  )

describe('months', () => {
  it.each([
    ['a leap February', { from: '2028-02-01' }, ['2028-02 0+29 of 29']],
    ['a leap day alone', { from: '2028-02-29', days: 1 }, ['2028-02 28+1 of 29']],
    ['no leap day in 2100', { from: '2100-02-01' }, ['2100-02 0+28 of 28']],
    [
      'a year that ends',
      { from: '2026-12-15', months: 2 },
      ['2026-12 14+17 of 31', '2027-01 0+31 of 31', '2027-02 0+14 of 28'],
    ],
    [
      'from the 31st: there is no 31st of February',
      { from: '2027-01-31' },
      ['2027-01 30+1 of 31', '2027-02 0+28 of 28'],
    ],
    [
      'from the 31st to the 31st',
      { from: '2026-12-31' },
      ['2026-12 30+1 of 31', '2027-01 0+30 of 31'],
    ],
    [
      'from the 30th of January of a leap year',
      { from: '2028-01-30' },
      ['2028-01 29+2 of 31', '2028-02 0+29 of 29'],
    ],
    ['days', { from: '2026-11-29', days: 4 }, ['2026-11 28+2 of 30', '2026-12 0+2 of 31']],
  ] as const)('%s', (_what, changes, expected) => {
    expect(lines(changes)).toEqual(expected)
  })

  it('ten years are 120 whole months, one behind the other, with two or three leap days', () => {
    const months = monthsOf(written({ from: '2027-03-01', months: 120 }))
    expect(months).toHaveLength(120)
    expect(months.reduce((sum, { hours }) => sum + hours, 0)).toBe((3_650 + 3) * 24)
    expect(
      months.every(
        ({ fromMs, hours, toMs }, at) =>
          toMs - fromMs === hours * 3_600_000 && (at === 0 || fromMs === months[at - 1]?.toMs),
      ),
    ).toBe(true)
  })

  it('follow each other without a gap from any day, for any time', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2040-12-31'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 400 }),
        (from, days) => {
          const months = monthsOf({
            from: from.toISOString().slice(0, 10),
            months: undefined,
            days,
          })
          expect(months.reduce((sum, { hours }) => sum + hours, 0)).toBe(days * 24)
          for (const { firstHour, hours, hoursOfMonth } of months)
            expect(firstHour + hours).toBeLessThanOrEqual(hoursOfMonth)
        },
      ),
    )
  })
})

describe('demand', () => {
  const hoursOf = (
    demand: object,
  ): { readonly rate: (day: number, hour: number) => number; readonly total: number } => {
    const simulation = written({ demand })
    const [month] = monthsOf(simulation)
    const sums = month === undefined ? new Float64Array() : hourWeights(month, simulation.demand)
    return {
      rate: (day, hour) =>
        (sums[(day - 1) * 24 + hour + 1] ?? 0) - (sums[(day - 1) * 24 + hour] ?? 0),
      total: sums.at(-1) ?? 0,
    }
  }

  it('is even where nothing is said', () => {
    const { rate, total } = hoursOf({})
    expect([rate(1, 0), rate(17, 13), total]).toEqual([1, 1, 720])
  })

  it('peaks at the hour that is said, so many times the lowest, with the same mean', () => {
    const { rate, total } = hoursOf({ peakToTrough: 4, peakHourUtc: 15 })
    const day = Array.from({ length: 24 }, (_each, hour) => rate(2, hour))
    // Hours are rated at their middle: the two around the peak are alike.
    expect([Math.max(...day), Math.min(...day)]).toEqual([day[14], day[2]])
    expect(day[14]).toBeCloseTo(day[15] ?? 0, 9)
    expect((day[14] ?? 0) / (day[2] ?? 0)).toBeCloseTo(
      (1 + 0.6 * Math.cos(Math.PI / 24)) / (1 - 0.6 * Math.cos(Math.PI / 24)),
      9,
    )
    expect(total).toBeCloseTo(720, 6)
  })

  it('is less at weekends: of November 2026 the 1st is a Sunday', () => {
    const { rate } = hoursOf({ weekendRate: 0.4 })
    expect([1, 2, 6, 7, 8, 9].map((day) => rate(day, 12))).toEqual(
      [0.4, 1, 1, 0.4, 0.4, 1].map((each) => expect.closeTo(each, 9) as number),
    )
    expect(hoursOf({ weekendRate: 0 }).rate(1, 12)).toBe(0)
  })

  it('of a part of a month has the hours of that part', () => {
    const simulation = written({ from: '2026-11-07', days: 3, demand: { weekendRate: 0.5 } })
    const [month] = monthsOf(simulation)
    const sums = month === undefined ? new Float64Array() : hourWeights(month, simulation.demand)
    const from = month?.firstHour ?? 0
    expect((sums[from + 72] ?? 0) - (sums[from] ?? 0)).toBeCloseTo(24 * (0.5 + 0.5 + 1), 6)
  })
})
