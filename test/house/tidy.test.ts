/** Budgets of size and no wishes: on the real tree, and on planted excess. */
import { describe, expect, test } from 'vitest'
import { budgets, sizesOf, tooLong, wishesLeft } from './laws/tidy.ts'
import { planted, readTree, told } from './tree.ts'

const tree = readTree()
const lines = (count: number): string => 'f()\n'.repeat(count)
const functionOf = (count: number): string => `function f() {\n${lines(count - 2)}}\n`

describe('the tree', () => {
  test('keeps its files and functions short', () => expect(told(tooLong(tree))).toEqual([]))
  test('makes no wishes', () => expect(told(wishesLeft(tree))).toEqual([]))
  test('is counted', () => {
    const { files, functions, medianFile } = sizesOf(tree)
    // The median is a hint about the cut of the files, not a bar.
    console.log(
      `median/p95/max: ${files}; ` +
        `${functions}${medianFile < 60 || medianFile > 110 ? '; the median file lies outside 60 to 110' : ''}`,
    )
    expect(medianFile).toBeGreaterThan(0)
  })
})

describe('planted excess is found', () => {
  test('one file among many', () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, each) => [
        `src/rag/a${each}.ts`,
        lines(each === 7 ? 351 : 80),
      ]),
    )
    expect(told(tooLong(planted(files), budgets))).toEqual([
      'src/rag/a7.ts:1 file of 351 lines: at most 350',
    ])
  })

  test('a long tail of files', () => {
    expect(
      told(tooLong(planted({ 'src/rag/a.ts': lines(251), 'src/rag/b.ts': lines(250) }), budgets)),
    ).toEqual(['src/rag/a.ts:1 file of 251 lines: the 95th percentile is 251, the bar 250'])
  })

  test('one function among many', () => {
    const text = `${functionOf(10).repeat(24)}${functionOf(61)}`
    expect(told(tooLong(planted({ 'src/rag/a.ts': text }), budgets))).toEqual(
      [
        'src/rag/a.ts:241 function of 61 lines: at most 60',
        'src/rag/a.ts:1 file of 301 lines: the 95th percentile is 301, the bar 250',
      ].sort(),
    )
  })

  test('a long tail of functions', () => {
    expect(
      told(tooLong(planted({ 'src/rag/a.ts': `${functionOf(36)}${functionOf(35)}` }), budgets)),
    ).toEqual(['src/rag/a.ts:1 function of 36 lines: the 95th percentile is 36, the bar 35'])
  })

  test('wishes', () => {
    const wish = ['TO', 'DO'].join('')
    expect(
      told(
        wishesLeft(
          planted({
            'docs/a.md': `Fine.\n${wish}: more\n`,
            'src/rag/a.ts': `throw x('not ${'implemented'} yet')\n`,
          }),
        ),
      ),
    ).toEqual([
      `docs/a.md:2 says "${wish}": do it, or leave it out`,
      `src/rag/a.ts:1 says "not ${'implemented'}": do it, or leave it out`,
    ])
  })
})
