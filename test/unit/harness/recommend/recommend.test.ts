import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wilsonInterval } from '../../../../harness/measure/intervals.ts'
import { recommend, type Candidate, type Needs } from '../../../../harness/recommend/recommend.ts'
import { parseUsd, picoUsd } from '../../../../src/base/money.ts'

interface About {
  readonly usd?: string
  readonly right?: number
  readonly questions?: number
  readonly p95Ms?: number | null
  readonly answered?: number
  readonly infeasible?: boolean
}

function candidate(
  model: string,
  {
    usd = '0.01',
    right = 90,
    questions = 100,
    p95Ms = 2_000,
    answered = p95Ms === null ? 0 : 60,
    infeasible = false,
  }: About = {},
): Candidate {
  const quality = { share: right / questions, questions, ...wilsonInterval(right, questions) }
  return {
    variant: { model, topK: 5, rerank: false },
    costPerQuery: parseUsd(usd),
    quality,
    p95Ms,
    answered,
    infeasible,
  }
}

const needs: Needs = {
  qualityFloor: 0.7,
  latencyObjectiveMs: 5_000,
  monthlyBudget: parseUsd('500'),
  queriesPerMonth: 5_000,
}
const answerOf = (
  candidates: readonly Candidate[],
  change: Partial<Needs> = {},
): ReturnType<typeof recommend> => recommend(candidates, { ...needs, ...change })
const chosenOf = (candidates: readonly Candidate[], change: Partial<Needs> = {}): string | null =>
  answerOf(candidates, change).chosen?.variant.model ?? null

describe('the choice', () => {
  it.each([
    ['the cheapest that fits', [candidate('dear', { usd: '0.02' }), candidate('cheap')], 'cheap'],
    [
      'the better of two that cost the same',
      [candidate('good'), candidate('better', { right: 99 })],
      'better',
    ],
    [
      'not the cheaper one that is certainly not good enough',
      [candidate('bad', { usd: '0.001', right: 50 }), candidate('good')],
      'good',
    ],
    [
      'not the cheaper one whose interval holds the floor',
      [candidate('unsure', { usd: '0.001', right: 75 }), candidate('good')],
      'good',
    ],
    [
      'not the cheaper one that is too slow',
      [candidate('slow', { usd: '0.001', p95Ms: 5_001 }), candidate('good')],
      'good',
    ],
    ['one exactly at the objective', [candidate('exact', { p95Ms: 5_000 })], 'exact'],
    [
      'not one without a p95',
      [candidate('new', { usd: '0.001', p95Ms: null }), candidate('good')],
      'good',
    ],
    [
      'not one that does not fit the window',
      [candidate('small', { usd: '0.001', infeasible: true }), candidate('good')],
      'good',
    ],
    ['one exactly at the budget', [candidate('exact', { usd: '0.1' })], 'exact'],
    ['none over the budget', [candidate('over', { usd: '0.100000000001' })], null],
    [
      'none when the mean is above the floor but the interval is not',
      [candidate('unsure', { right: 8, questions: 10 })],
      null,
    ],
    ['none of none', [], null],
  ] as const)('is %s', (_case, candidates, chosen) => expect(chosenOf(candidates)).toBe(chosen))

  it('is the same in any order, and always fits', () => {
    const about = fc.record({
      usd: fc.constantFrom('0.001', '0.01', '0.05', '0.2'),
      right: fc.integer({ min: 40, max: 100 }),
      p95Ms: fc.constantFrom(null, 900, 5_000, 9_000),
      infeasible: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(about, { maxLength: 6 }), (list) => {
        const candidates = list.map((each, at) => candidate(`m${at}`, each))
        const { chosen } = answerOf(candidates)
        const fitting = candidates.filter(
          (each) =>
            !each.infeasible &&
            each.costPerQuery * 5_000n <= needs.monthlyBudget &&
            each.p95Ms !== null &&
            each.p95Ms <= 5_000 &&
            each.quality.low95 > 0.7,
        )
        const least = fitting.reduce<bigint | null>(
          (most, { costPerQuery }) => (most === null || costPerQuery < most ? costPerQuery : most),
          null,
        )
        expect(chosen?.costPerQuery ?? null).toBe(least)
        if (chosen !== null) expect(fitting).toContain(chosen)
        expect(answerOf(candidates.toReversed()).chosen?.costPerQuery ?? null).toBe(least)
      }),
    )
  })
})

