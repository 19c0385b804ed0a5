/**
 * What a noisy neighbour does: a known effect is found again, none is found where there is none,
 * and too little to tell is said.
 */
import { describe, expect, it } from 'vitest'
import {
  fairness,
  neighbourEffect,
  type NeighbourEffect,
} from '../../../../harness/measure/noisy-neighbour.ts'
import { randomFor } from '../../../../src/base/random.ts'

interface Made {
  readonly seed: number
  readonly windows?: number
  readonly samples?: number
  /** By how much noise lengthens every time. */
  readonly times?: number
}

/** Times with a long tail, whose level changes from window to window as on a shared machine. */
function latencies(
  { seed, windows = 8, samples = 100, times = 1 }: Made,
  kind: string,
): readonly (readonly number[])[] {
  const random = randomFor([seed, kind])
  return Array.from({ length: windows }, () => {
    const level = 0.95 + 0.1 * random.unit()
    return Array.from(
      { length: samples },
      () => times * level * (80 + 40 * -Math.log(1 - random.unit())),
    )
  })
}

const effectOf = (made: Made): NeighbourEffect =>
  neighbourEffect(
    { quiet: latencies({ ...made, times: 1 }, 'quiet'), noisy: latencies(made, 'noisy') },
    [made.seed, 'all'],
  )
const holds = ({ interval }: NeighbourEffect, ratioPct: number): boolean =>
  interval !== null && interval.low95 <= ratioPct && ratioPct <= interval.high95
const seeds = Array.from({ length: 12 }, (_each, seed) => seed)

describe('a known effect', () => {
  const effects = seeds.map((seed) => effectOf({ seed, times: 1.6 }))

  it('is found again, and most intervals hold it', () => {
    expect(effects.filter((effect) => holds(effect, 160)).length).toBeGreaterThanOrEqual(10)
    expect(
      effects.every(
        ({ p99RatioPct }) => p99RatioPct !== null && p99RatioPct > 120 && p99RatioPct < 210,
      ),
    ).toBe(true)
    expect(effects.every(({ reason }) => reason === null)).toBe(true)
  })

  it('is told from none', () =>
    expect(effects.filter((effect) => holds(effect, 100)).length).toBe(0))

  it('stands beside both percentiles', () => {
    const [effect] = effects
    expect(effect).toMatchObject({ quietMs: { count: 800 }, noisyMs: { count: 800 } })
    expect(effect?.p99RatioPct).toBeCloseTo(
      (100 * (effect?.noisyMs.p99 ?? 0)) / (effect?.quietMs.p99 ?? 0),
    )
  })
})

describe('no effect', () => {
  it('has an interval that holds 100 %, nearly always', () => {
    expect(
      seeds.filter((seed) => holds(effectOf({ seed: 1_000 + seed }), 100)).length,
    ).toBeGreaterThanOrEqual(10)
  })

  it('is exactly 100 % of windows that are the same', () => {
    const windows = latencies({ seed: 3 }, 'either')
    const effect = neighbourEffect({ quiet: windows, noisy: windows }, [3])
    expect([effect.p99RatioPct, holds(effect, 100)]).toEqual([100, true])
  })

  it('is the same for the same key', () =>
    expect(effectOf({ seed: 5 })).toEqual(effectOf({ seed: 5 })))
})

describe('an interval', () => {
  it('is wider where whole windows differ than where only requests do', () => {
    const width = ({ interval }: NeighbourEffect): number =>
      (interval?.high95 ?? 0) - (interval?.low95 ?? 0)
    const alike = latencies({ seed: 9, windows: 6, samples: 300 }, 'quiet')
    // The same times, but every second window is half as long again as the others: its requests
    // share their queue.
    const apart = alike.map((window, at) =>
      at % 2 === 0 ? window : window.map((each) => 1.5 * each),
    )
    expect(width(neighbourEffect({ quiet: apart, noisy: apart }, [9]))).toBeGreaterThan(
      1.5 * width(neighbourEffect({ quiet: alike, noisy: alike }, [9])),
    )
  })
})

describe('too little to tell', () => {
  it.each([
    [
      'two windows',
      { seed: 1, windows: 2, samples: 200 },
      '2 windows of a kind carry no interval; there must be 3',
      true,
    ],
    [
      'too few answers',
      { seed: 1, windows: 3, samples: 99 },
      'p99 needs 300 answers of each kind; there are 297 while quiet and 297 while noisy',
      false,
    ],
    [
      'no window at all',
      { seed: 1, windows: 0 },
      'p99 needs 300 answers of each kind; there are 0 while quiet and 0 while noisy',
      false,
    ],
  ])('of %s is said', (_what, made, reason, hasRatio) => {
    const effect = effectOf(made)
    expect({
      interval: effect.interval,
      reason: effect.reason,
      hasRatio: effect.p99RatioPct !== null,
    }).toEqual({ interval: null, reason, hasRatio })
  })

  it('goes by the kind of which there is less', () => {
    const effect = neighbourEffect(
      {
        quiet: latencies({ seed: 2 }, 'quiet'),
        noisy: latencies({ seed: 2, windows: 2, samples: 400 }, 'noisy'),
      },
      [2],
    )
    expect(effect.reason).toBe('2 windows of a kind carry no interval; there must be 3')
  })
})

describe('fairness', () => {
  const served = (
    ...all: readonly (readonly [demanded: number, served: number])[]
  ): number | null => fairness(all.map(([demanded, came]) => ({ demanded, served: came })))

  it.each([
    [
      'all got everything',
      [
        [10, 10],
        [10, 10],
      ],
      1,
    ],
    [
      'all got half',
      [
        [10, 5],
        [10, 5],
        [10, 5],
      ],
      1,
    ],
    [
      'unequal demands, the same share of each',
      [
        [1_000, 500],
        [10, 5],
        [2, 1],
      ],
      1,
    ],
    [
      'one of two got nothing: 10² / (20 · 10)',
      [
        [10, 10],
        [10, 0],
      ],
      0.5,
    ],
    [
      'one of four got everything: 10² / (40 · 10)',
      [
        [10, 10],
        [10, 0],
        [10, 0],
        [10, 0],
      ],
      0.25,
    ],
    [
      'shares of 1 and 1/2 at equal demand: 15² / (20 · 12.5)',
      [
        [10, 10],
        [10, 5],
      ],
      0.9,
    ],
    [
      'the small one starves: 30² / (40 · 30)',
      [
        [30, 30],
        [10, 0],
      ],
      0.75,
    ],
    [
      'the large one starves: 10² / (40 · 10)',
      [
        [30, 0],
        [10, 10],
      ],
      0.25,
    ],
    [
      'who asks nothing is owed nothing',
      [
        [10, 10],
        [0, 0],
      ],
      1,
    ],
  ] as const)('%s', (_what, all, index) => expect(served(...all)).toBeCloseTo(index, 12))

  it('is none where nobody asked, or nobody was served', () =>
    expect([served(), served([0, 0]), served([10, 0], [5, 0])]).toEqual([null, null, null]))
})
