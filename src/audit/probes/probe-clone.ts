/** Fills a clone and probes it as every session that is judged. */
import type { Abstention } from '../../base/finding.ts'
import { createMarks } from '../clone/marks.ts'
import { literalsOf } from '../clone/literals.ts'
import { planRows } from '../clone/plan.ts'
import { seedClone, type Seeding } from '../clone/seed.ts'
import type { Structure } from '../clone/stage.ts'
import { tenantsFor } from '../clone/tenants.ts'
import type { JudgedSession } from '../reach/sessions.ts'
import type { RuleSubject } from '../rules/rule.ts'
import { openCloneSession, type CloneSession } from './clone-session.ts'
import { contextsFor } from './contexts.ts'
import type { Evidence, ProbeCoverage } from './evidence.ts'
import { probeSession } from './matrix.ts'

/** A few planted rows need no longer; a view or a function that sleeps is not waited for. */
const statementMs = 2_000

/** What the probes came to. */
export interface ProbeResult {
  readonly evidence: readonly Evidence[]
  readonly coverage: ProbeCoverage
  readonly abstained: readonly Abstention[]
  /** What a reader should know of where it was probed. */
  readonly notes: readonly string[]
}

/** What is probed: a structure of which stages are made. */
export interface CloneProbing {
  readonly subject: RuleSubject
  readonly structure: Structure
  readonly signal: AbortSignal
}

/** Probes a structure, in as many stages as there are roles that are tenants. */
export async function probeClone(probing: CloneProbing): Promise<ProbeResult> {
  const { subject, structure, signal } = probing
  const found: Found = {
    evidence: [],
    coverage: { tried: new Set(), slow: new Set(), probes: 0, states: new Set() },
    abstained: new Map(),
  }
  const passes = passesOf(subject)
  for (const [position, pass] of passes.entries()) {
    signal.throwIfAborted()
    await probePass(pass, { ...probing, found, isLast: position === passes.length - 1 })
  }
  return {
    ...found,
    abstained: [...structure.abstained, ...found.abstained.values(), ...tooManyRoles(subject)],
    notes: structure.notes,
  }
}

/**
 * The database filled once, with the tenants of `roles` where roles are tenants: the first is A.
 */
interface Pass {
  readonly roles: readonly string[]
  readonly sessions: readonly JudgedSession[]
}

interface Found {
  readonly evidence: Evidence[]
  readonly coverage: ProbeCoverage
  readonly abstained: Map<string, Abstention>
}

async function probePass(
  { roles, sessions }: Pass,
  options: CloneProbing & { readonly found: Found; readonly isLast: boolean },
): Promise<void> {
  const {
    subject: { lookup, model, privileges },
    structure,
    signal,
    found: { evidence, coverage, abstained },
  } = options
  const abstain = (each: Abstention): void => void abstained.set(each.object, each)
  const marks = createMarks()
  const tenants = tenantsFor(lookup, model, { marks, roles })
  const plan = planRows({
    lookup,
    model,
    marks,
    tenants: new Map(tenants.map((tenant) => [tenant.label, tenant])),
    literals: literalsOf(lookup, model),
  })
  let seeding: Seeding = { planted: new Map(), abstained: [] }
  await using stage = await structure.stage(async (owners) => {
    seeding = await seedClone(owners, { lookup, model, tenants, plan })
  }, options)
  for (const each of [...seeding.abstained, ...stage.abstained]) abstain(each)
  const helpers = await stage.helpers()
  const contexts = contextsFor(model, tenants)
  for (const session of sessions) {
    signal.throwIfAborted()
    const openSession = (): Promise<CloneSession> =>
      openCloneSession({
        session,
        stored: lookup.catalogue.storedSettings,
        helpers,
        signal,
        connect: () => stage.session(session.login, statementMs),
      })
    await probeSession({
      subject: {
        lookup,
        model,
        privileges,
        marks,
        plan,
        seeding,
        tenants,
        contexts,
        session,
        coverage,
        saw: (each) => void evidence.push(each),
        abstain: (object, reason) => abstain({ object, reason }),
      },
      openSession,
    })
  }
}

/**
 * Each role that has a key of its own is A once: a pass takes about as long as a whole audit of
 * another database.
 */
const mostPasses = 8

/**
 * One pass for all sessions, where a setting is the context. Where the role is, A is one of the
 * roles and is judged as that role alone; roles whose keys policies write out one by one are A in
 * turn, and what is no tenant's role is judged beside the first.
 */
function passesOf(subject: RuleSubject): readonly Pass[] {
  const { model, sessions } = subject
  const roles = rolesThatAreTenants(subject)
  if (roles.length === 0) return [{ roles, sessions }]
  if (model.roleKeys.size === 0)
    return [{ roles, sessions: sessions.filter(({ role }) => role === roles[0]) }]
  const keyed = rolesWithKeys(subject)
  if (keyed.length === 0) return [{ roles, sessions }]
  return keyed.slice(0, mostPasses).map((role, position) => ({
    roles: [role, ...othersThan(role, keyed, model)],
    sessions: sessions.filter(
      (each) => each.role === role || (position === 0 && !model.roleKeys.has(each.role)),
    ),
  }))
}

function rolesWithKeys({ model, sessions }: RuleSubject): readonly string[] {
  return [...new Set(sessions.map(({ role }) => role))].filter((role) => model.roleKeys.has(role))
}

/** One role for each other key; keys of roles that nobody judged has count too. */
function othersThan(
  role: string,
  keyed: readonly string[],
  { roleKeys }: RuleSubject['model'],
): readonly string[] {
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
  return rolesWithKeys(subject)
    .slice(mostPasses)
    .map((role) => ({
      object: `role ${role}`,
      reason:
        `Each role is a tenant with policies of its own, and ${mostPasses} of them were ` +
        'probed; name it with --role.',
    }))
}

/** Roles that stand for a tenant each, where policies compare a column with the role. */
function rolesThatAreTenants({ model, sessions }: RuleSubject): readonly string[] {
  if (!model.keySources.some(({ source }) => source.setting === 'role')) return []
  const logins = [...new Set(sessions.map(({ login }) => login))]
  const perLogin = sessions.filter(({ login, role }) =>
    logins.length > 1 ? login === role : login !== role,
  )
  return [...new Set((perLogin.length > 0 ? perLogin : sessions).map(({ role }) => role))]
}
