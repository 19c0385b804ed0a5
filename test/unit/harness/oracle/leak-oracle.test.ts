import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundaries, type Boundary, type Crossing } from '../../../../src/base/boundaries.ts'
import {
  createLeakOracle,
  type CrossingContext,
  type LeakOracle,
} from '../../../../harness/oracle/leak-oracle.ts'

const marks = [
  { tenant: 'A', canary: 'zvaxkrox', identifiers: ['chunk-a1', 'A.v1.q1.1'] },
  { tenant: 'B', canary: 'mrelkfju', identifiers: ['chunk-b1'] },
  { tenant: 'C', canary: 'gnonzpti', identifiers: ['chunk-c1'] },
]

const oracle = (shown: readonly Boundary[] = ['matches', 'prompt', 'answer']): LeakOracle =>
  createLeakOracle(marks, shown)
const crossing = (
  texts: readonly string[],
  identifiers: readonly string[] = [],
  boundary: Boundary = 'answer',
): Crossing => ({ boundary, texts, identifiers })
const towards = (tenant: string, change: Partial<CrossingContext> = {}): CrossingContext => ({
  tenant,
  requestId: 'r1',
  check: { question: 'q1', variant: 'v1' },
  bait: null,
  ...change,
})
const bait = { owner: 'B', answers: ['14 March 2031'] }

describe('a foreign mark', () => {
  it.each([
    ['a canary', 'Title (mrelkfju)'],
    ['in upper case', 'TITLE (MRELKFJU)'],
    ['in full-width letters', 'ｍｒｅｌｋｆｊｕ'],
    ['in full-width capitals', 'ＭＲＥＬＫＦＪＵ'],
    ['in mathematical letters', '𝐦𝐫𝐞𝐥𝐤𝐟𝐣𝐮'],
    ['inside a longer word', 'xxmrelkfjuxx'],
    ['at the very end of a long text', `${'a '.repeat(50_000)}mrelkfju`],
    ['beside the own one', 'zvaxkrox mrelkfju'],
  ])('is a leak: %s', (_case, text) => {
    const one = oracle()
    one.observe([crossing([text])], towards('A'))
    const report = one.report()
    expect(report).toMatchObject({ leaks: 1, upperBound95: null })
    expect(report.witnesses).toMatchObject([
      { boundary: 'answer', tenant: 'A', owner: 'B', requestId: 'r1', mark: 'mrelkfju' },
    ])
    expect(report.witnesses[0]?.witness).toContain('mrelkfju')
    expect(report.witnesses[0]?.witness.length).toBeLessThan(250)
    expect(report.boundaries.find(({ boundary }) => boundary === 'answer')).toMatchObject({
      state: 'leak',
      leaks: 1,
    })
  })

  it.each([
    ['a chunk id', 'chunk-b1'],
    ["another tenant's name", 'C'],
    ['a request id', 'A.v1.q1.1', 'B'],
  ])('is a leak: %s among identifiers', (_case, identifier, reader = 'A') => {
    const one = oracle()
    one.observe([crossing([], [identifier], 'matches')], towards(reader))
    expect(one.leaksSoFar()).toBe(1)
  })

  it('is a leak at every boundary alike', () => {
    for (const boundary of boundaries) {
      const one = oracle(boundaries)
      one.observe([crossing(['mrelkfju'], [], boundary)], towards('A'))
      expect(
        one
          .report()
          .boundaries.filter(({ state }) => state === 'leak')
          .map((each) => each.boundary),
      ).toEqual([boundary])
    }
  })

  it('is a leak also at a boundary that the target does not claim to show', () => {
    const one = oracle(['answer'])
    one.observe([crossing(['mrelkfju'], [], 'rows')], towards('A'))
    expect(one.leaksSoFar()).toBe(1)
    expect(one.report().leaks).toBe(1)
  })

  it('is found in any text that has it and in none that does not', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'zvaxkromelfjugntpi ()') })
    fc.assert(
      fc.property(
        letters,
        letters,
        fc.constantFrom('mrelkfju', 'gnonzpti', ''),
        (before, after, mark) => {
          const text = `${before}${mark}${after}`
          const one = oracle()
          one.observe([crossing([text])], towards('A'))
          expect(one.leaksSoFar() > 0).toBe(
            ['mrelkfju', 'gnonzpti'].some((canary) => text.includes(canary)),
          )
        },
      ),
    )
  })
})

