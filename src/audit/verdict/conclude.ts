/** The verdict of an audit, with what it rests on, in words and as an exit code. */
import {
  atLeast,
  severities,
  type Abstention,
  type AuditCoverage,
  type AuditResult,
  type Finding,
} from '../../base/finding.ts'
import type { AuditOptions, Exception } from '../options.ts'
import type { ProbeResult } from '../probes/probe-clone.ts'
import type { RuleSubject } from '../rules/rule.ts'
import { rules } from '../rules/rules.ts'
import type { MergedFinding } from './merge.ts'
import { namesOfOpen, openAbstentions } from './not-judged.ts'
import { plainContextFinding } from './plain-context.ts'
import { reachedRelations } from './reached-relations.ts'

/** What a conclusion is drawn from. */
export interface Concluding {
  readonly subject: RuleSubject
  readonly merged: readonly MergedFinding[]
  readonly probed: ProbeResult | null
  readonly abstained: readonly Abstention[]
  readonly options: Pick<AuditOptions, 'threatModel' | 'probe' | 'exceptions'>
}

/** Concludes. */
export function concludeAudit({
  subject,
  merged,
  probed,
  abstained,
  options,
}: Concluding): AuditResult {
  const underSql = options.threatModel === 'M3' ? plainContextFinding(subject) : []
  const findings = [...merged.map(({ finding }) => finding), ...underSql]
    .map((finding) => accepted(finding, options.exceptions))
    .toSorted(worstFirst)
  const coverage = coverageOf(subject, probed, options)
  const open = openAbstentions(abstained, subject, options.exceptions)
  const { verdict, exitCode } = verdictOf(findings, { subject, probed, coverage, open })
  return {
    verdict,
    exitCode,
    statement: statementOf({ verdict, findings, open, coverage }, subject),
    threatModel: options.threatModel,
    findings,
    abstained,
    coverage,
  }
}

function accepted(finding: Finding, exceptions: readonly Exception[]): Finding {
  const exception = exceptions.find(({ key }) => key === finding.key)
  return exception === undefined
    ? finding
    : { ...finding, status: 'accepted', reason: exception.reason }
}

function worstFirst(one: Finding, other: Finding): number {
  return (
    severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
    one.vector.localeCompare(other.vector) ||
    one.object.localeCompare(other.object)
  )
}

interface Resting {
  readonly subject: RuleSubject
  readonly probed: ProbeResult | null
  readonly coverage: AuditCoverage
  readonly open: readonly Abstention[]
}

function verdictOf(
  findings: readonly Finding[],
  { subject, probed, coverage, open: notJudged }: Resting,
): Pick<AuditResult, 'verdict' | 'exitCode'> {
  const open = findings.filter(({ status }) => status !== 'accepted')
  if (open.some(({ status, severity }) => status === 'proven' && atLeast(severity, 'medium')))
    return { verdict: 'leak', exitCode: 4 }
  if (open.some(({ status, severity }) => status === 'possible' && atLeast(severity, 'high')))
    return { verdict: 'leak', exitCode: 1 }
  // Nothing found says something only where something was looked at.
  const looked =
    coverage.tables.tenant > 0 &&
    subject.sessions.length > 0 &&
    (probed === null || probed.coverage.tried.size > 0)
  return looked && probed !== null && notJudged.length === 0
    ? { verdict: 'isolated', exitCode: 0 }
    : { verdict: 'inconclusive', exitCode: 3 }
}

