/** The import law: which room may import which, as data, and the function that holds a tree against it. */
import { posix } from 'node:path'
import { codeIn, findingsOf, isDynamicImport, literalText, specifierOf, type Code } from '../syntax.ts'
import { isInside, type Finding, type Tree } from '../tree.ts'

const door = ['src/index.ts', 'src/base']
const parts = ['scenario', 'profiles', 'services', 'target', 'workload', 'measure', 'execute', 'simulate', 'provision', 'check', 'mutants', 'bench'].map((room) => `harness/${room}`)

/**
 * Rooms, and what each may import beside itself (DESIGN section 2). A room is a folder or a file; of two that fit a path the
 * longer one is its room. Two rooms are ours: `harness/outcome`, the parts of harness/run.ts, harness/readiness.ts and harness/leaks.ts, and the store of cost, which alone
 * may know the database.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/db': ['src/base'],
  'src/providers': ['src/base'],
  'src/isolation': ['src/db', 'src/providers', 'src/base'],
  'src/audit': ['src/db', 'src/base'],
  'src/cost': ['src/base'],
  'src/cost/store': ['src/cost', 'src/db', 'src/isolation', 'src/base'],
  'src/config': ['src/isolation', 'src/db', 'src/base'],
  'src/rag': ['src/config', 'src/cost', 'src/providers', 'src/isolation', 'src/base'],
  'src/index.ts': ['src'],
  reports: ['src/base'],
  'harness/scenario': door,
  'harness/profiles': ['src/base'],
  'harness/services': ['harness/profiles', 'src/base'],
  'harness/target': door,
  'harness/workload': ['harness/scenario', ...door],
  'harness/measure': ['src/base'],
  'harness/execute': ['harness/scenario', 'harness/workload', 'harness/measure', 'harness/target', 'src/base'],
  'harness/simulate': ['harness/scenario', 'harness/workload', 'harness/measure', 'harness/profiles', ...door],
  'harness/provision': ['harness/scenario', 'harness/workload', 'harness/target', ...door],
  'harness/check': ['harness/scenario', 'harness/measure', 'harness/target', 'reports/record', ...door],
  'harness/mutants': ['harness/target', 'harness/check', ...door],
  'harness/bench': ['harness/measure', ...door],
  'harness/outcome': [...parts, 'reports', ...door],
  'harness/run.ts': [...parts, 'harness/outcome', 'reports', ...door],
  'harness/readiness.ts': [...parts, 'harness/outcome', 'harness/run.ts', 'reports', ...door],
  'harness/reconcile.ts': [...parts, 'harness/outcome', 'reports', ...door],
  'harness/price.ts': [...parts, 'harness/outcome', 'reports', ...door],
  'harness/calibrate.ts': [...parts, 'reports', ...door],
  'harness/simulate.ts': [...parts, 'harness/outcome', 'reports', ...door],
  'harness/leaks.ts': [...parts, 'harness/outcome', 'harness/run.ts', 'reports', ...door],
  'harness/cli': [...parts, 'harness/outcome', 'harness/run.ts', 'harness/readiness.ts', 'harness/leaks.ts', 'harness/reconcile.ts', 'harness/simulate.ts', 'harness/price.ts', 'harness/calibrate.ts', 'reports', ...door],
}

/** The folders that the table covers. */
export const lawFolders = ['src', 'harness', 'reports'] as const

/** The room of a path, or null. */
export function roomOf(path: string): string | null {
  const fitting = Object.keys(rooms).filter((room) => isInside(path, room))
  return fitting.sort((a, b) => b.length - a.length)[0] ?? null
}

/** The file of ours that an import names, from the top of the checkout; null is a package or Node itself. */
export function importedPath(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null
}

/** Holds a tree against the table. Types, re-exports and dynamic imports count like any import. */
export function importLaw(tree: Tree): Finding[] {
  return codeIn(tree, lawFolders).flatMap((code) => {
    const room = roomOf(code.path)
    if (room === null) return [{ file: code.path, line: 1, what: 'lies in no room that the import law knows' }]
    return findingsOf(code, (node) => {
      if (isDynamicImport(node) && (node.arguments[0] === undefined || literalText(node.arguments[0]) === null)) return hidden(code.path)
      const specifier = specifierOf(node)
      return specifier === null ? null : judge(code, room, specifier)
    })
  })
}

/** Only the target's room loads a file that it does not know by name: the user's module. */
function hidden(path: string): string | null {
  return isInside(path, 'harness/target') ? null : 'imports something whose name is only known when it runs'
}

function judge(code: Code, room: string, specifier: string): string | null {
  if (/^(\/|#|file:|tenantbench($|\/))/.test(specifier)) return `imports ${specifier}: our own files are imported by relative path`
  const target = importedPath(code.path, specifier)
  if (target === null || roomOf(target) === room) return null
  if ((rooms[room] ?? []).some((allowed) => isInside(target, allowed))) return null
  return `${room} may not import ${target}`
}

/** Nothing of the project imports its tests. */
export function testIsLeaf(tree: Tree): Finding[] {
  const others = [...new Set([...tree.keys()].map((path) => path.split('/')[0] ?? path))].filter((top) => top !== 'test')
  return codeIn(tree, others).flatMap((code) =>
    findingsOf(code, (node) => {
      const specifier = specifierOf(node)
      const target = specifier === null ? null : importedPath(code.path, specifier)
      return target !== null && isInside(target, 'test') ? `imports ${target}: nothing imports test` : null
    }),
  )
}

/** The second set of books must not be ours: the local services import nothing of ours but profiles and src/base. */
export function servicesApart(tree: Tree): Finding[] {
  return codeIn(tree, ['harness/services']).flatMap((code) =>
    findingsOf(code, (node) => {
      const specifier = specifierOf(node)
      const target = specifier === null ? null : importedPath(code.path, specifier)
      if (target === null || ['harness/services', 'harness/profiles', 'src/base'].some((place) => isInside(target, place))) return null
      return `harness/services imports ${target}: its books must not be ours`
    }),
  )
}