describe('the reason', () => {
  it('names the choice with its figures, and why each cheaper one is not it', () => {
    const { reason } = answerOf([
      candidate('good'),
      candidate('unsure', { usd: '0.001', right: 75 }),
      candidate('slow', { usd: '0.002', p95Ms: 9_000 }),
      candidate('dear', { usd: '0.09' }),
    ])
    expect(reason).toMatch(
      /^good top_k 5 is the cheapest that fits: right in at least 82\.6 % .*floor 70\.0 %.*p95 2\.0 s, \$50\.00 a month/,
    )
    expect(reason).toMatch(
      /unsure top_k 5 is cheaper but is right in 65\.7 % to 82\.5 %, around the floor of 70\.0 %/,
    )
    expect(reason).toMatch(
      /slow top_k 5 is cheaper but has a p95 of 9\.0 s, over the objective of 5\.0 s/,
    )
    expect(reason).not.toContain('dear')
  })

  it('says none yet and how many more to ask when the floor lies inside an interval', () => {
    const { chosen, reason, flipsWhen } = answerOf([
      candidate('unsure', { right: 75 }),
      candidate('bad', { right: 50 }),
    ])
    expect([chosen, flipsWhen]).toEqual([null, null])
    const more = Number(/^none yet: ask (\d+) more; unsure/.exec(reason)?.[1])
    expect(wilsonInterval(0.75 * (100 + more), 100 + more).low95).toBeGreaterThan(0.7)
  })

  it.each([
    [
      [candidate('under', { right: 68 })],
      /^none yet: ask more; no configuration .* floor of 70\.0 %/,
    ],
    [
      [
        candidate('newer', { p95Ms: null, answered: 12 }),
        candidate('new', { p95Ms: null, answered: 40 }),
      ],
      /^none yet: ask 20 more, for a p95 takes 60 answers in a cell\.$/,
    ],
    [
      [candidate('over', { usd: '0.2' })],
      /^none does: over top_k 5 costs \$1000\.00 a month, over the budget of \$500\.$/,
    ],
    [[candidate('slow', { p95Ms: 9_000 })], /^none does: slow top_k 5 has a p95 of 9\.0 s/],
    [
      [candidate('bad', { right: 50 })],
      /^none does: bad top_k 5 is right in at most 59\.6 %, below the floor of 70\.0 %\.$/,
    ],
    [
      [candidate('small', { infeasible: true })],
      /^none does: small top_k 5 does not fit the window of the model\.$/,
    ],
  ] as const)('is honest when there is none: %#', (candidates, reason) => {
    const answer = answerOf(candidates)
    expect(answer.chosen).toBeNull()
    expect(answer.reason).toMatch(reason)
  })
})

describe('what would flip it', () => {
  it('is nothing when nothing is chosen', () =>
    expect(answerOf([candidate('bad', { right: 50 })]).flipsWhen).toBeNull())

  it.each([
    ['its own slowness', [candidate('one', { p95Ms: 4_900 })], /^one top_k 5 takes 2\.0 % longer/],
    ['its own price', [candidate('one', { usd: '0.099' })], /^one top_k 5 costs 1\.0 % more/],
    [
      'its own errors',
      [candidate('one', { right: 80 })],
      /^one top_k 5 is right 1\.1 points less often/,
    ],
    [
      "a rival's price",
      [candidate('one'), candidate('rival', { usd: '0.0101' })],
      /then rival top_k 5 is cheaper/,
    ],
    [
      'a cheaper one that is nearly good enough',
      [candidate('one'), candidate('unsure', { usd: '0.001', right: 78 })],
      /^unsure top_k 5 is right 1\.1 points more often; then it is enough, and cheaper/,
    ],
    [
      'a cheaper one that is nearly fast enough',
      [candidate('one'), candidate('slow', { usd: '0.001', p95Ms: 5_100 })],
      /^slow top_k 5 is 2\.0 % faster/,
    ],
  ] as const)('is the nearest change: %s', (_case, candidates, text) =>
    expect(answerOf(candidates).flipsWhen).toMatch(text),
  )

  it.each([
    [
      'a cheaper one that is both too slow and not good enough',
      { usd: '0.001', p95Ms: 5_050, right: 50 },
    ],
    [
      'a cheaper one that is both nearly good enough and without a p95',
      { usd: '0.001', right: 78, p95Ms: null },
    ],
  ])('is never a change that changes nothing: %s', (_case, about) => {
    expect(answerOf([candidate('one'), candidate('other', about)]).flipsWhen).not.toMatch(/^other/)
  })

  it('does change the answer when it is applied', () => {
    const about = fc.record({
      usd: fc.constantFrom('0.001', '0.01', '0.05', '0.09'),
      right: fc.integer({ min: 60, max: 99 }),
      p95Ms: fc.oneof(fc.constant(null), fc.integer({ min: 1_000, max: 7_000 })),
    })
    fc.assert(
      fc.property(fc.array(about, { minLength: 1, maxLength: 4 }), (list) => {
        const candidates = list.map((each, at) => candidate(`m${at}`, each))
        const { chosen, flipsWhen } = answerOf(candidates)
        fc.pre(chosen !== null && flipsWhen !== null)
        expect(chosenOf(candidates.map((each) => applied(each, flipsWhen ?? '')))).not.toBe(
          chosen?.variant.model,
        )
      }),
      { numRuns: 500 },
    )
  })
})

/**
 * A candidate after the change that a sentence describes, a twentieth of a unit beyond it for the
 * rounding of the sentence.
 */
function applied(each: Candidate, sentence: string): Candidate {
  const [, model, amount] =
    /^(\w+) top_k 5 (?:is right |takes |costs |is )(-?[\d.]+) /.exec(sentence) ?? []
  if (model !== each.variant.model) return each
  const size = Number(amount) + 0.0501
  const { quality, costPerQuery, p95Ms } = each
  if (sentence.includes('points less'))
    return { ...each, quality: { ...quality, low95: quality.low95 - size / 100 } }
  if (sentence.includes('points more'))
    return {
      ...each,
      quality: {
        ...quality,
        low95: quality.low95 + size / 100,
        high95: quality.high95 + size / 100,
      },
    }
  if (sentence.includes('longer')) return { ...each, p95Ms: (p95Ms ?? 0) * (1 + size / 100) }
  if (sentence.includes('faster')) return { ...each, p95Ms: (p95Ms ?? 0) * (1 - size / 100) }
  const direction = sentence.includes('% less') ? -1 : 1
  return {
    ...each,
    costPerQuery: picoUsd(
      (costPerQuery * BigInt(Math.round(100_000 + direction * 1_000 * size))) / 100_000n,
    ),
  }
}
