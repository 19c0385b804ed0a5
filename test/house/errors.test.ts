/** The registry of errors against the page, the code, and DESIGN's exit codes. */
import { describe, expect, test } from 'vitest'
import { errorRegistry, exitCodes } from '../../src/base/errors.ts'
import { unknownCodes, unusedCodes } from './laws/error-codes.ts'
import { renderErrors } from './render-errors.ts'
import { planted, readTree, told } from './tree.ts'

const tree = readTree()
const codes = Object.keys(errorRegistry)

/** DESIGN section 4. */
const designed = {
  pass: 0,
  failed: 1,
  usage: 2,
  inconclusive: 3,
  leak: 4,
  unavailable: 5,
  bug: 70,
  interrupted: 130,
  terminated: 143,
}

describe('the registry', () => {
  test('is what docs/errors.md says', () =>
    expect(renderErrors(errorRegistry)).toMatchFileSnapshot('../../docs/errors.md'))
  test('has the exit codes of the design', () => expect(exitCodes).toEqual(designed))
  test('has no code that nothing raises', () => expect(told(unusedCodes(tree, codes))).toEqual([]))
  test('has every code that is raised', () => expect(told(unknownCodes(tree, codes))).toEqual([]))
  test.each(Object.entries(errorRegistry))(
    '%s says what is wrong and what to do, in sentences',
    (code, { means, wayOut }) => {
      expect(code).toMatch(/^TB_[A-Z]+(_[A-Z]+)*$/)
      expect(means).toMatch(/^[A-Za-z].*\.$/)
      expect(wayOut).toMatch(/^[A-Za-z].*\.$/)
    },
  )
})

describe('a planted fault is found', () => {
  const files = {
    'src/base/errors.ts':
      'export const errorRegistry = {\n  TB_USED: 1,\n  TB_IDLE: 2,\n}\n// ' +
      `'TB_IDLE'\nconst a = 'TB_IDLE'\n`,
    'harness/cli/a.ts':
      `/** Throws TB_IDLE. */\nthrow new TenantbenchError('TB_USED')\nconst text = ` +
      `\`(TB_STRANGE) \${a}\`\n`,
  }

  test('a code that nothing raises', () => {
    expect(told(unusedCodes(planted(files), ['TB_USED', 'TB_IDLE']))).toEqual([
      'src/base/errors.ts:3 TB_IDLE is raised nowhere',
    ])
  })

  test('a code that the registry lacks', () => {
    expect(told(unknownCodes(planted(files), ['TB_USED', 'TB_IDLE']))).toEqual([
      'harness/cli/a.ts:3 TB_STRANGE is not in the registry',
    ])
  })

  test('a page that lags behind', () => {
    const one = { TB_B: { exitCode: 2, means: 'B | b.', wayOut: 'Do.' } }
    const two = { ...one, TB_A: { exitCode: 70, means: 'A.', wayOut: 'Go.' } }
    expect(renderErrors(two)).not.toBe(renderErrors(one))
    expect(renderErrors(two).trimEnd().split('\n').slice(-2)).toEqual([
      '| `TB_A` | A. | Go. | 70 |',
      '| `TB_B` | B \\| b. | Do. | 2 |',
    ])
  })
})
