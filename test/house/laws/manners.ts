/**
 * Manners inside a file (anchors/style.md 7.4): what the language offers and we leave, and what
 * every file has.
 */
import { basename } from 'node:path'
import ts from 'typescript-parser'
import { codeIn, commentsOf, findingAt, findingsOf, type Code } from '../syntax.ts'
import { filesIn, lineAt, productFolders, type Finding, type Tree } from '../tree.ts'

const everywhere = [...productFolders, 'test']
const plainErrors = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
  'DOMException',
])
const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** Syntax that we do without, in the product and in the tests. */
export function plainLanguage(tree: Tree): Finding[] {
  return codeIn(tree, everywhere).flatMap((code) => findingsOf(code, judgeSyntax))
}

function judgeSyntax(node: ts.Node): string | null {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any: use unknown and narrow it'
  if (ts.isEnumDeclaration(node)) return 'enum: use a union of strings'
  if (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name) && node.name.text !== 'global')
    return 'namespace: use a module'
  if (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent))
    return 'parameter property: declare the field'
  if (ts.isNonNullExpression(node)) return 'non-null mark: narrow it, or throw TB_BUG'
  if (
    (ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node)) &&
    node.exclamationToken !== undefined
  )
    return 'definite assignment mark: give it a value'
  return null
}

/** Default exports. Tests are left out: vitest calls the default export of its set-up file. */
export function noDefaultExports(tree: Tree): Finding[] {
  return codeIn(tree, productFolders).flatMap((code) =>
    findingsOf(code, (node) => {
      const isDefault =
        ts.isExportAssignment(node) || (ts.isExportSpecifier(node) && node.name.text === 'default')
      return isDefault || hasModifier(node, ts.SyntaxKind.DefaultKeyword)
        ? 'default export: export by name'
        : null
    }),
  )
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind)
  )
}

/** Errors that are not ours: every error has a code. Made and handed on counts like thrown. */
export function codedErrors(tree: Tree): Finding[] {
  const files = codeIn(tree, productFolders)
  const coded = codedClasses(files)
  const isFine = (path: string, name: string): boolean =>
    coded.has(name) || (name === 'IndexRefusal' && path.startsWith('harness/services/vendors/'))
  return files.flatMap((code) =>
    findingsOf(code, (node) => {
      if (ts.isThrowStatement(node))
        return isLiteral(node.expression) ? 'throws what is no error' : null
      if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return null
      const name = node.expression.getText(code.source)
      const isThrown = ts.isNewExpression(node) && ts.isThrowStatement(node.parent)
      return (isThrown || plainErrors.has(name)) && !isFine(code.path, name)
        ? `new ${name}: throw a TenantbenchError with a code`
        : null
    }),
  )
}

function isLiteral(node: ts.Node): boolean {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isNumericLiteral(node)
  )
}

/** TenantbenchError and all that extend it, at any distance. */
function codedClasses(files: readonly Code[]): ReadonlySet<string> {
  const parents = new Map<string, string>()
  for (const code of files) {
    findingsOf(code, (node) => {
      const parent = ts.isClassDeclaration(node)
        ? node.heritageClauses?.[0]?.types[0]?.expression.getText(code.source)
        : undefined
      if (ts.isClassDeclaration(node) && node.name !== undefined && parent !== undefined)
        parents.set(node.name.text, parent)
      return null
    })
  }
  const coded = new Set(['TenantbenchError'])
  for (let size = 0; size !== coded.size;) {
    size = coded.size
    for (const [name, parent] of parents) if (coded.has(parent)) coded.add(name)
  }
  return coded
}

