/**
 * Reading code as syntax: parse, walk, and the few questions about nodes that several laws ask.
 * Decides no law.
 */
import ts from 'typescript-parser'
import { filesIn, type Finding, type Tree } from './tree.ts'

/** A parsed file. */
export interface Code {
  readonly path: string
  readonly text: string
  readonly source: ts.SourceFile
}

// A tree never changes, and parsing it is most of what a law costs.
const parsed = new WeakMap<Tree, Map<string, Code>>()

/** Parses the code files of some folders. */
export function codeIn(tree: Tree, folders: readonly string[]): Code[] {
  const known = parsed.get(tree) ?? new Map<string, Code>()
  parsed.set(tree, known)
  return filesIn(tree, folders, ['.ts', '.mts', '.js', '.mjs']).map(([path, text]) => {
    const code = known.get(path) ?? {
      path,
      text,
      source: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true),
    }
    known.set(path, code)
    return code
  })
}

/** A finding at a node. */
export function findingAt(code: Code, node: ts.Node, what: string): Finding {
  return {
    file: code.path,
    line: code.source.getLineAndCharacterOfPosition(node.getStart(code.source)).line + 1,
    what,
  }
}

/** Visits every node, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

/** Asks of every node what is wrong with it; null is nothing. */
export function findingsOf(code: Code, judge: (node: ts.Node) => string | null): Finding[] {
  const findings: Finding[] = []
  walk(code.source, (node) => {
    const what = judge(node)
    if (what !== null) findings.push(findingAt(code, node, what))
  })
  return findings
}

/**
 * The module a statement, a call or a type imports from, as written, or null where the node imports
 * nothing.
 */
export function specifierOf(node: ts.Node): string | null {
  if (
    (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
    node.moduleSpecifier !== undefined
  )
    return literalText(node.moduleSpecifier)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return literalText(node.argument.literal)
  if (ts.isExternalModuleReference(node)) return literalText(node.expression)
  return isDynamicImport(node) && node.arguments[0] !== undefined
    ? literalText(node.arguments[0])
    : null
}

/** Whether this is `import(...)` or `require(...)`. */
export function isDynamicImport(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
      (ts.isIdentifier(node.expression) && node.expression.text === 'require'))
  )
}

/** The text of a string without substitutions, or null. */
export function literalText(node: ts.Node): string | null {
  return ts.isStringLiteralLike(node) ? node.text : null
}

/** The name in `object.name` and `object['name']`, or null. */
export function memberName(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node)) return node.name.text
  return ts.isElementAccessExpression(node) ? literalText(node.argumentExpression) : null
}

/**
 * Whether a node is `object.name` or `object['name']`, of a global object too
 * (`globalThis.object.name`).
 */
export function isMember(node: ts.Node, object: string, name: string): boolean {
  if (
    memberName(node) !== name ||
    !(ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
  )
    return false
  return ts.isIdentifier(node.expression)
    ? node.expression.text === object
    : memberName(node.expression) === object
}

/** Whether an identifier stands for a value, rather than naming a member, a property or a type. */
export function isValue(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent))
    return (
      parent.expression === node ||
      (ts.isIdentifier(parent.expression) && parent.expression.text === 'globalThis')
    )
  if (
    ts.isTypeReferenceNode(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExpressionWithTypeArguments(parent)
  )
    return false
  const named = parent as ts.Node & { readonly name?: ts.Node }
  return named.name !== node || ts.isShorthandPropertyAssignment(parent)
}

/** A piece of text inside quotes or backticks. */
export function isTextPiece(
  node: ts.Node,
): node is ts.StringLiteralLike | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
  )
}

/**
 * All comments of a file. Found between the tokens, so that a comment's look-alike inside a string
 * is none.
 */
export function commentsOf(code: Code): { readonly pos: number; readonly text: string }[] {
  const found = new Map<number, string>()
  const keep = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) found.set(pos, code.text.slice(pos, end))
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTokenKind(node.kind)) {
      keep(ts.getLeadingCommentRanges(code.text, node.pos))
      keep(ts.getTrailingCommentRanges(code.text, node.pos))
    }
    for (const child of node.getChildren(code.source)) visit(child)
  }
  visit(code.source)
  return [...found].map(([pos, text]) => ({ pos, text }))
}
