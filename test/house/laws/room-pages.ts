/** Each room has a page of at most 25 lines that says what it is for; what it names is there. */
import { posix } from 'node:path'
import { matches, type Finding, type Tree } from '../tree.ts'
import { rooms } from './import-law.ts'

const maxLines = 25

/** Rooms that are folders of their own; what lies within one is told on its page. */
const withPage = Object.keys(rooms).filter(
  (room) => !room.endsWith('.ts') && (room.split('/').length === 2 || room === 'reports'),
)

/** Pages that are missing, too long, or name a file or folder that is not there. */
export function roomPages(tree: Tree): Finding[] {
  return withPage.flatMap((room) => {
    const file = `${room}/README.md`
    const text = tree.get(file)
    if (text === undefined) return [{ file: room, line: 1, what: 'has no README.md' }]
    const lines = text.trimEnd().split('\n').length
    const long = lines > maxLines ? [{ file, line: 1, what: `${lines} lines: at most 25` }] : []
    const gone = matches(file, text, /`[\w./-]+(?:\.\w+|\/[\w.-]*)`/g, (found) =>
      found.slice(1, -1),
    )
    return [...long, ...gone.filter(({ what }) => !exists(tree, room, what)).map(missing)]
  })
}

function missing(finding: Finding): Finding {
  return { ...finding, what: `names ${finding.what}, which is not there` }
}

function exists(tree: Tree, room: string, named: string): boolean {
  const places = [posix.join(room, named), posix.normalize(named)].map((path) =>
    path.replace(/\/$/, ''),
  )
  return [...tree.keys()].some((path) =>
    places.some((place) => path === place || path.startsWith(`${place}/`)),
  )
}
