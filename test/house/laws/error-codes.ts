/**
 * The registry of errors against the code: no code that nothing raises, and none that the registry
 * lacks.
 */
import { codeIn, findingAt, isTextPiece, walk } from '../syntax.ts'
import { lineAt, productFolders, type Finding, type Tree } from '../tree.ts'

const registryFile = 'src/base/errors.ts'
const codePattern = /\bTB_[A-Z][A-Z_]*[A-Z]\b/g

/** Codes that nothing outside the registry names. A comment names nothing. */
export function unusedCodes(tree: Tree, codes: readonly string[]): Finding[] {
  const used = new Set(
    usesOf(tree)
      .filter(({ file }) => file !== registryFile)
      .map(({ what }) => what),
  )
  const text = tree.get(registryFile) ?? ''
  return codes
    .filter((code) => !used.has(code))
    .map((code) => ({
      file: registryFile,
      line: lineAt(text, Math.max(0, text.indexOf(code))),
      what: `${code} is raised nowhere`,
    }))
}

/** Codes that the registry does not have. */
export function unknownCodes(tree: Tree, codes: readonly string[]): Finding[] {
  const known = new Set(codes)
  return usesOf(tree)
    .filter(({ what }) => !known.has(what))
    .map((use) => ({ ...use, what: `${use.what} is not in the registry` }))
}

/** Every code in a string or template, as a finding that names it. */
function usesOf(tree: Tree): Finding[] {
  const uses: Finding[] = []
  for (const code of codeIn(tree, productFolders)) {
    walk(code.source, (node) => {
      if (isTextPiece(node))
        for (const [found] of node.text.matchAll(codePattern))
          uses.push(findingAt(code, node, found))
    })
  }
  return uses
}
