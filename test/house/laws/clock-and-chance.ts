/**
 * Time and chance come in from outside (DESIGN law 2): only src/base reads the clock or draws, in
 * SQL too.
 */
import ts from 'typescript-parser'
import {
  codeIn,
  findingsOf,
  isMember,
  isTextPiece,
  isValue,
  memberName,
  specifierOf,
} from '../syntax.ts'
import {
  filesIn,
  isInside,
  lineAt,
  matches,
  productFolders,
  type Finding,
  type Tree,
} from '../tree.ts'

const chanceNames = new Set([
  'randomBytes',
  'randomUUID',
  'randomInt',
  'randomFill',
  'randomFillSync',
  'getRandomValues',
])
const timerNames = new Set(['setTimeout', 'setInterval'])
const sqlReads =
  /\b(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|random_normal|gen_random_uuid|gen_random_bytes|uuidv4|uuidv7|uuid_generate_v4)\s*\(|(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b)/gi
const sqlStamps = /'(?:now|today|tomorrow|yesterday)'/gi

/** Reads of the system clock and of chance outside src/base, in code and in SQL. */
export function clockAndChance(tree: Tree): Finding[] {
  const code = codeIn(tree, productFolders).filter(({ path }) => !isInside(path, 'src/base'))
  return [
    ...code.flatMap((each) => findingsOf(each, (node) => judge(each.path, node))),
    ...code.flatMap((each) => sqlInStrings(each.path, each.text, each.source)),
    ...filesIn(tree, productFolders, ['.sql']).flatMap(([path, text]) => sqlFile(path, text)),
  ]
}

function judge(path: string, node: ts.Node): string | null {
  if (ts.isIdentifier(node)) return judgeName(node)
  if (isMember(node, 'Math', 'random')) return 'Math.random: draw from src/base/random.ts'
  if (isMember(node, 'process', 'hrtime')) return 'process.hrtime: take a Clock'
  if (isMember(node, 'AbortSignal', 'timeout')) return 'AbortSignal.timeout: take a Clock'
  return judgeImport(path, node)
}

function judgeName(node: ts.Identifier): string | null {
  const { parent, text } = node
  if (chanceNames.has(text))
    return ts.isImportSpecifier(parent) && parent.name === node && parent.propertyName !== undefined
      ? null
      : `${text}: draw from src/base/random.ts`
  if (!isValue(node)) return null
  if (timerNames.has(text)) return `${text}: take a Clock`
  if (text === 'performance') return 'performance: take a Clock'
  if (text === 'Math')
    return ts.isPropertyAccessExpression(parent)
      ? null
      : 'Math as a whole: name the function, so that it is seen not to be random'
  return text === 'Date' && !isHarmlessDate(parent) ? 'Date of now: take a Clock' : null
}

/** `new Date(value)`, `Date.parse`, `Date.UTC` and `instanceof Date` read no clock. */
function isHarmlessDate(parent: ts.Node): boolean {
  if (ts.isNewExpression(parent)) return (parent.arguments ?? []).length > 0
  if (ts.isBinaryExpression(parent))
    return parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
  return ['parse', 'UTC'].includes(memberName(parent) ?? '')
}

function judgeImport(path: string, node: ts.Node): string | null {
  const specifier = specifierOf(node)?.replace(/^node:/, '')
  if (specifier === 'timers' || specifier === 'timers/promises') return `${specifier}: take a Clock`
  return specifier === 'perf_hooks' &&
    !(path === 'harness/run/progress.ts' && isOnlyLoopDelay(node))
    ? 'perf_hooks: take a Clock'
    : null
}

/** The delay of the event loop says whether the generator kept up; it can only be had from Node. */
function isOnlyLoopDelay(node: ts.Node): boolean {
  const names = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : undefined
  return (
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.every(
      ({ name, propertyName }) => (propertyName ?? name).text === 'monitorEventLoopDelay',
    )
  )
}

function sqlInStrings(file: string, text: string, source: ts.SourceFile): Finding[] {
  const findings: Finding[] = []
  const visit = (node: ts.Node): void => {
    if (isTextPiece(node)) {
      const start = node.getStart(source)
      for (const match of node.getText(source).matchAll(sqlReads))
        findings.push({
          file,
          line: lineAt(text, start + match.index),
          what: `${match[0].trim()} in SQL: pass the time or the value in`,
        })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return findings
}

function sqlFile(path: string, text: string): Finding[] {
  // Comments are blanked and not cut, so that the lines stay.
  const bare = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, (comment) =>
    comment.replace(/[^\n]/g, ' '),
  )
  return [sqlReads, sqlStamps].flatMap((pattern) =>
    matches(
      path,
      bare,
      pattern,
      (found) => `${found.trim()} in SQL: pass the time or the value in`,
    ),
  )
}
