/** The import law on the real tree, and on planted breaches. */
import { describe, expect, test } from 'vitest'
import {
  importLaw,
  roomOf,
  rooms,
  servicesApart,
  testIsLeaf,
  unusedPermissions,
} from './laws/import-law.ts'
import { planted, readTree, told } from './tree.ts'

const tree = readTree()

describe('the tree', () => {
  test('is read, without what git ignores', () => {
    const paths = [...tree.keys()]
    expect(paths).toEqual(
      expect.arrayContaining([
        'src/index.ts',
        'src/db/migrations/001-tenants.sql',
        'harness/run/run.ts',
        'reports/write.ts',
        'bin/tenantbench.js',
        'package.json',
      ]),
    )
    expect(paths.filter((path) => /^(node_modules|runs|dist|\.git)\//.test(path))).toEqual([])
  })
  test('imports go down only', () => expect(told(importLaw(tree))).toEqual([]))
  test('nothing imports test', () => expect(told(testIsLeaf(tree))).toEqual([]))
  test('the services keep books of their own', () => expect(told(servicesApart(tree))).toEqual([]))
  test('uses every permission of the table', () => expect(unusedPermissions(tree)).toEqual([]))
  test('the table permits only rooms that it knows', () => {
    const places = Object.values(rooms)
      .flat()
      .filter((place) => place !== 'src')
    expect(places.filter((place) => roomOf(place) === null)).toEqual([])
  })
})

describe('a planted breach is found', () => {
  test.each([
    [
      'upwards',
      'src/db/pool.ts',
      `/** Head. */\nimport { x } from '../isolation/roles.ts'\n`,
      'src/db/pool.ts:2 src/db may not import src/isolation/roles.ts',
    ],
    [
      'a type',
      'src/rag/answer.ts',
      `import type { Client } from '../db/pool.ts'\n`,
      'src/rag/answer.ts:1 src/rag may not import src/db/pool.ts',
    ],
    [
      'a type written in place',
      'src/base/a.ts',
      `const a = 1\ntype B = import('../db/pool.ts').Client\n`,
      'src/base/a.ts:2 src/base may not import src/db/pool.ts',
    ],
    [
      'a re-export',
      'reports/write.ts',
      `export { run } from '../harness/run/run.ts'\n`,
      'reports/write.ts:1 reports may not import harness/run/run.ts',
    ],
    [
      'a dynamic import',
      'harness/measure/a.ts',
      `\n\nawait import('../../src/index.ts')\n`,
      'harness/measure/a.ts:3 harness/measure may not import src/index.ts',
    ],
    [
      'an import of an unknown name',
      'harness/recommend/a.ts',
      `await import(name)\n`,
      'harness/recommend/a.ts:1 imports something whose name is only known when it runs',
    ],
    [
      'past the door',
      'harness/recommend/a.ts',
      `import '../../src/cost/charge.ts'\n`,
      'harness/recommend/a.ts:1 harness/recommend may not import src/cost/charge.ts',
    ],
    [
      'past the door, from the command line',
      'harness/cli/main.ts',
      `import '../../src/db/pool.ts'\n`,
      'harness/cli/main.ts:1 harness/cli may not import src/db/pool.ts',
    ],
    [
      'by the name of the package',
      'harness/recommend/a.ts',
      `import 'tenantbench'\n`,
      'harness/recommend/a.ts:1 imports tenantbench: our own files are imported by relative path',
    ],
    [
      'the command line, from the run',
      'harness/run/run.ts',
      `import '../cli/main.ts'\n`,
      'harness/run/run.ts:1 harness/run may not import harness/cli/main.ts',
    ],
    [
      'the run, from what it is made of',
      'harness/load/a.ts',
      `import type { RunOptions } from '../run/run-options.ts'\n`,
      'harness/load/a.ts:1 harness/load may not import harness/run/run-options.ts',
    ],
    [
      'reports beyond the record',
      'harness/recommend/a.ts',
      `import '../../reports/write.ts'\n`,
      'harness/recommend/a.ts:1 harness/recommend may not import reports/write.ts',
    ],
    [
      'the database, from pure cost',
      'src/cost/charge.ts',
      `import '../db/pool.ts'\n`,
      'src/cost/charge.ts:1 src/cost may not import src/db/pool.ts',
    ],
    [
      'the store, from pure cost',
      'src/cost/charge.ts',
      `import './store/usage.ts'\n`,
      'src/cost/charge.ts:1 src/cost may not import src/cost/store/usage.ts',
    ],
    [
      'data outside the rooms',
      'src/base/a.ts',
      `import '../../package.json'\n`,
      'src/base/a.ts:1 src/base may not import package.json',
    ],
    ['no room', 'src/utils/a.ts', '', 'src/utils/a.ts:1 lies in no room that the import law knows'],
  ])('%s', (_name, path, text, finding) =>
    expect(told(importLaw(planted({ [path]: text })))).toEqual([finding]),
  )

  test.each([
    ['src/cost/store/usage.ts', `import '../../db/pool.ts'\nimport '../charge.ts'\n`],
    [
      'harness/recommend/a.ts',
      `import '../../reports/record/record.ts'\nimport { z } from 'zod'\nimport './b.ts'\n`,
    ],
    ['harness/target/module.ts', 'await import(path)\n'],
    ['src/index.ts', `export * from './rag/answer.ts'\n`],
  ])('what %s may do is not', (path, text) =>
    expect(importLaw(planted({ [path]: text }))).toEqual([]),
  )

  test('a permission that nobody uses', () => {
    const without = new Map([...tree].filter(([path]) => !path.startsWith('harness/calibrate/')))
    expect(unusedPermissions(without)).toContain('harness/calibrate: harness/simulate')
  })

  test('an import of a test', () => {
    const files = {
      'scripts/build.ts': `import '../test/support/database.ts'\n`,
      'test/unit/a.test.ts': `import '../support/database.ts'\n`,
    }
    expect(told(testIsLeaf(planted(files)))).toEqual([
      'scripts/build.ts:1 imports test/support/database.ts: nothing imports test',
    ])
  })

  test('our price book in the services', () => {
    const files = {
      'harness/services/books/bill.ts':
        `import '../../profiles/chat-models.ts'\nimport type { PriceBook } from ` +
        `'../../../src/index.ts'\n`,
    }
    expect(told(servicesApart(planted(files)))).toEqual([
      'harness/services/books/bill.ts:2 harness/services imports src/index.ts: its books must not be ours',
    ])
  })
})
