/**
 * The import law: which room may import which, as data, and the function that holds a tree against
 * it.
 */
import { posix } from 'node:path'
import {
  codeIn,
  findingsOf,
  isDynamicImport,
  literalText,
  specifierOf,
  walk,
  type Code,
} from '../syntax.ts'
import { isInside, type Finding, type Tree } from '../tree.ts'

const door = ['src/index.ts', 'src/base']

/**
 * Rooms, and what each may import beside itself (DESIGN section 2). A room is a folder or a file;
 * of two that fit a path the longer one is its room. A permission that no import uses fails the
 * test, so that the table shrinks with the tree. Of the design differ: `execute`, which still holds
 * how one query is asked; `run` and `compare`, `leaks` and the month of `reconcile`.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/db': ['src/base'],
  'src/providers': ['src/base'],
  'src/isolation': ['src/db', 'src/base'],
  'src/audit': ['src/db', 'src/base'],
  'src/cost': ['src/base'],
  'src/cost/store': ['src/cost', 'src/db', 'src/isolation', 'src/base'],
  'src/config': ['src/isolation', 'src/db', 'src/base'],
  'src/rag': ['src/config', 'src/cost', 'src/providers', 'src/isolation', 'src/base'],
  'src/index.ts': ['src'],
  reports: ['src/base'],
  'harness/profiles': [],
  'harness/scenario': ['harness/profiles', ...door],
  'harness/services': ['harness/profiles', 'src/base'],
  'harness/target': [...door],
  'harness/workload': ['harness/scenario', ...door],
  'harness/measure': ['src/base'],
  'harness/oracle': ['harness/measure', 'src/base'],
  'harness/execute': ['harness/measure', 'harness/target', 'harness/workload', 'src/base'],
  'harness/run': [
    'harness/compare',
    'harness/execute',
    'harness/load',
    'harness/measure',
    'harness/oracle',
    'harness/profiles',
    'harness/recommend',
    'harness/reconcile',
    'harness/scenario',
    'harness/services',
    'harness/target',
    'harness/workload',
    'reports/record',
    'reports/write.ts',
    ...door,
  ],
  'harness/load': [
    'harness/execute',
    'harness/measure',
    'harness/scenario',
    'harness/target',
    'harness/workload',
    'src/base',
  ],
  'harness/reconcile': [
    'harness/measure',
    'harness/scenario',
    'harness/services',
    'harness/workload',
    'reports/reconcile',
    'reports/record',
    ...door,
  ],
  'harness/recommend': [
    'harness/measure',
    'harness/scenario',
    'harness/target',
    'reports/record',
    ...door,
  ],
  'harness/compare': ['harness/measure', 'harness/scenario', 'reports/record', 'src/base'],
  'harness/simulate': [
    'harness/measure',
    'harness/profiles',
    'harness/scenario',
    'harness/workload',
    'reports/simulate',
    ...door,
  ],
  'harness/calibrate': ['harness/simulate', 'reports/calibrate', 'reports/record', ...door],
  'harness/pricing': [
    'harness/measure',
    'harness/profiles',
    'harness/recommend',
    'harness/scenario',
    'harness/simulate',
    'reports/price',
    'reports/record',
    'reports/simulate',
    ...door,
  ],
  'harness/audit': [...door],
  'harness/leaks': [
    'harness/execute',
    'harness/measure',
    'harness/oracle',
    'harness/reconcile',
    'harness/run',
    'harness/scenario',
    'harness/services',
    'harness/target',
    'harness/workload',
    ...door,
  ],
  'harness/readiness': [
    'harness/leaks',
    'harness/measure',
    'harness/reconcile',
    'harness/run',
    'reports/record',
    ...door,
  ],
  'harness/bench': [...door],
  'harness/cli': [
    'harness/audit',
    'harness/bench',
    'harness/calibrate',
    'harness/compare',
    'harness/leaks',
    'harness/load',
    'harness/measure',
    'harness/oracle',
    'harness/pricing',
    'harness/readiness',
    'harness/reconcile',
    'harness/run',
    'harness/scenario',
    'harness/services',
    'harness/simulate',
    'harness/target',
    'harness/workload',
    'reports/audit',
    'reports/calibrate',
    'reports/compare',
    'reports/price',
    'reports/reconcile',
    'reports/record',
    'reports/simulate',
    'reports/views',
    'reports/write.ts',
    ...door,
  ],
}

/** The folders that the table covers. */
export const lawFolders = ['src', 'harness', 'reports'] as const

