/** Manners inside a file: on the real tree, and on planted lapses. */
import { describe, expect, test } from 'vitest'
import {
  codedErrors,
  documentedExports,
  fewParameters,
  headComments,
  kebabNames,
  noDefaultExports,
  noSilencing,
  plainLanguage,
} from './laws/manners.ts'
import { planted, readTree, told, type Finding, type Tree } from './tree.ts'

const tree = readTree()
const laws: Readonly<Record<string, (tree: Tree) => Finding[]>> = {
  'plain language': plainLanguage,
  'no default exports': noDefaultExports,
  'errors with codes': codedErrors,
  'documented exports': documentedExports,
  'head comments': headComments,
  'kebab-case names': kebabNames,
  'few parameters': fewParameters,
  'nothing silenced': noSilencing,
}

describe('the tree', () => {
  test.each(Object.entries(laws))('%s', (_name, law) => expect(told(law(tree))).toEqual([]))
})

const lapses: readonly (readonly [
  law: (tree: Tree) => Finding[],
  text: string,
  what: string,
  line?: number,
])[] = [
  [plainLanguage, 'let a: any', 'any: use unknown'],
  [plainLanguage, 'const a = b as any', 'any: use unknown'],
  [plainLanguage, 'const enum A { b }', 'enum'],
  [plainLanguage, 'namespace A {}', 'namespace'],
  [plainLanguage, 'class A { constructor(readonly b: string) {} }', 'parameter property'],
  [plainLanguage, 'const a = b!.c', 'non-null mark'],
  [plainLanguage, 'class A { b!: string }', 'definite assignment mark'],
  [noDefaultExports, 'export default function a() {}', 'default export'],
  [noDefaultExports, 'export default 5', 'default export'],
  [noDefaultExports, 'export { a as default }', 'default export'],
  [codedErrors, `throw new Error('no')`, 'new Error: throw a TenantbenchError'],
  [codedErrors, `throw TypeError('no')`, 'new TypeError: throw a TenantbenchError'],
  [codedErrors, `reject(new RangeError('no'))`, 'new RangeError: throw a TenantbenchError'],
  [codedErrors, `throw new IndexRefusal(404)`, 'new IndexRefusal: throw a TenantbenchError'],
  [codedErrors, `throw 'no'`, 'throws what is no error'],
  [documentedExports, 'export const a = 1', 'export without a doc comment'],
  [
    documentedExports,
    '// Not a doc comment.\nexport const a = 1',
    'export without a doc comment',
    3,
  ],
  [
    documentedExports,
    '/** Of something else. */\n\nexport type A = 1',
    'export without a doc comment',
    4,
  ],
  [documentedExports, 'const a = 1\nexport { a }', 'export list', 3],
  [fewParameters, 'function f(a: 1, b: 2, c: 3, d: 4) {}', '4 parameters: at most 3'],
  [
    fewParameters,
    'interface A {\n  f(a: 1, b: 2, c: 3, d: 4): void }',
    '4 parameters: at most 3',
    3,
  ],
  [noSilencing, '// @ts-ignore', '@ts-ignore'],
  [noSilencing, 'const a = { // eslint-disable-line\n}', 'eslint-disable'],
  [noSilencing, '// oxlint-disable-next-line no-console', 'oxlint-disable: only for the next line'],
  [
    noSilencing,
    '/* oxlint-disable no-console -- because */',
    'oxlint-disable: only for the next line',
  ],
]

describe('a planted lapse is found', () => {
  test.each(lapses.map(([law, text, what, line = 2]) => ({ law, text, what, line })))(
    '$law.name: $text',
    ({ law, text, what, line }) => {
      expect(told(law(planted({ 'src/rag/a.ts': `/* Head. */\n${text}\n` })))).toEqual([
        expect.stringContaining(`src/rag/a.ts:${line} ${what}`),
      ])
    },
  )

  test('a file without a head', () => {
    const files = {
      'src/rag/a.ts': `import 'zod'\n/** Late. */\n`,
      'src/db/migrations/001-a.sql': 'create table a ();\n',
      'bin/a.js': '#!/usr/bin/env node\n// Head.\n',
    }
    expect(told(headComments(planted(files)))).toEqual([
      'src/db/migrations/001-a.sql:1 begins without a head comment',
      'src/rag/a.ts:1 begins without a head comment',
    ])
  })

  test('names', () => {
    const files = {
      'src/rag/answerQuestion.ts': '',
      'test/unit/Some_thing.test.ts': '',
      'src/Rag/a.ts': '',
      'test/unit/fine-name.test.ts': '',
    }
    expect(kebabNames(planted(files)).map(({ file }) => file)).toEqual([
      'src/rag/answerQuestion.ts',
      'test/unit/Some_thing.test.ts',
      'src/Rag/a.ts',
    ])
  })

  test('five parameters in a test', () => {
    const files = {
      'test/unit/a.test.ts': 'const four = (a, b, c, d) => 1\nconst five = (a, b, c, d, e) => 1\n',
    }
    expect(told(fewParameters(planted(files)))).toEqual([
      'test/unit/a.test.ts:2 5 parameters: at most 4, then one options object',
    ])
  })
})

test.each([
  [plainLanguage, `declare module 'vitest' { interface A { b: 1 } }\nconst any = !b`],
  [codedErrors, `class A extends TenantbenchError {}\nclass B extends A {}\nthrow new B('TB_BUG')`],
  [codedErrors, 'if (e instanceof Error) throw e\nthrow signal.reason'],
  [
    documentedExports,
    '/** One. */\nexport function f(a: 1): void\nexport function f(a: 2): void\nexport function f(a: number): void {}',
  ],
  [documentedExports, `export { a } from './b.ts'`],
  [fewParameters, 'function f(this: A, a: 1, b: 2, c: 3) {}'],
  [
    noSilencing,
    'const a = `// @ts-ignore`\n// oxlint-disable-next-line no-console -- the last resort\nf()',
  ],
])('%o lets pass: %s', (law, text) =>
  expect(law(planted({ 'src/rag/a.ts': `/* Head. */\n${text}\n` }))).toEqual([]),
)

test('a refusal of the local vendors is theirs alone', () => {
  const text = 'throw new IndexRefusal(404)\n'
  expect(codedErrors(planted({ 'harness/services/vendors/a.ts': text }))).toEqual([])
})