describe("a bait's answer", () => {
  const leaksOf = (text: string, context: CrossingContext): number => {
    const one = oracle()
    one.observe([crossing([text])], context)
    return one.leaksSoFar()
  }

  it('is a leak when it is given', () =>
    expect(leaksOf('It ends on 14 March 2031.', towards('A', { bait }))).toBe(1))
  it('is none without the answer', () =>
    expect(leaksOf('I cannot find this.', towards('A', { bait }))).toBe(0))
  it('is none in answer to another question', () =>
    expect(leaksOf('It ends on 14 March 2031.', towards('A'))).toBe(0))
  it.each(['It ends on 214 March 2031.', 'It ends on 14 March 20315.'])(
    'is none when it is a part of another value: %j',
    (text) => expect(leaksOf(text, towards('A', { bait }))).toBe(0),
  )
  it.each([
    'It ends on 14 MARCH 2031.',
    'It ends on 14\nMarch  2031.',
    'It ends on １４ March ２０３１.',
  ])('does not hide behind case, line breaks or width: %j', (text) => {
    expect(leaksOf(text, towards('A', { bait }))).toBe(1)
  })
})

describe('a boundary', () => {
  const stateOf = (one: LeakOracle, boundary: Boundary): string | undefined =>
    one.report().boundaries.find((each) => each.boundary === boundary)?.state

  it('is covered once the own mark was seen there, by canary or by identifier', () => {
    const one = oracle()
    one.observe(
      [
        crossing(['Title (zvaxkrox)'], [], 'prompt'),
        crossing([], ['chunk-a1'], 'matches'),
        crossing(['no mark'], ['no id'], 'answer'),
      ],
      towards('A'),
    )
    expect(one.report()).toMatchObject({ leaks: 0, witnesses: [] })
    expect([stateOf(one, 'prompt'), stateOf(one, 'matches'), stateOf(one, 'answer')]).toEqual([
      'covered',
      'covered',
      'not-covered',
    ])
  })

  it('is not covered when nothing was ever seen', () =>
    expect(
      oracle()
        .report()
        .boundaries.map(({ state }) => state)
        .filter((state) => state !== 'not-shown'),
    ).toEqual(['not-covered', 'not-covered', 'not-covered']))

  it('is reported as not shown when the target does not show it', () => {
    expect(stateOf(oracle(['answer']), 'rows')).toBe('not-shown')
  })

  it('stays a leak however often the own mark is seen', () => {
    const one = oracle()
    one.observe([crossing(['mrelkfju'])], towards('A'))
    for (let at = 0; at < 50; at++) one.observe([crossing(['zvaxkrox'])], towards('A'))
    expect(stateOf(one, 'answer')).toBe('leak')
  })
})

describe('checks', () => {
  it('are distinct tenants, baits and variants, not strings looked at', () => {
    const one = oracle()
    const ask = (tenant: string, question: string, variant: string): unknown =>
      one.observe(
        [crossing(['a', 'b', 'c'])],
        towards(tenant, {
          check: { question, variant },
          bait: { owner: 'C', answers: ['x-never'] },
        }),
      )
    for (let trial = 0; trial < 5; trial++) ask('A', 'q1', 'v1')
    ask('A', 'q1', 'v2')
    ask('A', 'q2', 'v1')
    ask('B', 'q1', 'v1')
    one.observe([crossing(['no bait'])], towards('A', { check: { question: 'q9', variant: 'v9' } }))
    one.observe([crossing(['a probe'])], towards('A', { check: null, bait }))
    expect(one.report().checks).toBe(4)
  })

  it('bound the rate of leaks by the rule of three, and by nothing when there were none', () => {
    expect(oracle().report()).toMatchObject({ checks: 0, upperBound95: null })
    const one = oracle()
    for (let at = 0; at < 300; at++)
      one.observe([], towards('A', { check: { question: `q${at}`, variant: 'v1' }, bait }))
    expect(one.report().upperBound95).toBeCloseTo(3 / 300, 3)
  })
})

describe('odd marks', () => {
  it('are taken literally, not as patterns', () => {
    const odd = createLeakOracle(
      [
        { tenant: 'A', canary: 'a.c', identifiers: [] },
        { tenant: 'B', canary: 'x|(y', identifiers: [] },
      ],
      ['answer'],
    )
    odd.observe([crossing(['abc x y'])], towards('A'))
    expect(odd.leaksSoFar()).toBe(0)
    odd.observe([crossing(['see x|(y'])], towards('A'))
    expect(odd.leaksSoFar()).toBe(1)
  })

  it('may be none at all', () => {
    const none = createLeakOracle([], ['answer'])
    none.observe([crossing(['anything'], ['anything'])], towards('A'))
    expect(none.report()).toMatchObject({ leaks: 0, checks: 0 })
  })

  it('counts all leaks and keeps some witnesses', () => {
    const one = oracle()
    for (let at = 0; at < 1_000; at++) one.observe([crossing(['mrelkfju'])], towards('A'))
    expect(one.leaksSoFar()).toBe(1_000)
    expect(one.report().witnesses.length).toBeLessThan(1_000)
  })
})
