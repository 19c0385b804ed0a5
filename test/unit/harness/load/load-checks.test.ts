/** Whether a load measured the system or the generator: the bars, each from both sides. */
import { describe, expect, it } from 'vitest'
import {
  checkGenerator,
  whyInvalid,
  type GeneratorFacts,
} from '../../../../harness/load/load-checks.ts'
import { timeHistogram, type TimeHistogram } from '../../../../harness/measure/time-histogram.ts'

/** A thousand lags, of which so many are late. */
function lags(lateMs: number, late: number): TimeHistogram {
  const histogram = timeHistogram()
  for (let at = 0; at < 1_000; at++) histogram.record(at < late ? lateMs : 0.2)
  return histogram
}

const facts = (change: Partial<GeneratorFacts> = {}): GeneratorFacts => ({
  requestedPerSecond: 100,
  releasedPerSecond: 100,
  achievedPerSecond: 100,
  sendLag: lags(0, 0),
  medianMs: 120,
  count: 1_000,
  ...change,
})

describe('a generator', () => {
  it('that kept up passes, with its figures', () => {
    expect(checkGenerator(facts())).toEqual({
      id: 'load.generator',
      verdict: 'pass',
      evidence: 'The generator kept up: send lag p99 0.20 ms, 100.0 of 100.0 requests a second.',
    })
    expect(whyInvalid(facts())).toBeNull()
  })

  it('that sent late makes every time invalid, and says by how much', () => {
    expect(checkGenerator(facts({ sendLag: lags(40, 20) }))).toMatchObject({
      verdict: 'invalid',
      evidence: expect.stringMatching(
        /^No figure of time counts: the generator sent late: p99 of its send lag is 40\.0 ms, at most 5\.0 ms .*Raise load\.workers/,
      ) as string,
    })
  })

  it('that came to too few is invalid', () => {
    expect(
      checkGenerator(facts({ releasedPerSecond: 94.9, achievedPerSecond: 94.9 })),
    ).toMatchObject({
      verdict: 'invalid',
      evidence: expect.stringContaining('came to only 94.9 of 100.0 requests a second') as string,
    })
  })

  it('that could not send because the system answers nothing has kept up', () => {
    expect(checkGenerator(facts({ achievedPerSecond: 5 }))).toMatchObject({
      verdict: 'pass',
      evidence: expect.stringContaining('5.0 of 100.0 requests a second') as string,
    })
  })

  it('of which nothing counts is inconclusive, never a pass', () => {
    const none = facts({ count: 0, achievedPerSecond: 0, medianMs: null, sendLag: timeHistogram() })
    expect(checkGenerator(none)).toEqual({
      id: 'load.generator',
      verdict: 'inconclusive',
      evidence: 'Nothing was asked after warm-up.',
    })
    expect(whyInvalid(none)).toBeNull()
  })
})

describe('the bars', () => {
  it.each([
    ['p99 at 5 ms', { sendLag: lags(4.99, 20) }, true],
    ['p99 above 5 ms', { sendLag: lags(5.1, 20) }, false],
    ['late ones beyond p99', { sendLag: lags(500, 10) }, true],
    ['late ones in p99', { sendLag: lags(500, 11) }, false],
    ['95 % come to', { releasedPerSecond: 95 }, true],
    ['just less come to', { releasedPerSecond: 94.99 }, false],
    ['a lag below 1 % of the median', { sendLag: lags(29, 20), medianMs: 3_000 }, true],
    ['a lag above 1 % of the median', { sendLag: lags(31, 20), medianMs: 3_000 }, false],
    ['5 ms of a fast system, whose 1 % is less', { sendLag: lags(4.9, 20), medianMs: 10 }, true],
    ['a lag where nothing was answered', { sendLag: lags(6, 20), medianMs: null }, false],
  ] satisfies [string, Partial<GeneratorFacts>, boolean][])('%s', (_what, change, isValid) => {
    expect(whyInvalid(facts(change)) === null).toBe(isValid)
    expect(checkGenerator(facts(change)).verdict).toBe(isValid ? 'pass' : 'invalid')
  })
})
