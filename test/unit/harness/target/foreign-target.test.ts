import { describe, expect, it } from 'vitest'
import {
  openForeignTarget,
  type ForeignOptions,
  type ForeignTarget,
} from '../../../../harness/target/foreign/foreign-target.ts'
import type { TargetAnswer } from '../../../../harness/target/target.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import { TenantbenchError } from '../../../../src/base/errors.ts'
import type { TargetModule, TargetQuery, ToldAnswer } from '../../../../src/base/target-module.ts'
import { rejectionOf } from '../../support/failures.ts'
import { tenant } from '../../support/prices.ts'

const variant = { model: 'm', topK: 3, rerank: false }
const [A, B] = [tenant('A'), tenant('B')]
const prefix = 'tb-0123456789-'
const documents = (
  id: string,
): readonly { readonly id: string; readonly title: string; readonly text: string }[] => [
  { id: 'd1', title: `Title of ${id} (canary)`, text: 'One.\n\nTwo.' },
]

function open(system: Partial<TargetModule>, change: Partial<ForeignOptions> = {}): ForeignTarget {
  const whole: TargetModule = {
    provision: () => undefined,
    ingest: () => undefined,
    query: () => ({ answer: 'x' }),
    ...system,
  }
  return openForeignTarget({
    kind: 'module',
    fallbackName: './t.ts',
    system: whole,
    runId: 'run_0123456789',
    createsTenants: true,
    clock: systemClock,
    timeoutMs: 1_000,
    signal: new AbortController().signal,
    ...change,
  })
}

async function stage(target: ForeignTarget, ids = [A, B]): Promise<void> {
  for (const id of ids) {
    await target.signUp({
      id,
      name: `Tenant ${id}`,
      tier: 'pro',
      config: variant,
      current: variant,
    })
    await target.ingest(id, documents(id), 'canary')
  }
}

const ask = (target: ForeignTarget, requestId = 'r1', id = A): Promise<TargetAnswer> =>
  target.ask({ tenantId: id, requestId, text: 'why?', variant: null })
const crossed = ({ crossings }: TargetAnswer, boundary: string): readonly string[] =>
  crossings.filter((each) => each.boundary === boundary).flatMap(({ identifiers }) => identifiers)

describe('a system that is not ours', () => {
  it("knows tenants, documents and requests by names that carry the run's id", async () => {
    const seen: unknown[] = []
    const target = open({
      provision: (each) => void seen.push(each),
      ingest: (...each) => void seen.push(each),
      query: ({ signal: _signal, ...query }) => (seen.push(query), { answer: 'x' }),
    })
    await stage(target, [A])
    await ask(target)
    expect(seen).toEqual([
      { id: `${prefix}A`, name: 'Tenant A', tier: 'pro', config: variant },
      [
        `${prefix}A`,
        [
          {
            id: `${prefix}A.d1`,
            title: 'Title of A (canary)',
            text: 'Title of A (canary)\nOne.\n\nTitle of A (canary)\nTwo.',
          },
        ],
      ],
      { tenantId: `${prefix}A`, requestId: `${prefix}r1`, question: 'why?', config: variant },
    ])
  })

  it('that creates no tenants is asked about those there are, and removes none', async () => {
    const removed: string[] = []
    const target = open(
      {
        query: ({ tenantId }) => ({ answer: tenantId }),
        deprovision: (id) => void removed.push(id),
      },
      { createsTenants: false },
    )
    await stage(target)
    expect(await ask(target)).toMatchObject({ text: 'A' })
    expect([await target.release(), removed]).toEqual([[], []])
  })

  it("is asked under the variant, or the tenant's own configuration", async () => {
    const asked: TargetQuery[] = []
    const target = open({ query: (query) => (asked.push(query), { answer: 'x' }) })
    await stage(target, [A])
    await ask(target)
    await target.ask({
      tenantId: A,
      requestId: 'r2',
      text: 'q',
      variant: { model: 'n', topK: 1, rerank: true },
    })
    expect(asked.map(({ config }) => config)).toEqual([
      variant,
      { model: 'n', topK: 1, rerank: true },
    ])
  })

  it('claims no tokens, sources or configuration that it is not told', async () => {
    const target = open({})
    await stage(target, [A])
    expect(await ask(target)).toEqual({
      outcome: 'answered',
      text: 'x',
      sourceDocuments: null,
      promptTokens: null,
      completionTokens: null,
      tokensEstimated: false,
      configuration: null,
      usage: [],
      crossings: [{ boundary: 'answer', texts: ['x'], identifiers: [] }],
    })
    expect(await target.ingest(A, documents(A), 'canary')).toMatchObject({
      chunks: null,
      marked: null,
      chunkTokens: null,
      words: 2,
    })
  })

  it('is taken at its word where it says something', async () => {
    const target = open({
      query: () => ({
        answer: 'x',
        sources: [`${prefix}A.d1`, 'Title of A (canary)', 'a snippet'],
        usage: { promptTokens: 7, completionTokens: 2 },
        config: variant,
      }),
    })
    await stage(target, [A])
    expect(await ask(target)).toMatchObject({
      sourceDocuments: ['d1'],
      promptTokens: 7,
      completionTokens: 2,
      configuration: variant,
    })
    expect(target.told.get('r1')).toEqual({ promptTokens: 7, completionTokens: 2 })
  })
})

