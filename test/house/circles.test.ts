/**
 * No import circles, of files or rooms, types included: on the real tree, and on planted circles.
 */
import { describe, expect, test } from 'vitest'
import { fileCircles, roomCircles } from './laws/circles.ts'
import { planted, readTree, told } from './tree.ts'

const tree = readTree()

describe('the tree', () => {
  test('has no circle of files', () => expect(told(fileCircles(tree))).toEqual([]))
  test('has no circle of rooms', () => expect(told(roomCircles(tree))).toEqual([]))
})

describe('a planted circle is found', () => {
  test('of two files, one by type only', () => {
    const files = {
      'src/db/a.ts': `/** Head. */\nimport { b } from './b.ts'\n`,
      'src/db/b.ts': `import type { A } from './a.ts'\n`,
    }
    expect(told(fileCircles(planted(files)))).toEqual([
      'src/db/a.ts:2 imports src/db/b.ts: circle of files src/db/a.ts -> src/db/b.ts -> src/db/a.ts',
      'src/db/b.ts:1 imports src/db/a.ts: circle of files src/db/b.ts -> src/db/a.ts -> src/db/b.ts',
    ])
    expect(roomCircles(planted(files))).toEqual([])
  })

  test('of one file with itself', () =>
    expect(told(fileCircles(planted({ 'src/db/a.ts': `export * from './a.ts'\n` })))).toHaveLength(
      1,
    ))

  test('of three rooms whose files form none; an import beside the circle is not named', () => {
    const files = {
      'harness/recommend/a.ts': `import '../target/b.ts'\nimport '../measure/f.ts'\n`,
      'harness/target/c.ts': `import '../measure/d.ts'\nimport '../../src/base/clock.ts'\n`,
      'harness/measure/e.ts': `import '../recommend/g.ts'\n`,
    }
    expect(fileCircles(planted(files))).toEqual([])
    expect(told(roomCircles(planted(files)))).toEqual([
      'harness/measure/e.ts:1 imports harness/recommend/g.ts: circle of rooms harness/measure ' +
        '-> harness/recommend -> harness/measure',
      'harness/recommend/a.ts:1 imports harness/target/b.ts: circle of rooms harness/recommend ' +
        '-> harness/target -> harness/measure -> harness/recommend',
      'harness/recommend/a.ts:2 imports harness/measure/f.ts: circle of rooms ' +
        'harness/recommend -> harness/measure -> harness/recommend',
      'harness/target/c.ts:1 imports harness/measure/d.ts: circle of rooms harness/target -> ' +
        'harness/measure -> harness/recommend -> harness/target',
    ])
  })
})
