/**
 * What an old Node.js must still be able to read: plain JavaScript of ES2022, which Node.js 20
 * knows.
 */
import ts from 'typescript-parser'
import { codeIn, findingsOf } from '../syntax.ts'
import type { Finding, Tree } from '../tree.ts'

/** Syntax in bin that is not JavaScript, or younger than ES2022. */
export function oldNodeReads(tree: Tree): Finding[] {
  return codeIn(tree, ['bin']).flatMap((code) => {
    const { diagnostics = [] } = ts.transpileModule(code.text, {
      fileName: code.path,
      reportDiagnostics: true,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        allowJs: true,
      },
    })
    const broken = diagnostics.map(({ start = 0, messageText }) => ({
      file: code.path,
      line: code.source.getLineAndCharacterOfPosition(start).line + 1,
      what: ts.flattenDiagnosticMessageText(messageText, ' '),
    }))
    return [...broken, ...findingsOf(code, judge)]
  })
}

function judge(node: ts.Node): string | null {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node))
    return 'a type: Node.js cannot read it in a .js file'
  if (
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node)
  )
    return 'TypeScript: Node.js cannot read it in a .js file'
  if (
    ts.isVariableDeclarationList(node) &&
    (node.flags & ts.NodeFlags.Using) !== 0 &&
    (node.flags & ts.NodeFlags.Const) === 0
  )
    return 'using: younger than Node.js 20'
  if (
    ts.isVariableDeclarationList(node) &&
    (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing
  )
    return 'await using: younger than Node.js 20'
  if (ts.isDecorator(node)) return 'decorator: younger than Node.js 20'
  if (ts.isImportAttributes(node)) return 'import attributes: younger than ES2022'
  if (node.kind === ts.SyntaxKind.AccessorKeyword) return 'accessor: younger than Node.js 20'
  if (ts.isImportClause(node) && node.phaseModifier !== undefined)
    return 'import defer or import type: younger than Node.js 20'
  return ts.isRegularExpressionLiteral(node) &&
    (/\(\?[a-z]*-?[a-z]*:/.test(node.text.replaceAll('(?:', '')) ||
      /v[a-z]*$/.test(node.text.slice(node.text.lastIndexOf('/'))))
    ? 'regular expression with modifiers or the flag v: younger than ES2022'
    : null
}