describe('what a text identifies', () => {
  it('is a document, a tenant or a chunk of somebody, and nothing where another text could be meant', async () => {
    const ids: Readonly<Record<string, readonly string[]>> = {
      [`${prefix}A`]: ['chunk-of-a', 'chunk-of-both', 'x1'],
      [`${prefix}B`]: ['chunk-of-b', 'chunk-of-both', 'x2'],
    }
    const sources = [
      'B',
      `${prefix}B`,
      `${prefix}B.d1`,
      'chunk-of-b',
      'chunk-of-both',
      'x2',
      'r9',
      `${prefix}r9`,
    ]
    const target = open({
      ingest: (id) => ({ chunkIds: ids[id] ?? [] }),
      query: () => ({ answer: 'x', sources, seen: { matches: ['chunk-of-a'] } }),
    })
    await stage(target)
    const answer = await ask(target)
    expect(
      crossed(answer, 'sources').filter((id) =>
        [
          'A',
          'B',
          'x2',
          'chunk-of-a',
          'chunk-of-b',
          'chunk-of-both',
          'r9',
          `${prefix}B.d1`,
        ].includes(id),
      ),
    ).toEqual(['B', `${prefix}B.d1`, 'chunk-of-b', 'r9'])
    expect(crossed(answer, 'matches')).toEqual(['chunk-of-a'])
  })

  it('is what the ingest reported', async () => {
    const target = open({ ingest: () => ({ chunks: 3, chunkIds: ['chunk-1'] }) })
    await stage(target, [A])
    expect(await target.ingest(A, documents(A), 'canary')).toMatchObject({
      chunks: 3,
      chunkIds: [`${prefix}A.d1`, 'chunk-1'],
    })
  })
})

const failures: readonly (readonly [
  what: string,
  query: () => unknown,
  code: string,
  says: RegExp,
])[] = [
  [
    'thrown',
    () => {
      throw new Error('no \u001b[31mstore')
    },
    'TB_TARGET_FAILED',
    /query: no store/,
  ],
  [
    'rejected',
    async () => {
      throw new TenantbenchError('TB_TARGET_REDIRECT', { detail: 'x' })
    },
    'TB_TARGET_REDIRECT',
    /x/,
  ],
  ['no answer at all', () => undefined, 'TB_TARGET_ANSWER', /as a whole/],
  [
    'an answer that is no text',
    () => ({ answer: 4 }),
    'TB_TARGET_ANSWER',
    /answer: .*expected string/,
  ],
  [
    'tokens that are no numbers',
    () => ({ answer: 'x', usage: { promptTokens: '7', completionTokens: 1 } }),
    'TB_TARGET_ANSWER',
    /usage.promptTokens/,
  ],
  [
    'a boundary nobody knows',
    () => ({ answer: 'x', seen: { nowhere: [] } }),
    'TB_TARGET_ANSWER',
    /seen/,
  ],
  [
    'silence',
    () => new Promise(() => undefined),
    'TB_TARGET_UNREACHABLE',
    /query: no answer in 30 ms/,
  ],
]

