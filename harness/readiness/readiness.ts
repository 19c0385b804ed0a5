/**
 * The story of a go / no-go before a launch: a run of a scenario with three tenants or more, and
 * while its system is up the checks that a launch rests on. The answer names its subject, so that
 * nobody takes the reference system's health for their own.
 */
import { parseTenantId } from '../../src/base/tenant-id.ts'
import { exitCodeOf, worstVerdict, type CheckResult } from '../../src/base/verdict.ts'
import { roleNames } from '../../src/index.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import { checkCapacity } from './checks/capacity.ts'
import type { OwnMonthResult } from '../reconcile/check-own-month.ts'
import { checkProvisioned, judgeProvisioned, type TenantAnswers } from './checks/provisioned.ts'
import type { Observed } from '../measure/sample.ts'
import { tryWrongTenants } from '../leaks/hunt-system.ts'
import type { RunOptions, SystemUp } from '../run/run-options.ts'
import type { ReferenceParts } from '../run/system/system.ts'
import { run } from '../run/run.ts'

/** The answer. `stop`: allocated cost is more than 10 % off the bill. */
export interface Readiness {
  readonly subject: {
    readonly kind: 'reference' | 'module' | 'http' | 'database'
    readonly name: string
  }
  readonly verdict: 'ready' | 'not-ready' | 'stop'
  readonly exitCode: number
  /** Why not, in a sentence; empty when it is ready. */
  readonly because: string
  /** What was not looked at, and how to have it looked at. */
  readonly notExamined: string
  /** Checks that could not be made on this subject, each with the reason. They are no pass. */
  readonly notExaminedChecks: RunRecord['notExamined']
  readonly checks: readonly CheckResult[]
  readonly runDir: string
  readonly seconds: number
}

/** Looks. Throws TenantbenchError for what keeps a run from being one. */
export async function readiness(options: RunOptions): Promise<Readiness> {
  const record = await run({ ...options, whileUp: (up) => checksWhileUp(options, up) })
  const checks = inOrder(record.checks)
  const ownMonth = options.ownMonth ?? null
  const worst = worstVerdict(checks.map(({ verdict }) => verdict))
  const stops = record.reconciliation.verdict === 'stop' || ownMonth?.drift === 'stop'
  return {
    subject: subjectOf(record, options),
    verdict: worst === 'pass' ? 'ready' : stops ? 'stop' : 'not-ready',
    exitCode: exitCodeOf(worst),
    because: reasons(record, ownMonth).join(' '),
    notExamined: notExamined(record, options, ownMonth),
    notExaminedChecks: notMade(record),
    checks,
    runDir: record.runDir,
    seconds: record.timing.wallSeconds,
  }
}

function subjectOf({ subject }: RunRecord, { databaseUrl }: RunOptions): Readiness['subject'] {
  if (subject.kind !== 'reference') return subject
  return {
    kind: 'reference',
    name:
      databaseUrl === null
        ? 'the reference system'
        : 'the reference system on your PostgreSQL server',
  }
}

const ofReferenceAlone: RunRecord['notExamined'] = [
  {
    id: 'rls.wrong-tenant-is-empty',
    reason: 'the target shows no database; `audit` judges one by itself',
  },
  {
    id: 'namespaces.capacity-alert',
    reason: 'the target shows no indexes and raises no alerts that could be seen',
  },
]

/**
 * Of another system's readiness, what only the reference system lets be looked at; then what the
 * run itself could not.
 */
function notMade({ subject, notExamined: ofRun }: RunRecord): RunRecord['notExamined'] {
  return subject.kind === 'reference' ? ofRun : [...ofReferenceAlone, ...ofRun]
}

/** The worst first: a leak, then money, then whatever else did not pass. */
function reasons(
  { checks, reconciliation }: RunRecord,
  ownMonth: OwnMonthResult | null,
): readonly string[] {
  const failed = checks.filter(({ verdict }) => verdict !== 'pass')
  const leaks = failed.some(({ verdict }) => verdict === 'leak') ? ['Tenant data leaked.'] : []
  const money = [
    ...(ownMonth?.drift === 'stop' ? ['Your metered cost is more than 10 % off your bill.'] : []),
    ...(reconciliation.verdict === 'stop'
      ? ["The reference system's cost is more than 10 % off its bill."]
      : []),
  ]
  return failed.length === 0
    ? []
    : [...leaks, ...money, `Not passed: ${failed.map(({ id }) => id).join(', ')}.`]
}

