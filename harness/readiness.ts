/**
 * The story of a go / no-go before a launch: a run of a scenario with three tenants or more, and while its system is up the checks
 * that a launch rests on. The answer names its subject, so that nobody takes the reference system's health for their own.
 */
import type { Clock } from '../src/base/clock.ts'
import { parseTenantId } from '../src/base/tenant-id.ts'
import { exitCodeOf, worstVerdict, type CheckResult } from '../src/base/verdict.ts'
import { openDatabase, roleNames } from '../src/index.ts'
import type { RunRecord } from '../reports/record/record.ts'
import { checkCapacity } from './check/readiness/capacity.ts'
import type { OwnMonthResult } from './check/readiness/own-month.ts'
import { checkProvisioned } from './check/readiness/provisioned.ts'
import { checkWrongTenant } from './check/readiness/wrong-tenant.ts'
import type { RunOptions, SystemUp } from './outcome/run-options.ts'
import { run } from './run.ts'

/** The answer. `stop`: allocated cost is more than 10 % off the bill. */
export interface Readiness {
  readonly subject: { readonly kind: 'reference' | 'module' | 'http' | 'database'; readonly name: string }
  readonly verdict: 'ready' | 'not-ready' | 'stop'
  readonly exitCode: number
  /** What was not looked at, and how to have it looked at. */
  readonly notExamined: string
  readonly checks: readonly CheckResult[]
  readonly runDir: string
  readonly seconds: number
}

/** How to look. `ownMonth` is the user's own usage against the user's own bill, if there is one. */
export interface ReadinessOptions {
  readonly run: RunOptions
  readonly ownMonth: OwnMonthResult | null
}

/** Looks. Throws TenantbenchError for what keeps a run from being one. */
export async function readiness({ run: options, ownMonth }: ReadinessOptions): Promise<Readiness> {
  const record = await run({ ...options, whileUp: (up) => checksWhileUp(options, up) })
  const checks = inOrder(record, ownMonth)
  const worst = worstVerdict(checks.map(({ verdict }) => verdict))
  const stops = record.reconciliation.verdict === 'stop' || ownMonth?.drift === 'stop'
  return {
    subject: { kind: 'reference', name: options.databaseUrl === null ? 'the reference system' : 'the reference system on your PostgreSQL server' },
    verdict: worst === 'pass' ? 'ready' : stops ? 'stop' : 'not-ready',
    exitCode: exitCodeOf(worst),
    notExamined: notExamined(options, ownMonth),
    checks,
    runDir: record.runDir,
    seconds: record.timing.wallSeconds,
  }
}

async function checksWhileUp({ scenario, clock, progress }: RunOptions, up: SystemUp): Promise<readonly CheckResult[]> {
  const { target, provisioned, observed } = up
  const answers = scenario.tenants.map(({ id }) => {
    const own = observed.filter(({ tenant, outcome }) => tenant === id && outcome === 'answered')
    return { tenant: id, chunks: provisioned.get(parseTenantId(id))?.chunks ?? 0, answered: own.length, fromOwn: own.filter(({ retrieved }) => retrieved === true).length }
  })
  progress.note('trying wrong tenant ids on every table, command and role')
  const isolated = await tryWrongTenants(up, scenario.tenants.map(({ id }) => id))
  const complete = await checkProvisioned(target.operator, answers)
  progress.note(`signing up ${scenario.capacity.namespaceLimit + 1} tenants`)
  const capacity = await checkCapacity({ limits: scenario.capacity, operator: target.operator, clock: clock satisfies Clock, events: target.capacityEvents, present: scenario.tenants.length, signUp: (ordinal) => signUpSmall(up, ordinal) })
  return [isolated, capacity, complete]
}

async function tryWrongTenants({ target, adminUrl }: SystemUp, [owner = '', other = '']: readonly string[]): Promise<CheckResult> {
  await using admin = openDatabase({ connectionString: adminUrl, maxConnections: 1 })
  const { owner: ownerRole } = roleNames(decodeURIComponent(new URL(adminUrl).pathname.slice(1)))
  const roles = [
    { role: 'app', database: target.database.app, become: null },
    { role: 'operator', database: target.operator, become: null },
    { role: 'owner', database: admin, become: ownerRole },
  ] as const
  // Awaited here: the admin's connections must last until the last attempt.
  return await checkWrongTenant({ roles, owner, other })
}

/** A tenant with one short document: enough for its namespace to be there. */
async function signUpSmall({ target }: SystemUp, ordinal: number): Promise<void> {
  const id = parseTenantId(`capacity-${String(ordinal).padStart(4, '0')}`)
  await target.signUp({ id, name: `Capacity ${ordinal}`, tier: 'capacity', config: { model: 'gpt-4o-mini', topK: 1, rerank: false, monthlyBudgetUsd: null } })
  await target.ingest(id, [{ id: 'note', title: `Note ${ordinal}`, text: `This is the only note of tenant ${ordinal}.` }], `Note ${ordinal}`)
}

const first = ['rls.wrong-tenant-is-empty', 'cost.reconciliation', 'namespaces.capacity-alert', 'tenants.three-provisioned']

/** The four that a launch rests on, then the run's own. A user's month takes the place of the run's, which is told after it. */
function inOrder({ checks }: RunRecord, ownMonth: OwnMonthResult | null): readonly CheckResult[] {
  const all = ownMonth === null ? checks : [ownMonth.check, ...checks.map((check) => (check.id === 'cost.reconciliation' ? { ...check, id: 'cost.reconciliation.reference' } : check))]
  const rank = ({ id }: CheckResult): number => (first.includes(id) ? first.indexOf(id) : first.length)
  return all.toSorted((one, another) => rank(one) - rank(another))
}

function notExamined({ databaseUrl }: RunOptions, ownMonth: OwnMonthResult | null): string {
  if (databaseUrl === null && ownMonth === null) return 'Yours was not looked at: add --database-url to have the same done on your PostgreSQL server, --usage with --bill to have a month of yours reconciled.'
  const seen = [...(databaseUrl === null ? [] : ['your PostgreSQL server, with our schema and not your tables']), ...(ownMonth === null ? [] : ['your usage against your bill'])]
  return `Of yours this looked at ${seen.join(' and ')}; the rest is the reference system's.`
}