describe('a failure', () => {
  it.each(failures)(
    '%s is an answer, with its words at the boundary of errors',
    async (_what, query, code, says) => {
      const target = open({ query: query as unknown as TargetModule['query'] }, { timeoutMs: 30 })
      await stage(target, [A])
      const answer = await ask(target)
      expect(answer).toMatchObject({
        outcome: 'failed',
        code,
        message: expect.stringMatching(says) as string,
      })
      expect(answer.crossings).toMatchObject([
        {
          boundary: 'errors',
          texts: [
            expect.stringMatching(says) as string,
            ...(code === 'TB_TARGET_FAILED' ? ['no \u001b[31mstore'] : []),
          ],
        },
      ])
    },
  )

  it('of provisioning ends the work', async () => {
    expect(
      (
        await rejectionOf(
          stage(
            open({
              provision: async () => {
                throw new Error('full')
              },
            }),
          ),
        )
      ).detail,
    ).toBe('provision: full')
  })

  it("of a run that is over is the run's", async () => {
    const ended = new AbortController()
    const target = open({ provision: () => new Promise(() => undefined) }, { signal: ended.signal })
    const signing = rejectionOf(stage(target, [A]))
    ended.abort(new TenantbenchError('TB_INTERRUPTED'))
    expect((await signing).code).toBe('TB_INTERRUPTED')
  })
})

describe('usage', () => {
  const lines = (own: string): readonly object[] => [
    { tenantId: own, requestId: `${prefix}r1`, promptTokens: 5, completionTokens: 1 },
    { tenantId: `${prefix}B`, requestId: `${prefix}r2`, promptTokens: 9, completionTokens: 9 },
  ]

  it('is shown as cost lines, and told as tokens of its own tenant alone', async () => {
    const target = open({
      usage: (own) => lines(own) as unknown as ReturnType<NonNullable<TargetModule['usage']>>,
    })
    expect(target.shows).toEqual(['answer', 'sources', 'cost-lines'])
    await stage(target, [A])
    expect(await target.probe(A)).toEqual([
      { boundary: 'cost-lines', texts: [], identifiers: ['A', 'r1', 'B', 'r2'] },
    ])
    expect(await target.readUsage()).toEqual([])
    expect([...target.told]).toEqual([['r1', { promptTokens: 5, completionTokens: 1 }]])
  })

  it('that cannot be had is said, and its error looked at', async () => {
    const target = open({
      usage: () => {
        throw new Error('ledger of B')
      },
    })
    await stage(target, [A])
    expect(await target.probe(A)).toMatchObject([
      {
        boundary: 'errors',
        texts: [expect.stringContaining('ledger of B') as string, 'ledger of B'],
      },
    ])
    expect(await target.readUsage()).toEqual([
      expect.stringMatching(/^The usage of tenant A is not known: .*ledger of B/),
    ])
  })
})

describe('the end', () => {
  it(
    'removes every tenant once, those that were only half made too, and also when the run was ' +
      'interrupted',
    async () => {
      const removed: string[] = []
      const ended = new AbortController()
      const target = open(
        {
          deprovision: (id) => void removed.push(id),
          ingest: () => {
            throw new Error('full')
          },
        },
        { signal: ended.signal },
      )
      await rejectionOf(stage(target))
      ended.abort(new TenantbenchError('TB_INTERRUPTED'))
      expect(await target.release()).toEqual([])
      await target[Symbol.asyncDispose]()
      expect(removed).toEqual([`${prefix}A`])
    },
  )

  it('names what it could not remove, or cannot', async () => {
    const failing = open({
      deprovision: (id) => {
        if (id.endsWith('B')) throw new Error('locked')
      },
    })
    await stage(failing)
    expect(await failing.release()).toEqual([
      `${prefix}B could not be removed from the target: The target refused a request or failed ` +
        'at it. deprovision: locked',
    ])
    expect(await failing.release()).toEqual([])
    const without = open({})
    await stage(without)
    expect(await without.release()).toEqual([
      `The target has no deprovision: ${prefix}A, ${prefix}B stay there.`,
    ])
  })
})

it('calls itself what it says, or by its path, in plain characters', () => {
  expect(open({ name: 'my\u001b[31m rag' }).subject).toEqual({ kind: 'module', name: 'my rag' })
  expect(open({}).subject).toEqual({ kind: 'module', name: './t.ts' })
})

it('an answer may come at once or later', async () => {
  const target = open({ query: (): ToldAnswer => ({ answer: 'now' }) })
  await stage(target, [A])
  expect(await ask(target)).toMatchObject({ text: 'now' })
})
