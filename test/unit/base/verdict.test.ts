import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exitCodeOf, verdicts, worstVerdict, type Verdict } from '../../../src/base/verdict.ts'

const fromWorst = ['leak', 'invalid', 'fail', 'inconclusive', 'pass'] as const

describe('the verdict of several checks', () => {
  it('is the worst of them, in the order leak, invalid, fail, inconclusive, pass', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...verdicts), { minLength: 1 }), (found) => {
        const best = Math.min(...found.map((verdict) => fromWorst.indexOf(verdict)))
        expect(worstVerdict(found)).toBe(fromWorst[best])
      }),
    )
  })

  it('is never a pass when nothing was checked', () =>
    expect(worstVerdict([])).toBe('inconclusive'))

  it('is not changed by any number of passes', () => {
    expect(worstVerdict([...new Array<Verdict>(1_000).fill('pass'), 'leak'])).toBe('leak')
  })
})

it.each([
  ['pass', 0],
  ['fail', 1],
  ['inconclusive', 3],
  ['invalid', 3],
  ['leak', 4],
] as const)('%s ends with %i', (verdict, code) => expect(exitCodeOf(verdict)).toBe(code))
