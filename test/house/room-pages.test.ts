/** The page of each room: on the real tree, and on planted faults. */
import { expect, test } from 'vitest'
import { roomPages } from './laws/room-pages.ts'
import { planted, readTree, told } from './tree.ts'

const tree = readTree()

test('the tree has a page for each room', () => expect(told(roomPages(tree))).toEqual([]))

const withPage = (text: string | null): readonly string[] => {
  const files = Object.fromEntries([...tree].filter(([path]) => path !== 'src/db/README.md'))
  return told(roomPages(planted(text === null ? files : { ...files, 'src/db/README.md': text })))
}

test.each([
  ['a missing page', null, 'src/db:1 has no README.md'],
  ['a long page', 'line\n'.repeat(26), 'src/db/README.md:1 26 lines: at most 25'],
  [
    'a file that is gone',
    'See\n`gone.ts`.\n',
    'src/db/README.md:2 names gone.ts, which is not there',
  ],
])('%s is found', (_what, text, said) => expect(withPage(text)).toEqual([said]))
