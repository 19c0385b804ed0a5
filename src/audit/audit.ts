/**
 * The story of an audit: read the structure, understand whose rows are whose, apply the rules, make a clone, probe it, put both
 * together. Nothing is written to the database that is judged, and no row of it is read.
 */
import { Client } from 'pg'
import type { Abstention, AuditResult, ThreatModel } from '../base/finding.ts'
import { openDatabase } from '../db/pool.ts'
import { readCatalogue } from './catalogue/read.ts'
import { makeClone, type ThrowawayServer } from './clone/clone.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import { probeClone, type ProbeResult } from './probes/probe-clone.ts'
import { isOperator } from './reach/operators.ts'
import { privilegesIn } from './reach/privileges.ts'
import { roleGraph } from './reach/roles.ts'
import { sessionsToJudge, type NamedRole } from './reach/sessions.ts'
import type { RuleSubject } from './rules/rule.ts'
import { rules } from './rules/rules.ts'
import { lookupIn } from './sql/lookup.ts'
import { loadParser } from './sql/parse.ts'
import { inferTenancy, type StatedTenancy } from './tenancy/model.ts'
import { mergeFindings } from './verdict/merge.ts'
import { concludeAudit, type Exception } from './verdict/conclude.ts'

/** What is judged, and how. `databaseUrl` is a secret. */
export interface AuditOptions {
  readonly databaseUrl: string
  readonly roles: readonly NamedRole[]
  readonly probe: 'clone' | 'off'
  readonly threatModel: ThreatModel
  readonly stated: StatedTenancy
  readonly exceptions: readonly Exception[]
  /** A throw-away server of a major version, for the clone. */
  readonly openServer: (majorVersion: number) => Promise<ThrowawayServer>
  readonly onStage: (stage: string) => void
}

/** Audits a database. Throws TB_DATABASE_UNREACHABLE, TB_DATABASE_VERSION, TB_DATABASE_RIGHTS, TB_ROLE_UNKNOWN. */
export async function audit(options: AuditOptions): Promise<AuditResult> {
  options.onStage('catalogue')
  await loadParser()
  const catalogue = await catalogueOf(options.databaseUrl)
  options.onStage('rules')
  const subject = understand(catalogue, options)
  const hits = rules.flatMap((rule) => rule.find(subject).map((hit) => ({ rule, hit })))
  const probed = options.probe === 'off' ? null : await probe(subject, options)
  const merged = mergeFindings({ subject, hits, evidence: probed?.evidence ?? [], coverage: probed?.coverage ?? null, threatModel: options.threatModel })
  return concludeAudit({ subject, merged, probed, abstained: abstentions(subject, probed), options })
}

async function catalogueOf(databaseUrl: string): Promise<Catalogue> {
  await using database = openDatabase({ connectionString: databaseUrl, maxConnections: 1, applicationName: 'tenantbench audit' })
  return await readCatalogue(database)
}

/** The structure with everything that is inferred from it. */
export function understand(catalogue: Catalogue, { roles, stated }: Pick<AuditOptions, 'roles' | 'stated'>): RuleSubject {
  const lookup = lookupIn(catalogue)
  const graph = roleGraph(catalogue)
  const privileges = privilegesIn(catalogue, graph)
  const model = inferTenancy(lookup, stated)
  const allSessions = sessionsToJudge(catalogue, { graph, privileges, named: roles })
  const sessions = allSessions.filter((session) => !session.exempt && !isOperator(session, { policies: model.policies, graph }))
  return { lookup, model, graph, privileges, allSessions, sessions }
}

async function probe(subject: RuleSubject, { openServer, onStage }: AuditOptions): Promise<ProbeResult> {
  onStage('clone')
  await using server = await openServer(Math.floor(subject.lookup.catalogue.version / 10_000))
  await using clone = await makeClone(server, subject.lookup)
  onStage('probes')
  const openClient = async (): Promise<Client> => {
    const client = new Client({ connectionString: clone.url })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const result = await probeClone({ subject, openClient })
  return { ...result, abstained: [...clone.abstained, ...result.abstained] }
}

function abstentions({ model, lookup }: RuleSubject, probed: ProbeResult | null): readonly Abstention[] {
  const unread = model.policies.filter(({ unreadable }) => unreadable).map(({ relation, policy }) => ({ object: `${relation.schema}.${relation.name}`, reason: `Policy "${policy.name}" cannot be parsed.` }))
  const protectedTables = lookup.catalogue.relations.filter(({ rowSecurity, oid }) => rowSecurity && (model.tables.get(oid)?.kind ?? 'shared') === 'shared' && lookup.policiesOf({ oid } as never).length > 0)
  const unknown = protectedTables.filter((relation) => !model.policies.some(({ relation: each, using }) => each.oid === relation.oid && using?.branches.every(({ vector }) => vector === 'B01') === true)).map(({ schema, name }) => ({ object: `${schema}.${name}`, reason: 'Its policies do not say whose a row is in a way that is understood: state it with --context and --tenant-column.' }))
  return [...unread, ...unknown, ...(probed?.abstained ?? [])]
}
