/**
 * No line over 120 columns. Prettier breaks code at 100 and leaves comments and texts alone; those
 * are wrapped by hand.
 */
import ts from 'typescript-parser'
import { codeIn, type Code } from '../syntax.ts'
import type { Finding, Tree } from '../tree.ts'

/** The bar, in UTF-16 units as editors count columns. */
export const maxColumns = 120

/** Folders with code of ours. */
const folders = ['src', 'harness', 'reports', 'bin', 'scripts', 'test', 'examples'] as const

/**
 * Lines that are too long. Exempt is what cannot be broken without a change of meaning: regular
 * expressions, texts without a blank such as addresses and rows of data, and lines of a template of
 * several lines, which are data or documents.
 */
export function tooWide(tree: Tree): Finding[] {
  return codeIn(tree, folders).flatMap((code) => {
    const starts = code.source.getLineStarts()
    return code.text.split('\n').flatMap((text, at) => {
      if (text.length <= maxColumns || isUnbreakable(code, (starts[at] ?? 0) + maxColumns - 1))
        return []
      return [
        {
          file: code.path,
          line: at + 1,
          what: `line of ${text.length} columns: at most ${maxColumns}`,
        },
      ]
    })
  })
}

function isUnbreakable({ source, text }: Code, offset: number): boolean {
  let found = false
  const visit = (node: ts.Node): void => {
    if (offset < node.getStart(source) || offset >= node.end) return
    const own = text.slice(node.getStart(source), node.end)
    if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) found = true
    else if (isTemplate(node) && /\n/.test(own)) found = true
    else if (isText(node) && !/ /.test(own)) found = true
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isTemplate(node: ts.Node): boolean {
  return ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteral(node) || isTemplate(node)
}
