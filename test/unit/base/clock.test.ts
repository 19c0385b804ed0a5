import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTime, monthBounds, monthOf, systemClock } from '../../../src/base/clock.ts'

describe('months', () => {
  it.each([
    ['2026-01', '2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ['2026-02', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['2028-02', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2026-12', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('%s runs from %s to before %s', (month, from, to) => {
    const bounds = monthBounds(month)
    expect([isoTime(bounds.fromMs), isoTime(bounds.toMs)]).toEqual([from, to])
    expect([
      monthOf(bounds.fromMs - 1),
      monthOf(bounds.fromMs),
      monthOf(bounds.toMs - 1),
      monthOf(bounds.toMs),
    ]).toEqual([
      expect.not.stringContaining(month),
      month,
      month,
      expect.not.stringContaining(month),
    ])
  })

  it('hold every instant in exactly one month', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0) }), (instant) => {
        const { fromMs, toMs } = monthBounds(monthOf(instant))
        return fromMs <= instant && instant < toMs
      }),
    )
  })
})

describe('the system clock', () => {
  it('does not wait for nothing and rejects when it is aborted', async () => {
    await systemClock.sleep(0)
    await systemClock.sleep(-5)
    const reason = new Error('enough')
    const failed = await systemClock
      .sleep(60_000, AbortSignal.abort(reason))
      .catch((error: unknown) => error)
    expect(failed).toMatchObject({ name: 'AbortError', cause: reason })
  })

  it('never goes back', () => {
    const first = systemClock.monotonicMs()
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(first)
  })
})
