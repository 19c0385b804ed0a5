/**
 * The fit knows recorded samples and nothing else: neither it nor the story of a calibration
 * reaches the published profiles, by any number of imports, types included. A fit that could look
 * up the answer would prove nothing.
 */
import { codeIn, findingAt, specifierOf, walk, type Code } from '../syntax.ts'
import { isInside, type Finding, type Tree } from '../tree.ts'
import { importedPath, lawFolders } from './import-law.ts'

const starts = ['harness/simulate/fit', 'harness/calibrate/calibrate.ts']
// The local vendors are made from the profiles, so what they say is the profiles under another
// name.
const forbidden = ['harness/profiles', 'harness/services']

interface Import {
  readonly target: string
  readonly at: Finding
}

/** Every first import that leads from the fit to the profiles, with the way it goes. */
export function fitApart(tree: Tree): Finding[] {
  const importsOf = new Map(codeIn(tree, lawFolders).map((code) => [code.path, ownImports(code)]))
  const froms = [...importsOf.keys()].filter((path) =>
    starts.some((start) => isInside(path, start)),
  )
  return froms.flatMap((from) =>
    (importsOf.get(from) ?? []).flatMap(({ target, at }) => {
      // What another file of the fit imports is told there.
      if (starts.some((start) => isInside(target, start))) return []
      const way = wayToForbidden(importsOf, target)
      return way === null
        ? []
        : [{ ...at, what: `the fit reaches what was published: ${[from, ...way].join(' -> ')}` }]
    }),
  )
}

function ownImports(code: Code): readonly Import[] {
  const found: Import[] = []
  walk(code.source, (node) => {
    const specifier = specifierOf(node)
    const target = specifier === null ? null : importedPath(code.path, specifier)
    if (target !== null) found.push({ target, at: findingAt(code, node, '') })
  })
  return found
}

/** The shortest way, or null. */
function wayToForbidden(
  importsOf: ReadonlyMap<string, readonly Import[]>,
  start: string,
): readonly string[] | null {
  const queue: (readonly string[])[] = [[start]]
  const seen = new Set([start])
  for (const way of queue) {
    const last = way.at(-1) ?? start
    if (forbidden.some((place) => isInside(last, place))) return way
    for (const { target } of importsOf.get(last) ?? []) {
      if (seen.has(target)) continue
      seen.add(target)
      queue.push([...way, target])
    }
  }
  return null
}