async function checksWhileUp(options: RunOptions, up: SystemUp): Promise<readonly CheckResult[]> {
  const { scenario } = options
  const { provisioned, observed, reference } = up
  const answers = scenario.tenants.map(({ id }) => {
    const own = observed.filter(({ tenant, outcome }) => tenant === id && outcome === 'answered')
    const report = provisioned.get(parseTenantId(id))
    return {
      tenant: id,
      chunks: (reference === null ? report?.documents : report?.chunks) ?? 0,
      answered: own.length,
      fromOwn: own.filter(isFromOwn).length,
    }
  })
  if (reference === null)
    return [
      judgeProvisioned({
        created: new Set(provisioned.keys()),
        counted: 'documents',
        tenants: answers,
      }),
    ]
  return checksOfReference(options, { ...up, reference }, answers)
}

/** By its sources; where none are shown, by the planted value in the answer. */
function isFromOwn({ retrieved, right, kind }: Observed): boolean {
  return retrieved ?? (right && kind !== 'bait' && kind !== 'unanswerable')
}

interface ReferenceUp extends SystemUp {
  readonly reference: ReferenceParts
}

async function checksOfReference(
  { scenario, clock, progress }: RunOptions,
  up: ReferenceUp,
  answers: readonly TenantAnswers[],
): Promise<readonly CheckResult[]> {
  const {
    reference: { target, adminUrl },
    signal,
  } = up
  progress.note('trying wrong tenant ids on every table, command and role')
  const ids = scenario.tenants.map(({ id }) => id)
  const { owner: ownerRole } = roleNames(decodeURIComponent(new URL(adminUrl).pathname.slice(1)))
  const isolated = await tryWrongTenants({ target, adminUrl, scenario, ownerRole, clock, signal })
  const complete = await checkProvisioned(target.operator, answers)
  progress.note(`signing up ${scenario.capacity.namespaceLimit + 1} tenants`)
  const capacity = await checkCapacity({
    limits: scenario.capacity,
    operator: target.operator,
    signal,
    events: target.capacityEvents,
    present: scenario.tenants.length,
    signUp: (ordinal) => signUpSmall(up, `${freePrefix(ids)}-${String(ordinal).padStart(4, '0')}`),
  })
  return [isolated, capacity, complete]
}

/** A beginning of ids that none of the scenario's has. */
function freePrefix(taken: readonly string[]): string {
  let prefix = 'capacity'
  while (taken.some((id) => id.startsWith(prefix))) prefix = `${prefix}-x`
  return prefix
}

/** A tenant with one short document: enough for its namespace to be there. */
async function signUpSmall({ reference: { target } }: ReferenceUp, name: string): Promise<void> {
  const id = parseTenantId(name)
  await target.signUp({
    id,
    name,
    tier: 'capacity',
    config: { model: 'gpt-4o-mini', topK: 1, rerank: false, monthlyBudgetUsd: null },
  })
  await target.ingest(
    id,
    [{ id: 'note', title: name, text: `This is the only note of ${name}.` }],
    name,
  )
}

const first = [
  'rls.wrong-tenant-is-empty',
  'cost.reconciliation',
  'namespaces.capacity-alert',
  'tenants.three-provisioned',
]

/** The four that a launch rests on, then the run's own. */
function inOrder(checks: RunRecord['checks']): readonly CheckResult[] {
  const rank = ({ id }: CheckResult): number =>
    first.includes(id) ? first.indexOf(id) : first.length
  return checks.toSorted((one, another) => rank(one) - rank(another))
}

function notExamined(
  { subject }: RunRecord,
  { databaseUrl }: RunOptions,
  ownMonth: OwnMonthResult | null,
): string {
  if (subject.kind !== 'reference')
    return (
      `This looked at ${subject.name} from ` +
      `outside${ownMonth === null ? '' : ', and at your usage against your bill'}; what ` +
      'could not be looked at is named below, and is no pass.'
    )
  if (databaseUrl === null && ownMonth === null)
    return (
      'Yours was not looked at: add --database-url to have the same done on your ' +
      'PostgreSQL server, --usage with --bill to have a month of yours reconciled.'
    )
  const seen = [
    ...(databaseUrl === null
      ? []
      : ['your PostgreSQL server, with our schema and not your tables']),
    ...(ownMonth === null ? [] : ['your usage against your bill']),
  ]
  return `Of yours this looked at ${seen.join(' and ')}; the rest is the reference system's.`
}
