/** The fit does not reach the profiles: on the real tree, and on planted ways to them. */
import { describe, expect, test } from 'vitest'
import { fitApart } from './laws/fit-apart.ts'
import { planted, readTree, told } from './tree.ts'

describe('the tree', () => {
  const tree = readTree()
  test('has a fit, and profiles that others use', () => {
    const paths = [...tree.keys()]
    expect(paths).toEqual(
      expect.arrayContaining([
        'harness/simulate/fit/fit.ts',
        'harness/calibrate/calibrate.ts',
        'harness/profiles/chat-models.ts',
      ]),
    )
  })
  test('keeps them apart', () => expect(told(fitApart(tree))).toEqual([]))
})

describe('a planted way is found', () => {
  const profiles = { 'harness/profiles/chat-models.ts': 'export const median = 600\n' }

  test('a direct import', () => {
    const files = {
      ...profiles,
      'harness/simulate/fit/fit.ts': `/** Head. */\nimport { median } from '../../profiles/chat-models.ts'\n`,
    }
    expect(told(fitApart(planted(files)))).toEqual([
      'harness/simulate/fit/fit.ts:2 the fit reaches what was published: ' +
        'harness/simulate/fit/fit.ts -> harness/profiles/chat-models.ts',
    ])
  })

  test('a type, through a file beside it', () => {
    const files = {
      ...profiles,
      'harness/simulate/fit/fit.ts': `import type { ChatService } from '../models/service-models.ts'\n`,
      'harness/simulate/models/service-models.ts': `import './from-profiles.ts'\n`,
      'harness/simulate/models/from-profiles.ts': `export type { Profile } from '../../profiles/chat-models.ts'\n`,
    }
    expect(told(fitApart(planted(files)))).toEqual([
      'harness/simulate/fit/fit.ts:1 the fit reaches what was published: ' +
        'harness/simulate/fit/fit.ts -> harness/simulate/models/service-models.ts -> ' +
        'harness/simulate/models/from-profiles.ts -> harness/profiles/chat-models.ts',
    ])
  })

  test('the story, through the local vendors; told once, where it begins', () => {
    const files = {
      'harness/calibrate/calibrate.ts': `import './simulate/fit/fit.ts'\n`,
      'harness/simulate/fit/fit.ts': `await import('../../services/services.ts')\n`,
      'harness/services/services.ts': '',
    }
    expect(told(fitApart(planted(files)))).toEqual([
      'harness/simulate/fit/fit.ts:1 the fit reaches what was published: ' +
        'harness/simulate/fit/fit.ts -> harness/services/services.ts',
    ])
  })

  test('what others import is no matter of the fit', () => {
    const files = {
      ...profiles,
      'harness/simulate/models/from-profiles.ts': `import '../../profiles/chat-models.ts'\n`,
      'harness/simulate/fit/fit.ts': `import '../models/quantile-table.ts'\n`,
      'harness/simulate/models/quantile-table.ts': '',
    }
    expect(fitApart(planted(files))).toEqual([])
  })
})
