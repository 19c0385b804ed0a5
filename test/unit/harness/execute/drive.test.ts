import { describe, expect, it } from 'vitest'
import { drive } from '../../../../harness/execute/drive.ts'
import { withVariantId } from '../../../../harness/scenario/cells.ts'
import type { Target, TargetAnswer, TargetQuestion } from '../../../../harness/target/target.ts'
import type { PlannedQuestion } from '../../../../harness/workload/corpus.ts'
import type { PlannedQuery } from '../../../../harness/workload/workload.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { tenant } from '../../support/prices.ts'

const variant = withVariantId({ model: 'm', topK: 3, rerank: false })
const cell = { id: `A/${variant.id}`, tenantId: tenant('A'), variant, isCurrent: true }

function query(at: number, change: Partial<PlannedQuestion> = {}): PlannedQuery {
  return {
    requestId: `r${at}`,
    cell,
    trial: 1,
    question: {
      id: `q${at}`,
      kind: 'literal',
      text: `question ${at}`,
      answers: ['$5'],
      sources: ['d1'],
      ...change,
    },
  }
}

const answered = (
  change: Partial<Extract<TargetAnswer, { outcome: 'answered' }>> = {},
): TargetAnswer => ({
  outcome: 'answered',
  crossings: [],
  text: 'It is $5.',
  sourceDocuments: ['d1', 'd2'],
  promptTokens: 900,
  completionTokens: 40,
  tokensEstimated: false,
  configuration: { version: '1.0.0', model: 'm', topK: 3, rerank: false },
  usage: [],
  ...change,
})

/** A target that does as it is told, and says how many requests it had at once. */
function fakeTarget(ask: (question: TargetQuestion) => Promise<TargetAnswer>): {
  readonly target: Target
  readonly asked: TargetQuestion[]
  most(): number
} {
  const asked: TargetQuestion[] = []
  let [now, most] = [0, 0]
  const target: Target = {
    subject: { kind: 'module', name: 'fake' },
    shows: ['answer'],
    signUp: async () => undefined,
    ingest: async () => ({
      documents: 0,
      words: 0,
      chunks: 0,
      chunkTokens: 0,
      marked: 0,
      chunkIds: [],
    }),
    probe: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
    async ask(question) {
      asked.push(question)
      most = Math.max(most, ++now)
      try {
        return await ask(question)
      } finally {
        now--
      }
    },
  }
  return { target, asked, most: () => most }
}

const inTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const plan = Array.from({ length: 20 }, (_each, at) => query(at))
const options = (
  target: Target,
  change: Partial<Parameters<typeof drive>[1]> = {},
): Parameters<typeof drive>[1] => ({
  target,
  clock: fakeClock(),
  concurrency: 4,
  observers: [],
  signal: new AbortController().signal,
  ...change,
})

describe('driving a plan', () => {
  it('asks everything once, in the order of the plan, and keeps that order in what it gives back', async () => {
    const { target, asked } = fakeTarget(async ({ requestId }) => {
      for (let turns = 0; turns < 20 - Number(requestId.slice(1)); turns++) await inTurn()
      return answered()
    })
    const observed = await drive(plan, options(target))
    expect(asked.map(({ requestId }) => requestId)).toEqual(plan.map(({ requestId }) => requestId))
    expect(observed.map(({ requestId }) => requestId)).toEqual(
      plan.map(({ requestId }) => requestId),
    )
    expect(asked[3]).toEqual({ tenantId: 'A', requestId: 'r3', text: 'question 3', variant: null })
  })

  it(
    'asks a cell that is not the current one by its variant, and the current one by whatever ' +
      'the tenant has',
    async () => {
      const { target, asked } = fakeTarget(async () => answered())
      const other = { ...query(1), cell: { ...cell, isCurrent: false } }
      await drive([query(0), other], options(target))
      expect(asked.map((question) => question.variant)).toEqual([null, variant])
    },
  )

  it.each([
    [1, 1],
    [4, 4],
    [256, 20],
  ])(
    'with %i places never has more than %i at once, and uses them all',
    async (concurrency, most) => {
      const fake = fakeTarget(async () => {
        await inTurn()
        return answered()
      })
      await drive(plan, options(fake.target, { concurrency }))
      expect(fake.most()).toBe(most)
    },
  )

  it('is done at once with nothing to ask', async () =>
    expect(await drive([], options(fakeTarget(async () => answered()).target))).toEqual([]))

  it('tells every observer of every answer', async () => {
    const [one, other]: [string[], string[]] = [[], []]
    const { target } = fakeTarget(async () => answered({ text: 'heard' }))
    await drive(
      plan.slice(0, 3),
      options(target, {
        observers: [
          ({ requestId }) => void one.push(requestId),
          (_query, answer) => void other.push(answer.outcome === 'answered' ? answer.text : ''),
        ],
      }),
    )
    expect([one.sort(), other]).toEqual([
      ['r0', 'r1', 'r2'],
      ['heard', 'heard', 'heard'],
    ])
  })
})

