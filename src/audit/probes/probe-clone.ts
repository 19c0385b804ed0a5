/** Fills a clone and probes it as every session that is judged. */
import { Client } from 'pg'
import type { Abstention } from '../../base/finding.ts'
import { createMarks } from '../clone/marks.ts'
import { literalsOf } from '../clone/literals.ts'
import { planRows } from '../clone/plan.ts'
import { seedClone } from '../clone/seed.ts'
import { tenantsFor } from '../clone/tenants.ts'
import type { RuleSubject } from '../rules/rule.ts'
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
  const { lookup, model, privileges, sessions } = subject
  const marks = createMarks()
  const roles = rolesThatAreTenants(subject)
  const tenants = tenantsFor(lookup, model, { marks, roles })
  const plan = planRows({ lookup, model, marks, tenants: new Map(tenants.map((tenant) => [tenant.label, tenant])), literals: literalsOf(lookup, model) })
  const client = await openClient()
  await client.query(peekSetup)
  const seeding = await seedClone(client as never, { lookup, model, tenants, plan })
  for (const view of lookup.catalogue.relations) if (view.kind === 'm') await client.query(`refresh materialized view ${qualified(view)}`).catch(() => undefined)
  await client.end()
  const evidence: Evidence[] = []
  const coverage: ProbeCoverage = { tried: new Set(), slow: new Set(), probes: 0, states: new Set() }
  const abstained = new Map<string, Abstention>(seeding.abstained.map((each) => [each.object, each]))
  const contexts = contextsFor(model, tenants)
  // Where the role is the tenant, A is one of the roles and is judged as that role alone.
  const judged = roles.length > 0 ? sessions.filter(({ role }) => role === roles[0]) : sessions
  for (const session of judged) {
    signal.throwIfAborted()
    await probeSession({ subject: { lookup, model, privileges, marks, plan, seeding, tenants, contexts, session, coverage, saw: (each) => void evidence.push(each), abstain: (object, reason) => void abstained.set(object, { object, reason }) }, openClient })
  }
  return { evidence, coverage, abstained: [...abstained.values()] }
}

/** Roles that stand for a tenant each, where policies compare a column with the role. */
function rolesThatAreTenants({ model, sessions }: RuleSubject): readonly string[] {
  if (!model.keySources.some(({ source }) => source.setting === 'role')) return []
  const logins = [...new Set(sessions.map(({ login }) => login))]
  const perLogin = sessions.filter(({ login, role }) => (logins.length > 1 ? login === role : login !== role))
  return [...new Set((perLogin.length > 0 ? perLogin : sessions).map(({ role }) => role))]
}
