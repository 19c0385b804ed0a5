import { describe, expect, it } from 'vitest'
import { boundaries } from '../../../../src/base/boundaries.ts'
import type { HuntResult } from '../../../../harness/leaks/hunts/run-hunts.ts'
import { answerOf, type SeenOfQueries } from '../../../../harness/leaks/hunt-system.ts'

const hunt = (change: Partial<HuntResult> = {}): HuntResult => ({
  id: 'rows.everything',
  vector: 'A01',
  what: 'reads',
  verdict: 'pass',
  checks: 60,
  evidence: '',
  coverage: [{ boundary: 'rows', role: 'app', state: 'fresh', covered: true }],
  ...change,
})
const queries = (change: Partial<SeenOfQueries> = {}): SeenOfQueries => ({
  checks: 40,
  leaks: 0,
  boundaries: boundaries.map((boundary) => ({ boundary, state: 'covered' })),
  ...change,
})

describe('the answer of a leak hunt', () => {
  it('is a statement with a bound, and with what was covered and what was not', () => {
    const { verdict, exitCode, checks, upperBound95, statement } = answerOf(
      queries({
        boundaries: [
          { boundary: 'rows', state: 'covered' },
          { boundary: 'rerank', state: 'not-shown' },
        ],
      }),
      [hunt()],
      [],
    )
    expect({ verdict, exitCode, checks }).toEqual({ verdict: 'pass', exitCode: 0, checks: 100 })
    expect(upperBound95).toBeCloseTo(0.0295, 4)
    expect(statement).toMatch(
      /^0 leaks in 100 checks, below 3\/100 = 3\.00 % of such checks with 95 % confidence\. Covered: rows × app fresh\. Not covered: rerank; /,
    )
  })

  it.each([
    ['leak', 4, queries({ leaks: 1 }), hunt(), /^Queries leaked in 100 checks\./],
    ['leak', 4, queries(), hunt({ verdict: 'leak' }), /^Found by rows\.everything in 100 checks\./],
    ['fail', 1, queries(), hunt({ verdict: 'fail' }), /^Found by rows\.everything in 100 checks\./],
    [
      'inconclusive',
      3,
      queries(),
      hunt({
        verdict: 'inconclusive',
        coverage: [{ boundary: 'rows', role: 'app', state: 'recycled', covered: false }],
      }),
      /Not covered: rows × app recycled \(rows\.everything\)/,
    ],
    [
      'inconclusive',
      3,
      queries({ checks: 0 }),
      hunt({ checks: 0 }),
      /^Nothing was tried that could have found anything\./,
    ],
  ] as const)('%s ends with %i', (...row) => {
    const [verdict, exitCode, seen, found, words] = row
    const answer = answerOf(seen, [found], [])
    expect({ verdict: answer.verdict, exitCode: answer.exitCode }).toEqual({ verdict, exitCode })
    expect(answer.statement).toMatch(words)
    expect(answer.upperBound95 === null).toBe(verdict === 'leak' || answer.checks === 0)
  })

  it('calls a boundary leaking that only a hunt saw leaking', () => {
    expect(
      answerOf(queries(), [hunt({ verdict: 'leak' })], []).boundaries.find(
        ({ boundary }) => boundary === 'rows',
      )?.state,
    ).toBe('leak')
  })
})