/** Every export has a doc comment directly above it, and is exported where it is declared. */
export function documentedExports(tree: Tree): Finding[] {
  return codeIn(tree, productFolders).flatMap((code) =>
    code.source.statements.flatMap((statement, place) => {
      if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined)
        return [findingAt(code, statement, 'export list: export at the declaration')]
      if (
        !hasModifier(statement, ts.SyntaxKind.ExportKeyword) ||
        isLaterOverload(statement, code.source.statements[place - 1])
      )
        return []
      return hasDocAbove(code, statement)
        ? []
        : [findingAt(code, statement, 'export without a doc comment directly above')]
    }),
  )
}

function isLaterOverload(statement: ts.Statement, before: ts.Statement | undefined): boolean {
  if (
    before === undefined ||
    !ts.isFunctionDeclaration(statement) ||
    !ts.isFunctionDeclaration(before)
  )
    return false
  return before.body === undefined && before.name?.text === statement.name?.text
}

function hasDocAbove(code: Code, statement: ts.Statement): boolean {
  const doc = ts.getJSDocCommentsAndTags(statement).findLast((node) => ts.isJSDoc(node))
  // A head comment with an empty line below it belongs to the file, not to its first export.
  return (
    doc !== undefined && !/\n\s*\n/.test(code.text.slice(doc.end, statement.getStart(code.source)))
  )
}

/** Every file begins by saying what it decides. */
export function headComments(tree: Tree): Finding[] {
  const starts: readonly [endings: readonly string[], start: RegExp][] = [
    [['.ts', '.mts', '.js', '.mjs'], /^(?:#![^\n]*\n)?\/[*/]/],
    [['.sql'], /^--/],
  ]
  return starts.flatMap(([endings, start]) =>
    filesIn(tree, productFolders, endings).flatMap(([file, text]) =>
      start.test(text) ? [] : [{ file, line: 1, what: 'begins without a head comment' }],
    ),
  )
}

/**
 * Files and folders are named in kebab-case. A test, a contract or a golden says so before the
 * ending; vitest names its own folder.
 */
export function kebabNames(tree: Tree): Finding[] {
  return filesIn(tree, everywhere, ['.ts', '.mts', '.js', '.mjs', '.sql', '.yaml']).flatMap(
    ([file]) => {
      const parts = file
        .replace(/(?:\.(?:test|contract|golden))?\.[a-z]+$/, '')
        .split('/')
        .filter((part) => part !== '__snapshots__')
      return parts.every((part) => kebabCase.test(part))
        ? []
        : [{ file, line: 1, what: `${basename(file)}: name files and folders in kebab-case` }]
    },
  )
}

/** At most three parameters in the product, and nowhere five: then one options object. */
export function fewParameters(tree: Tree): Finding[] {
  const limits: readonly [folders: readonly string[], most: number][] = [
    [productFolders, 3],
    [['test'], 4],
  ]
  return limits.flatMap(([folders, most]) =>
    codeIn(tree, folders).flatMap((code) =>
      findingsOf(code, (node) => {
        const count = ts.isFunctionLike(node)
          ? node.parameters.filter(({ name }) => name.getText(code.source) !== 'this').length
          : 0
        return count > most ? `${count} parameters: at most ${most}, then one options object` : null
      }),
    ),
  )
}

/**
 * Checks are not switched off: no escape from the compiler, and from the linter only for one line,
 * one rule and a reason.
 */
export function noSilencing(tree: Tree): Finding[] {
  return codeIn(tree, everywhere).flatMap((code) =>
    commentsOf(code).flatMap(({ pos, text }) => {
      const what = silencing(text)
      return what === null ? [] : [{ file: code.path, line: lineAt(code.text, pos), what }]
    }),
  )
}

function silencing(comment: string): string | null {
  const escape = /@ts-(?:ignore|nocheck)|eslint-disable/.exec(comment)
  if (escape !== null) return `${escape[0]}: correct what it hides`
  if (!comment.includes('oxlint-disable')) return null
  return /oxlint-disable-next-line [a-z@/-]+ -- \S+/.test(comment)
    ? null
    : 'oxlint-disable: only for the next line, with the rule and after -- the reason'
}
