/** Import circles between files and between rooms, type imports included. */
import { codeIn, findingAt, specifierOf, walk } from '../syntax.ts'
import type { Finding, Tree } from '../tree.ts'
import { importedPath, lawFolders, roomOf } from './import-law.ts'

interface Edge {
  readonly from: string
  readonly to: string
  /** The import that makes the edge. */
  readonly at: Finding
}

/** Circles of files. */
export function fileCircles(tree: Tree): Finding[] {
  return circlesAmong(
    edgesOf(tree, (path) => path),
    'files',
  )
}

/** Circles of rooms. The store of cost is a room of its own only for the import law. */
export function roomCircles(tree: Tree): Finding[] {
  return circlesAmong(
    edgesOf(tree, (path) => (path === 'src/cost/store.ts' ? 'src/cost' : (roomOf(path) ?? path))),
    'rooms',
  )
}

function edgesOf(tree: Tree, nameOf: (path: string) => string): Edge[] {
  const edges: Edge[] = []
  for (const code of codeIn(tree, lawFolders)) {
    walk(code.source, (node) => {
      const specifier = specifierOf(node)
      const target = specifier === null ? null : importedPath(code.path, specifier)
      if (target === null || (nameOf(target) === nameOf(code.path) && target !== code.path)) return
      edges.push({
        from: nameOf(code.path),
        to: nameOf(target),
        at: findingAt(code, node, `imports ${target}`),
      })
    })
  }
  return edges
}

/** One finding per edge that lies on a circle, so that each import that could be cut is named. */
function circlesAmong(edges: readonly Edge[], things: string): Finding[] {
  const next = Map.groupBy(edges, ({ from }) => from)
  return edges.flatMap((edge) => {
    const back = pathBetween(next, edge.to, edge.from)
    return back === null
      ? []
      : [
          {
            ...edge.at,
            what: `${edge.at.what}: circle of ${things} ${[edge.from, ...back].join(' -> ')}`,
          },
        ]
  })
}

/** The shortest way from one thing to another along the imports, both ends included, or null. */
function pathBetween(
  next: ReadonlyMap<string, readonly Edge[]>,
  from: string,
  to: string,
): readonly string[] | null {
  const cameFrom = new Map<string, string | null>([[from, null]])
  const queue = [from]
  for (const place of queue) {
    if (place === to) return trail(cameFrom, to)
    for (const edge of next.get(place) ?? []) {
      if (cameFrom.has(edge.to)) continue
      cameFrom.set(edge.to, place)
      queue.push(edge.to)
    }
  }
  return null
}

function trail(cameFrom: ReadonlyMap<string, string | null>, end: string): readonly string[] {
  const places: string[] = []
  for (let place: string | null = end; place !== null; place = cameFrom.get(place) ?? null)
    places.unshift(place)
  return places
}
