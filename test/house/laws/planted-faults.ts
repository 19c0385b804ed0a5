/**
 * Whoever judges does not know of planted faults: src and the rooms that judge never mention the
 * key that plants them.
 */
import { filesIn, lineAt, type Finding, type Tree } from '../tree.ts'

/** The rooms that judge, beside src. */
const judging = [
  'src',
  'harness/compare',
  'harness/leaks/hunts',
  'harness/leaks/wrong-tenant.ts',
  'harness/oracle',
  'harness/pricing',
  'harness/readiness/checks',
  'harness/recommend',
  'harness/reconcile',
  'harness/run/checks',
]

const key = /sabotage/gi

/** The error that planting may end in is a word of the registry, and no knowledge of a fault. */
const registry = 'src/base/errors.ts'

/** Holds a tree against the law. */
export function plantedFaultsUnseen(tree: Tree): Finding[] {
  return filesIn(tree, judging, ['.ts', '.sql', '.yaml']).flatMap(([file, text]) =>
    file === registry
      ? []
      : [...text.matchAll(key)].map((match) => ({
          file,
          line: lineAt(text, match.index),
          what: 'mentions the key that plants faults',
        })),
  )
}
