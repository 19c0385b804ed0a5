/** The width of lines: on the real tree, and on planted ones. */
import { expect, test } from 'vitest'
import { tooWide } from './laws/width.ts'
import { planted, readTree, told } from './tree.ts'

const words = 'word '.repeat(30)
const run = 'x'.repeat(130)

test('the tree keeps to 120 columns', () => expect(told(tooWide(readTree()))).toEqual([]))

test.each([
  ['a comment', `// ${words}\n`],
  ['a docstring', `/** ${words}*/\n`],
  ['a text', `export const a = '${words}'\n`],
  ['a text with a value', `export const a = \`${words}\${1}\`\n`],
  ['code', `export const a = ${'1 + '.repeat(40)}1\n`],
])('%s is found', (_what, text) => {
  expect(told(tooWide(planted({ 'src/rag/a.ts': text })))).toEqual([
    expect.stringMatching(/^src\/rag\/a\.ts:1 line of \d+ columns: at most 120$/),
  ])
})

test.each([
  ['a regular expression', `export const a = /${words}/\n`],
  ['an address', `export const a = '${run}'\n`],
  ['a document', `export const a = \`\n${words}\n\`\n`],
  ['120 columns', `// ${'x'.repeat(117)}\n`],
])('%s is not', (_what, text) => {
  expect(tooWide(planted({ 'src/rag/a.ts': text }))).toEqual([])
})
