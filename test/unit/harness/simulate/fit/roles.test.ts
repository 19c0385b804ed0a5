/**
 * What is held out is in no fit: by default, as wished, and with runs that leave nothing to hold
 * out.
 */
import { describe, expect, it } from 'vitest'
import type { FitSample, RecordedLoad } from '../../../../../harness/simulate/fit/fit-sample.ts'
import { heldOutBy, rolesOf, type Roles } from '../../../../../harness/simulate/fit/roles.ts'

type Asked = readonly [model: string, topK: number]

const both: readonly Asked[] = ['m1', 'm2'].flatMap((model) =>
  [3, 5, 8].map((topK): Asked => [model, topK]),
)

function load(run: string, ratePerSecond: number, asked: readonly Asked[] = both): RecordedLoad {
  const samples = asked.map(([model, topK], at): FitSample => ({
    tenant: 'A',
    model,
    topK,
    rerank: false,
    question: 'q',
    isWarmup: false,
    isAnswered: true,
    wasRetried: false,
    intendedMs: at,
    heldMs: 0,
    latencyMs: 1,
    uncorrectedMs: 1,
    stagesMs: {},
    promptTokens: 1,
    completionTokens: 1,
    directUsd: null,
  }))
  return { run, level: `${ratePerSecond} a second`, ratePerSecond, seed: 1, samples }
}

const recorded = [
  load('profile', 1, [['m1', 3]]),
  load('at-30', 3),
  load('at-50', 5),
  load('at-70', 7),
  load('again', 7),
]
const free = { model: null, topK: null }

/** Runs with what of them is fitted to. */
function fittedTo(roles: Roles): readonly string[] {
  return roles.loads.flatMap((each) =>
    each.samples
      .filter((sample) => heldOutBy(roles, each, sample).length === 0)
      .map(({ model, topK }) => `${each.run}: ${model} ${topK}`),
  )
}

describe('by default', () => {
  const roles = rolesOf(recorded, free)
  it('the model that a run asks alone, the middle top_k and the highest rate are held out', () => {
    expect(roles).toMatchObject({
      model: 'm1',
      topK: 5,
      level: '7 a second',
      profileRun: 'profile',
      missing: [],
    })
    expect([roles.live?.run, roles.repeat?.run]).toEqual(['at-70', 'again'])
  })
  it('and in no fit: of the model there is its profile', () => {
    expect(fittedTo(roles)).toEqual([
      'profile: m1 3',
      'at-30: m2 3',
      'at-30: m2 8',
      'at-50: m2 3',
      'at-50: m2 8',
    ])
  })
  it('a cell says by what it is held out', () => {
    expect(heldOutBy(roles, recorded[1] as RecordedLoad, { model: 'm1', topK: 5 })).toEqual([
      'model',
      'top_k',
    ])
    expect(heldOutBy(roles, recorded[3] as RecordedLoad, { model: 'm2', topK: 3 })).toEqual([
      'load',
    ])
  })
})

describe('as wished', () => {
  it('the profile run of another model is missing, and told', () => {
    const roles = rolesOf(recorded, { model: 'm2', topK: 8 })
    expect(roles.missing).toEqual([
      'the model m2: record a run at a low rate that asks it with one top_k (not 8) alone, for it to be known by',
    ])
    expect(fittedTo(roles).filter((each) => /m2|8/.test(each.split(': ')[1] ?? ''))).toEqual([])
  })
  it('a profile at the top_k that is held out is none', () => {
    expect(rolesOf(recorded, { model: 'm1', topK: 3 }).profileRun).toBeNull()
  })
})

describe('with nothing to hold out', () => {
  it.each([
    ['one run', [load('only', 3)], /two rates/],
    [
      'one model',
      [
        load('a', 3, [
          ['m1', 3],
          ['m1', 5],
          ['m1', 8],
        ]),
        load('b', 5, [['m1', 3]]),
      ],
      /two of them/,
    ],
    [
      'two top_ks',
      [
        load('a', 3, [
          ['m1', 3],
          ['m2', 5],
        ]),
        load('b', 5, [['m1', 3]]),
      ],
      /three of them/,
    ],
    ['no repeat', recorded.slice(0, 4), /twice/],
  ])('%s: it is told what to record', (_case, loads, words) =>
    expect(rolesOf(loads, free).missing.join('; ')).toMatch(words),
  )
})
