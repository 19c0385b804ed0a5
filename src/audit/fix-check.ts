/**
 * Trying the mends: on a clone of the structure they are applied, and the clone is audited like any
 * database.
 */
import { messageOf } from '../base/errors.ts'
import type { AuditResult, Finding } from '../base/finding.ts'
import { newSuffix } from '../base/random.ts'
import { cloneOptions, makeClone, ownersOf } from './clone/clone.ts'
import type { ThrowawayServer } from './clone/server.ts'
import type { Stage } from './clone/stage.ts'
import type { AuditOptions } from './options.ts'
import type { RuleSubject } from './rules/rule.ts'
import { listOf, nodeOf, parseStatements, type Fields } from './sql/parse.ts'
import { quoted } from './sql/quote.ts'

/** What was judged, and how to judge again. */
export interface FixCheckOptions {
  readonly subject: RuleSubject
  readonly options: AuditOptions
  readonly audit: (options: AuditOptions) => Promise<AuditResult>
}

/** The answer with `fixCheck` filled in for everything that is proven. */
export async function checkFixes(
  result: AuditResult,
  { subject, options, audit }: FixCheckOptions,
): Promise<AuditResult> {
  const tried = result.findings.filter(({ status, fix }) => status === 'proven' && !isSentence(fix))
  const filled = (outcome: (finding: Finding) => Finding['fixCheck']): AuditResult => ({
    ...result,
    findings: result.findings.map((finding) => ({ ...finding, fixCheck: outcome(finding) })),
  })
  if (tried.length === 0) return filled(() => 'not-applicable')
  await using server = await options.openServer(
    Math.floor(subject.lookup.catalogue.version / 10_000),
  )
  await using structure = await makeClone(server, cloneOptions(subject, options))
  await using stage = await structure.stage(async () => undefined, { isLast: true })
  const applied = await apply(stage, { findings: tried, subject })
  const logins = [...new Set(subject.allSessions.map(({ login }) => login))]
  // The clone is cloned again to be probed, on a server of its own: roles are the server's.
  const again = await audit({
    ...options,
    databaseUrl: urlOf(server, stage.database),
    roles: logins.map((role) => ({ role, how: 'impersonation' as const })),
    probe: 'clone',
    fixCheck: false,
    onStage: () => undefined,
  })
  const left = new Set(
    again.findings.filter(({ status }) => status === 'proven').map(({ key }) => key),
  )
  // What was not judged this time is not known to be mended.
  const unknown = new Set(again.abstained.map(({ object }) => object))
  return filled((finding) => {
    if (!tried.includes(finding)) return 'not-applicable'
    return applied.has(finding.key) && !left.has(finding.key) && !unknown.has(finding.object)
      ? 'mended'
      : 'not-mended'
  })
}

/** A mend that no SQL makes is a comment. */
function isSentence(fix: string): boolean {
  return fix.split('\n').every((line) => line.trim() === '' || line.startsWith('--'))
}

/** A secret. */
function urlOf({ host, port, superuser, password }: ThrowawayServer, database: string): string {
  return `postgres://${superuser}:${password}@${encodeURIComponent(host)}:${port}/${database}`
}

interface Applying {
  readonly findings: readonly Finding[]
  readonly subject: RuleSubject
}

/**
 * Applies mends as a role that has the rights of every owner; those about roles as the superuser.
 */
async function apply(stage: Stage, { findings, subject }: Applying): Promise<ReadonlySet<string>> {
  const fixer = `tenantbench_fixer_${newSuffix()}`
  const owners = ownersOf(subject.lookup.catalogue)
  const memberships = owners.map((owner) => `grant ${quoted(owner)} to ${quoted(fixer)}`)
  await stage.superuser.run(
    [`create role ${quoted(fixer)} login inherit`, ...memberships].join('; '),
  )
  const applied = new Set<string>()
  for (const { key, fix } of findings) {
    const sql = forStage(fix, { stage, subject })
    const said = await (
      takesFromRole(sql) ? stage.superuser.run(sql) : stage.owners.run(fixer, sql)
    ).then(() => null, messageOf)
    // Two findings may ask for the same thing: what is mended already cannot be mended again.
    if (said === null || /already|does not exist/.test(said)) applied.add(key)
  }
  await stage.superuser
    .run(`drop owned by ${quoted(fixer)}; drop role ${quoted(fixer)}`)
    .catch(() => undefined)
  return applied
}

/**
 * Whether SQL is one statement that takes something from a role: names in a mend are the
 * database's, and could be anything.
 */
export function takesFromRole(sql: string): boolean {
  const [statement, ...more] = parseStatements(sql)
  const node = nodeOf(statement)
  if (node === null || more.length > 0) return false
  switch (node.kind) {
    case 'GrantRoleStmt':
      return node.fields['is_grant'] !== true
    case 'AlterRoleSetStmt':
    case 'AlterDatabaseSetStmt':
      return (node.fields['setstmt'] as Fields | undefined)?.['kind'] === 'VAR_RESET'
    case 'AlterRoleStmt':
      return listOf(node.fields['options']).every(takesAttribute)
    default:
      return false
  }
}

const attributes = new Set(['superuser', 'createrole', 'createdb', 'isreplication', 'bypassrls'])

function takesAttribute(option: unknown): boolean {
  const { defname, arg } = nodeOf(option)?.fields ?? {}
  const value = nodeOf(arg)
  return (
    attributes.has(String(defname)) && value?.kind === 'Boolean' && value.fields['boolval'] !== true
  )
}

/** Stored settings are those of the stage's database on a clone. */
function forStage(
  fix: string,
  { stage, subject }: { readonly stage: Stage; readonly subject: RuleSubject },
): string {
  const database = quoted(stage.database)
  return fix
    .replace(
      /^ALTER ROLE ("(?:[^"]|"")+") RESET /gm,
      (_, role: string) => `ALTER ROLE ${role} IN DATABASE ${database} RESET `,
    )
    .replaceAll(
      `ALTER DATABASE ${quoted(subject.lookup.catalogue.database.name)} `,
      () => `ALTER DATABASE ${database} `,
    )
}
