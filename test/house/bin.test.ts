/**
 * The door of the command line under a Node.js that is too old: it must be readable there, and say
 * what is missing.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorRegistry } from '../../src/base/errors.ts'
import { oldNodeReads } from './laws/old-node.ts'
import { checkout, planted, readTree, told } from './tree.ts'

const tree = readTree()
const bin = 'bin/tenantbench.js'
const systemNode = '/usr/bin/node'
const version = existsSync(systemNode)
  ? spawnSync(systemNode, ['--version'], { encoding: 'utf8' }).stdout.trim()
  : ''
const [, major = 99, minor = 0] = (/^v(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
const isOld = major < 22 || (major === 22 && minor < 18)

describe('the tree', () => {
  test('is plain JavaScript that Node.js 20 reads', () => {
    expect(tree.has(bin)).toBe(true)
    expect(told(oldNodeReads(tree))).toEqual([])
  })

  test('says the words of the registry', () => {
    const { means, wayOut, exitCode } = errorRegistry.TB_NODE_VERSION
    // A long sentence stands in it as a sum of texts.
    const said = tree.get(bin)?.replaceAll(/' \+\n\s*'/g, '')
    expect(said).toContain(means)
    expect(said).toContain(wayOut)
    expect(exitCode).toBe(5)
  })

  test.skipIf(!isOld)(`tells ${systemNode} ${version} that it is too old`, () => {
    const { status, stdout, stderr } = spawnSync(
      systemNode,
      [join(checkout, bin), 'run', 'scenarios/quick.yaml'],
      { encoding: 'utf8', env: {} },
    )
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' })
    expect(stderr).toContain('TB_NODE_VERSION')
    expect(stderr).toContain(version.slice(1))
  })
})

describe('planted syntax is found', () => {
  test.each([
    ['using a = open()', 'using'],
    ['await using a = open()', 'await using'],
    [`import a from './a.json' with { type: 'json' }`, 'import attributes'],
    ['@logged class A {}', 'decorator'],
    ['class A { accessor b = 1 }', 'accessor'],
    [`import defer * as a from './a.js'`, 'import defer'],
    ['const a = /b/v', 'regular expression'],
    ['const a = /(?i:b)/', 'regular expression'],
    ['const a = b as string', 'TypeScript'],
    ['interface A { }', 'TypeScript'],
    ['const a = ;', 'Expression expected.'],
  ])('%s', (line, what) =>
    expect(told(oldNodeReads(planted({ [bin]: `// Head.\n${line}\n` })))).toContainEqual(
      expect.stringContaining(`${bin}:2 ${what}`),
    ),
  )

  test.each([
    'const a = b ?? c?.d',
    'class A { #b = 1; static { f() } }',
    'const a = await import(b)',
    'const a = /(?:b)(?<c>d)(?=e)/u',
  ])('%s is not', (line) => {
    expect(oldNodeReads(planted({ [bin]: `${line}\n` }))).toEqual([])
  })
})
