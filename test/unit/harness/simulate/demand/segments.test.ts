/** Where months are cut. */
import { expect, it } from 'vitest'
import {
  boundariesOf,
  segmentsOf,
  volumeOf,
} from '../../../../../harness/simulate/demand/segments.ts'
import { monthsOf } from '../../../../../harness/simulate/demand/calendar.ts'
import { testBook } from '../../../support/prices.ts'

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`)

it('a month is cut at prices and configurations within it, and an epoch holds from its moment on', () => {
  const [february, march] = monthsOf({ from: '2026-02-10', months: undefined, days: 40 })
  const cuts = {
    prices: [at('2025-01-01'), at('2026-03-01'), at('2026-02-20')],
    epochs: [at('2026-02-10'), at('2026-02-20'), at('2026-03-05')],
  }
  const lines = (month: typeof february): readonly string[] =>
    month === undefined
      ? []
      : segmentsOf(month, cuts).map(
          ({ fromMs, fromHour, toHour, epoch }) =>
            `${new Date(fromMs).toISOString().slice(0, 10)} ${fromHour / 24}-${toHour / 24} ${epoch}`,
        )
  expect(lines(february)).toEqual(['2026-02-10 9-19 1', '2026-02-20 19-28 2'])
  expect(lines(march)).toEqual(['2026-03-01 0-4 2', '2026-03-05 4-21 3'])
})

it('every beginning and end of a price, an alias and a formula is a boundary', () => {
  expect(new Set(boundariesOf(testBook()))).toEqual(new Set([at('2025-01-01'), at('2026-03-01')]))
})

it('volumes grow by the month', () => {
  expect([volumeOf(0, 50), volumeOf(2, 50), volumeOf(1, -100)]).toEqual([1, 2.25, 0])
})