/** The room of a path, or null. */
export function roomOf(path: string): string | null {
  const fitting = Object.keys(rooms).filter((room) => isInside(path, room))
  return fitting.sort((a, b) => b.length - a.length)[0] ?? null
}

/**
 * The file of ours that an import names, from the top of the checkout; null is a package or Node
 * itself.
 */
export function importedPath(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null
}

/** Holds a tree against the table. Types, re-exports and dynamic imports count like any import. */
export function importLaw(tree: Tree): Finding[] {
  return codeIn(tree, lawFolders).flatMap((code) => {
    const room = roomOf(code.path)
    if (room === null)
      return [{ file: code.path, line: 1, what: 'lies in no room that the import law knows' }]
    return findingsOf(code, (node) => {
      if (
        isDynamicImport(node) &&
        (node.arguments[0] === undefined || literalText(node.arguments[0]) === null)
      )
        return hidden(code.path)
      const specifier = specifierOf(node)
      return specifier === null ? null : judge(code, room, specifier)
    })
  })
}

/** Permissions that no import of the tree uses, as `room: permission`. */
export function unusedPermissions(tree: Tree): readonly string[] {
  const used = new Set(
    codeIn(tree, lawFolders).flatMap((code) => {
      const room = roomOf(code.path) ?? ''
      const targets: string[] = []
      walk(code.source, (node) => {
        const specifier = specifierOf(node)
        const target = specifier === null ? null : importedPath(code.path, specifier)
        if (target !== null) targets.push(target)
      })
      return (rooms[room] ?? [])
        .filter((allowed) => targets.some((target) => isInside(target, allowed)))
        .map((allowed) => `${room}: ${allowed}`)
    }),
  )
  return Object.entries(rooms)
    .flatMap(([room, allowed]) => allowed.map((place) => `${room}: ${place}`))
    .filter((each) => !used.has(each))
}

/** Only the target's room loads a file that it does not know by name: the user's module. */
function hidden(path: string): string | null {
  return isInside(path, 'harness/target')
    ? null
    : 'imports something whose name is only known when it runs'
}

function judge(code: Code, room: string, specifier: string): string | null {
  if (/^(\/|#|file:|tenantbench($|\/))/.test(specifier))
    return `imports ${specifier}: our own files are imported by relative path`
  const target = importedPath(code.path, specifier)
  if (target === null || roomOf(target) === room) return null
  if ((rooms[room] ?? []).some((allowed) => isInside(target, allowed))) return null
  return `${room} may not import ${target}`
}

/** Nothing of the project imports its tests. */
export function testIsLeaf(tree: Tree): Finding[] {
  const others = [...new Set([...tree.keys()].map((path) => path.split('/')[0] ?? path))].filter(
    (top) => top !== 'test',
  )
  return codeIn(tree, others).flatMap((code) =>
    findingsOf(code, (node) => {
      const specifier = specifierOf(node)
      const target = specifier === null ? null : importedPath(code.path, specifier)
      return target !== null && isInside(target, 'test')
        ? `imports ${target}: nothing imports test`
        : null
    }),
  )
}

/**
 * The second set of books must not be ours: the local services import nothing of ours but profiles
 * and src/base.
 */
export function servicesApart(tree: Tree): Finding[] {
  return codeIn(tree, ['harness/services']).flatMap((code) =>
    findingsOf(code, (node) => {
      const specifier = specifierOf(node)
      const target = specifier === null ? null : importedPath(code.path, specifier)
      if (
        target === null ||
        ['harness/services', 'harness/profiles', 'src/base'].some((place) =>
          isInside(target, place),
        )
      )
        return null
      return `harness/services imports ${target}: its books must not be ours`
    }),
  )
}