describe('time', () => {
  it('counts from the moment a place is free', async () => {
    const clock = fakeClock()
    const { target } = fakeTarget(async () => {
      clock.advance(250)
      return answered()
    })
    const observed = await drive(plan.slice(0, 3), options(target, { clock, concurrency: 1 }))
    expect(observed.map(({ elapsedMs, uncorrectedMs }) => [elapsedMs, uncorrectedMs])).toEqual([
      [250, 250],
      [250, 250],
      [250, 250],
    ])
  })
})

describe('an abort', () => {
  it('before the start asks nothing', async () => {
    const reason = new Error('enough')
    const { target, asked } = fakeTarget(async () => answered())
    await expect(drive(plan, options(target, { signal: AbortSignal.abort(reason) }))).rejects.toBe(
      reason,
    )
    expect(asked).toEqual([])
  })

  it('on the way rejects with its reason and asks no more', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const { target, asked } = fakeTarget(async ({ requestId }) => {
      await inTurn()
      if (requestId === 'r6') controller.abort(reason)
      return answered()
    })
    await expect(drive(plan, options(target, { signal: controller.signal }))).rejects.toBe(reason)
    const soFar = asked.length
    for (let turns = 0; turns < 5; turns++) await inTurn()
    expect(asked.length).toBe(soFar)
    expect(soFar).toBeLessThan(12)
  })

  it('does not wait for a request that never ends', async () => {
    const controller = new AbortController()
    const { target } = fakeTarget(() => new Promise<TargetAnswer>(() => undefined))
    const driven = drive(plan, options(target, { signal: controller.signal }))
    controller.abort(new Error('enough'))
    await expect(driven).rejects.toThrow('enough')
  })
})

describe('what is observed', () => {
  const observe = async (
    answer: TargetAnswer,
    change: Partial<PlannedQuestion> = {},
  ): Promise<object | undefined> =>
    (await drive([query(0, change)], options(fakeTarget(async () => answer).target)))[0]

  it.each([
    [
      'a right answer from the right source',
      answered(),
      {},
      {
        right: true,
        retrieved: true,
        topSource: 'd1',
        outcome: 'answered',
        errorCode: null,
        promptTokens: 900,
        completionTokens: 40,
      },
    ],
    ['a wrong answer', answered({ text: 'It is $6.' }), {}, { right: false, retrieved: true }],
    [
      'the wrong source',
      answered({ sourceDocuments: ['d7'] }),
      {},
      { retrieved: false, topSource: 'd7' },
    ],
    ['no source', answered({ sourceDocuments: [] }), {}, { retrieved: false, topSource: null }],
    [
      'a question that nothing answers',
      answered({ text: 'I cannot find this in the passages.' }),
      { answers: [], sources: [] },
      { right: true, retrieved: null },
    ],
    ['estimated tokens', answered({ tokensEstimated: true }), {}, { tokensEstimated: true }],
    [
      'a failure',
      {
        outcome: 'failed',
        crossings: [],
        usage: [],
        code: 'TB_PROMPT_TOO_LONG',
        message: 'too long',
      },
      {},
      {
        outcome: 'failed',
        errorCode: 'TB_PROMPT_TOO_LONG',
        right: false,
        retrieved: false,
        topSource: null,
        promptTokens: null,
        texts: { question: 'question 0', answer: 'too long' },
      },
    ],
    [
      'a failure where nothing answers',
      {
        outcome: 'failed',
        crossings: [],
        usage: [],
        code: 'TB_STREAM_ABORTED',
        message: 'I cannot find it',
      },
      { answers: [], sources: [] },
      { right: false, retrieved: null },
    ],
  ] as const)('is %s', async (_case, answer, change, expected) => {
    expect(await observe(answer, change)).toMatchObject({
      cell: cell.id,
      tenant: 'A',
      variant: variant.id,
      question: 'q0',
      kind: 'literal',
      trial: 1,
      ...expected,
    })
  })
})
