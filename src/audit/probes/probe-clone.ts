/** Fills a clone and probes it as every session that is judged. */
import { Client } from 'pg'
import type { Abstention } from '../../base/finding.ts'
import { createMarks } from '../clone/marks.ts'
import { literalsOf } from '../clone/literals.ts'
import { planRows } from '../clone/plan.ts'
import { seedClone } from '../clone/seed.ts'
import { tenantsFor } from '../clone/tenants.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import type { RuleSubject } from '../rules/rule.ts'
import type { Lookup } from '../sql/lookup.ts'
import { qualified } from '../sql/quote.ts'
import { contextsFor } from './contexts.ts'
import type { Evidence, ProbeCoverage } from './evidence.ts'
import { probeSession } from './matrix.ts'
import { peekSetup } from './peek.ts'

/** A few planted rows need no longer; a view or a function that sleeps is not waited for. */
const statementTimeoutMs = 2_000

/** What the probes came to. */
export interface ProbeResult {
  readonly evidence: readonly Evidence[]
  readonly coverage: ProbeCoverage
  readonly abstained: readonly Abstention[]
}

/** Probes a clone over connections of its superuser. `url` is a secret. */
export async function probeClone({ subject, url, signal }: { readonly subject: RuleSubject; readonly url: string; readonly signal: AbortSignal }): Promise<ProbeResult> {
  const openClient = async (): Promise<Client> => {
    const opened = new Client({ connectionString: url, statement_timeout: statementTimeoutMs })
    opened.on('error', () => undefined)
    await opened.connect()
    return opened
  }
  const found: Found = { evidence: [], coverage: { tried: new Set(), slow: new Set(), probes: 0, states: new Set() }, abstained: new Map() }
  const client = await openClient()
  await client.query(peekSetup)
  try {
    for (const pass of passesOf(subject)) {
      signal.throwIfAborted()
      await probePass(pass, { subject, client, openClient, signal, found })
    }
  } finally {
    await client.end()
  }
  return { ...found, abstained: [...found.abstained.values(), ...tooManyRoles(subject)] }
}

/** The database filled once, with the tenants of `roles` where roles are tenants: the first is A. */
interface Pass {
  readonly roles: readonly string[]
  readonly sessions: readonly JudgedSession[]
}

interface Found {
  readonly evidence: Evidence[]
  readonly coverage: ProbeCoverage
  readonly abstained: Map<string, Abstention>
}

interface PassOptions {
  readonly subject: RuleSubject
  readonly client: Client
  readonly signal: AbortSignal
  readonly found: Found
  openClient(): Promise<Client>
}

async function probePass({ roles, sessions }: Pass, { subject, client, openClient, signal, found }: PassOptions): Promise<void> {
  const { lookup, model, privileges } = subject
  const { evidence, coverage, abstained } = found
  const marks = createMarks()
  const tenants = tenantsFor(lookup, model, { marks, roles })
  const plan = planRows({ lookup, model, marks, tenants: new Map(tenants.map((tenant) => [tenant.label, tenant])), literals: literalsOf(lookup, model) })
  await emptyTables(client, lookup)
  const seeding = await seedClone(client as never, { lookup, model, tenants, plan })
  for (const view of lookup.catalogue.relations) if (view.kind === 'm') await client.query(`refresh materialized view ${qualified(view)}`).catch(() => undefined)
  for (const each of seeding.abstained) abstained.set(each.object, each)
  const contexts = contextsFor(model, tenants)
  for (const session of sessions) {
    signal.throwIfAborted()
    await probeSession({ subject: { lookup, model, privileges, marks, plan, seeding, tenants, contexts, session, coverage, saw: (each) => void evidence.push(each), abstain: (object, reason) => void abstained.set(object, { object, reason }) }, openClient })
  }
}

/** Each pass plants anew. */
async function emptyTables(client: Client, lookup: Lookup): Promise<void> {
  const tables = lookup.catalogue.relations.filter(({ kind, isPartition }) => (kind === 'r' || kind === 'p') && !isPartition)
  if (tables.length === 0) return
  await client.query('set session_replication_role to replica')
  await client.query(`truncate ${tables.map(qualified).join(', ')} cascade`)
  await client.query('set session_replication_role to origin')
}

/** Each role that has a key of its own is A once: a pass takes about as long as a whole audit of another database. */
const mostPasses = 8

/**
 * One pass for all sessions, where a setting is the context. Where the role is, A is one of the roles and is judged as that role
 * alone; roles whose keys policies write out one by one are A in turn, and what is no tenant's role is judged beside the first.
 */
function passesOf(subject: RuleSubject): readonly Pass[] {
  const { model, sessions } = subject
  const roles = rolesThatAreTenants(subject)
  if (roles.length === 0) return [{ roles, sessions }]
  if (model.roleKeys.size === 0) return [{ roles, sessions: sessions.filter(({ role }) => role === roles[0]) }]
  const keyed = rolesWithKeys(subject)
  if (keyed.length === 0) return [{ roles, sessions }]
  return keyed.slice(0, mostPasses).map((role, position) => ({
    roles: [role, ...othersThan(role, keyed, model)],
    sessions: sessions.filter((each) => each.role === role || (position === 0 && !model.roleKeys.has(each.role))),
  }))
}

function rolesWithKeys({ model, sessions }: RuleSubject): readonly string[] {
  return [...new Set(sessions.map(({ role }) => role))].filter((role) => model.roleKeys.has(role))
}

/** One role for each other key; keys of roles that nobody judged has count too. */
function othersThan(role: string, keyed: readonly string[], { roleKeys }: RuleSubject['model']): readonly string[] {
  const all = [...new Set([...keyed, ...roleKeys.keys()])]
  const keys = new Set([roleKeys.get(role)])
  return all.filter((other) => {
    const key = roleKeys.get(other)
    const isNew = !keys.has(key)
    keys.add(key)
    return isNew
  })
}

function tooManyRoles(subject: RuleSubject): readonly Abstention[] {
  return rolesWithKeys(subject).slice(mostPasses).map((role) => ({ object: `role ${role}`, reason: `Each role is a tenant with policies of its own, and ${mostPasses} of them were probed; name it with --role.` }))
}

/** Roles that stand for a tenant each, where policies compare a column with the role. */
function rolesThatAreTenants({ model, sessions }: RuleSubject): readonly string[] {
  if (!model.keySources.some(({ source }) => source.setting === 'role')) return []
  const logins = [...new Set(sessions.map(({ login }) => login))]
  const perLogin = sessions.filter(({ login, role }) => (logins.length > 1 ? login === role : login !== role))
  return [...new Set((perLogin.length > 0 ? perLogin : sessions).map(({ role }) => role))]
}