function coverageOf(
  subject: RuleSubject,
  probed: ProbeResult | null,
  { probe }: Concluding['options'],
): AuditCoverage {
  const { lookup, model, sessions, allSessions } = subject
  const tables = [...model.tables.values()].filter(
    ({ relation }) => relation.kind === 'r' || relation.kind === 'p',
  )
  const within = reachedRelations(subject)
  const reached = tables.filter(({ relation }) => within.has(relation.oid))
  const unknown = reached.filter(({ kind, relation }) => kind === 'shared' && relation.rowSecurity)
  return {
    serverVersion: lookup.catalogue.versionText,
    probe: probed === null ? 'off' : probe,
    roles: sessions
      .concat(allSessions.filter(({ exempt }) => exempt))
      .map(({ login, role, how }) => ({
        role: login === role ? login : `${login} as ${role}`,
        how,
      })),
    operators: [
      ...new Set(
        allSessions
          .filter((session) => !session.exempt && !sessions.includes(session))
          .map(({ login }) => login),
      ),
    ],
    context: contextWords(
      model.keySources.map(({ source }) => [source.setting, ...source.path].join(' / ')),
    ),
    tables: {
      tenant: reached.filter(({ kind }) => kind !== 'shared').length,
      shared:
        reached.length - unknown.length - reached.filter(({ kind }) => kind !== 'shared').length,
      unreachable: tables.length - reached.length,
      unknown: unknown.length,
    },
    probes: probed?.coverage.probes ?? 0,
    statesProbed: [...(probed?.coverage.states ?? [])],
    rules: rules.length,
    notes: [...(probed?.notes ?? [])],
  }
}

function contextWords(sources: readonly string[]): string {
  const words = [...new Set(sources.map((source) => (source === 'role' ? 'the role' : source)))]
  return words.length === 0
    ? 'none was found: no policy compares a column with the session'
    : `a session becomes a tenant by ${words.join(', ')}`
}

function statementOf(
  {
    verdict,
    findings,
    open: notJudged,
    coverage,
  }: Pick<AuditResult, 'verdict' | 'findings' | 'coverage'> & Pick<Resting, 'open'>,
  { lookup, sessions }: RuleSubject,
): string {
  const open = findings.filter(({ status }) => status !== 'accepted')
  const count = (status: Finding['status']): number =>
    open.filter((finding) => finding.status === status && atLeast(finding.severity, 'medium'))
      .length
  const left = notJudged.length === 0 ? '' : ` Not judged: ${namesOfOpen(notJudged)}.`
  const rests =
    `${coverage.probes} probes of ${coverage.tables.tenant} tenant ` +
    `table${coverage.tables.tenant === 1 ? '' : 's'} as ` +
    `${coverage.roles.map(({ role }) => role).join(', ') || 'nobody'}`
  if (verdict === 'leak')
    return (
      `${count('proven')} proven and ${count('possible')} possible findings of medium or ` +
      `more, by ${coverage.rules} rules and ${rests}.${left}`
    )
  if (verdict === 'isolated')
    return (
      `No tenant saw or changed another tenant's rows in ${rests}, and no rule found a ` +
      `hole of medium or more.${left}`
    )
  const why = whyOpen(coverage, {
    name: lookup.catalogue.database.name,
    hasSessions: sessions.length > 0,
    open: notJudged.length,
  })
  if (why !== null) return `Nothing can be said: ${why}.${left}`
  return (
    `Not everything was judged: ${namesOfOpen(notJudged)}. What was judged showed nothing ` +
    `of medium or more, in ${rests}.`
  )
}

interface Rests {
  readonly name: string
  readonly hasSessions: boolean
  /** How many objects that are reached were not judged. */
  readonly open: number
}

/** Why nothing can be said at all; null when something was judged. */
function whyOpen(coverage: AuditCoverage, { name, hasSessions, open }: Rests): string | null {
  const { tenant, shared, unknown, unreachable } = coverage.tables
  if (tenant + shared + unknown + unreachable === 0)
    return `database ${name} has no tables that could be read`
  if (!hasSessions) return 'no login role of tenants reaches anything: name one with --role'
  if (tenant === 0)
    return "no table with tenants' rows is reached by the roles judged: state the tenant's column with --tenant-column"
  if (coverage.probe === 'off')
    return 'the rules found nothing, and without probes that proves nothing'
  return coverage.probes === 0 || open === 0 ? 'no probe could have shown anything' : null
}
