/** What comes in from the machine: on the real tree, and on planted faults. */
import { describe, expect, test } from 'vitest'
import {
  bareDatabaseUrl,
  environmentReads,
  pinnedPackages,
  registryNames,
} from './laws/environment.ts'
import { planted, readTree, told } from './tree.ts'

const tree = readTree()
const bare = ['DATABASE', 'URL'].join('_')
const host = ['registry', 'npmjs', 'org'].join('.')

describe('the tree', () => {
  test('reads the environment in two places', () =>
    expect(told(environmentReads(tree))).toEqual([]))
  test('never reads the bare database variable', () =>
    expect(told(bareDatabaseUrl(tree))).toEqual([]))
  test('names no package registry', () => expect(told(registryNames(tree))).toEqual([]))
  test('pins its packages', () => expect(told(pinnedPackages(tree))).toEqual([]))
  test('has a manifest and a lock file', () =>
    expect([...tree.keys()]).toEqual(expect.arrayContaining(['package.json', 'package-lock.json'])))
})

describe('a planted read is found', () => {
  test.each([
    'const a = process.env.HOME',
    `const a = process['env']`,
    'const { env } = process',
    'const { env: e } = process',
    `import { env } from 'node:process'`,
    'const a = globalThis.process.env',
  ])('%s', (line) => {
    expect(told(environmentReads(planted({ 'src/rag/a.ts': `/** Head. */\n${line}\n` })))).toEqual([
      expect.stringMatching(/^src\/rag\/a\.ts:2 (process\.env|env of node:process): take it/),
    ])
  })

  test('of more than two names in the services', () => {
    const text =
      `const a = { PATH: process.env['PATH'], TMPDIR: process.env.TMPDIR }\nconst b = { ` +
      `...process.env }\nconst c = process.env['HOME']\n`
    expect(
      environmentReads(planted({ 'harness/services/services.ts': text })).map(({ line }) => line),
    ).toEqual([2, 3])
  })

  test('of the bare variable', () => {
    const text = [
      `const a = environment['${bare}']`,
      `const b = environment.${bare}`,
      `const { ${bare}: c } = environment`,
      `const d = environment['TENANTBENCH_${bare}']`,
      `const e = '${bare}'`,
    ].join('\n')
    expect(bareDatabaseUrl(planted({ 'harness/cli/a.ts': text })).map(({ line }) => line)).toEqual([
      1, 2, 3, 5,
    ])
  })

  test('a test may set the bare variable', () => {
    expect(
      bareDatabaseUrl(
        planted({ 'test/e2e/a.test.ts': `start({ env: { ${bare}: 'x', '${bare}': 'y' } })\n` }),
      ),
    ).toEqual([])
  })
})

describe('a planted origin is found', () => {
  test('a host', () => {
    expect(
      told(
        registryNames(
          planted({
            'docs/a.md': `Fine.\nSee https://${host}/pg.\n`,
            '.npmrc': `registry=http://mirror:1/\n`,
          }),
        ),
      ),
    ).toEqual([
      '.npmrc:1 registry=http://mirror:1/: names a package registry',
      `docs/a.md:2 ${host}: names a package registry`,
    ])
  })

  test('a resolved package', () => {
    expect(
      registryNames(
        planted({ 'package-lock.json': `{\n  "resolved": "https://mirror/pg.tgz"\n}\n` }),
      ).map(({ line }) => line),
    ).toEqual([2])
  })

  test('loose versions and install scripts', () => {
    const manifest = {
      dependencies: { a: '^1.0.0', b: '1.0.0', c: 'latest' },
      devDependencies: { d: '~1.0.0', e: 'npm:f@1.0.0', g: 'npm:f@^1.0.0' },
      optionalDependencies: { '@h/i': '1.0.0-beta.2' },
    }
    const text = JSON.stringify(manifest, null, 2)
    expect(told(pinnedPackages(planted({ 'package.json': text })))).toEqual([
      'package.json:1 allowScripts is missing: name the packages whose install scripts may run',
      'package.json:3 a ^1.0.0: name one exact version',
      'package.json:5 c latest: name one exact version',
      'package.json:8 d ~1.0.0: name one exact version',
      'package.json:10 g npm:f@^1.0.0: name one exact version',
    ])
    expect(
      told(pinnedPackages(planted({ 'package.json': '{\n"allowScripts": {\n"x": true}}' }))),
    ).toEqual(['package.json:3 allowScripts names x, which is no dependency'])
  })
})
