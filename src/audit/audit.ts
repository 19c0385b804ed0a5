/**
 * The story of an audit: read the structure, understand whose rows are whose, apply the rules, make
 * a clone, probe it, put both together. Nothing is written to the database that is judged, and no
 * row of it is read, unless a probe on it was asked for.
 */
import { TenantbenchError } from '../base/errors.ts'
import type { Abstention, AuditResult } from '../base/finding.ts'
import { openDatabase, type Database } from '../db/pool.ts'
import { connectTimeoutMs, quietOptions, withOptions } from './catalogue/quiet.ts'
import { nameOf, type Catalogue, type Relation } from './catalogue/catalogue.ts'
import { readCatalogue } from './catalogue/read.ts'
import { beyondItsDatabase } from './clone/beyond.ts'
import { cloneOptions, makeClone, trustedExtensions } from './clone/clone.ts'
import { makeTemplateCopy } from './clone/template-copy.ts'
import { checkFixes } from './fix-check.ts'
import type { AuditOptions } from './options.ts'
import { probeClone, type ProbeResult } from './probes/probe-clone.ts'
import { probeReadonly } from './probes/readonly.ts'
import { isMaintenance, isOperator } from './reach/operators.ts'
import { privilegesIn } from './reach/privileges.ts'
import { roleGraph } from './reach/roles.ts'
import { sessionsToJudge } from './reach/sessions.ts'
import type { RuleSubject } from './rules/rule.ts'
import { rules } from './rules/rules.ts'
import { lookupIn } from './sql/lookup.ts'
import { loadParser } from './sql/parse.ts'
import { inferTenancy } from './tenancy/model.ts'
import { concludeAudit } from './verdict/conclude.ts'
import { mergeFindings } from './verdict/merge.ts'

/**
 * Audits a database. Throws TB_DATABASE_UNREACHABLE, TB_DATABASE_VERSION, TB_DATABASE_RIGHTS,
 * TB_ROLE_UNKNOWN, TB_SERVICE_START.
 */
export async function audit(options: AuditOptions): Promise<AuditResult> {
  options.onStage('catalogue')
  await loadParser()
  const catalogue = await catalogueOf(options.databaseUrl)
  options.signal.throwIfAborted()
  options.onStage('rules')
  checkNames(catalogue, options)
  const subject = understand(catalogue, options)
  const hits = rules.flatMap((rule) => rule.find(subject).map((hit) => ({ rule, hit })))
  const probed = await probe(subject, options)
  const merged = mergeFindings({
    subject,
    hits,
    evidence: probed?.evidence ?? [],
    coverage: probed?.coverage ?? null,
    threatModel: options.threatModel,
  })
  const concluded = concludeAudit({
    subject,
    merged,
    probed,
    abstained: abstentions(subject, probed),
    options,
  })
  if (!options.fixCheck) return concluded
  options.onStage('fix-check')
  return checkFixes(concluded, { subject, options, audit })
}

async function trustedExtensionsOf(databaseUrl: string): Promise<ReadonlySet<string>> {
  await using database = await openToRead(databaseUrl)
  return trustedExtensions(async (sql) =>
    (await database.query<{ name: string }>(sql)).rows.map(({ name }) => name),
  )
}

async function openToRead(databaseUrl: string): Promise<Database> {
  const connectionString = withOptions(databaseUrl, await quietOptions(databaseUrl))
  return openDatabase({
    connectionString,
    maxConnections: 1,
    applicationName: 'tenantbench audit',
    connectTimeoutMs,
  })
}

async function catalogueOf(databaseUrl: string): Promise<Catalogue> {
  await using database = await openToRead(databaseUrl)
  return await readCatalogue(database)
}

function checkNames(catalogue: Catalogue, { roles, stated }: AuditOptions): void {
  const unknown = roles.filter(({ role }) => !catalogue.roles.some(({ name }) => name === role))
  if (unknown.length > 0)
    throw new TenantbenchError('TB_ROLE_UNKNOWN', {
      detail: `There is no role ${unknown.map(({ role }) => role).join(', ')}.`,
    })
  const known = new Set(
    catalogue.relations.flatMap(({ schema, name, columns }) =>
      columns.flatMap((column) => [`${schema}.${name}.${column.name}`, `${name}.${column.name}`]),
    ),
  )
  const missing = [...stated.context, ...stated.axis]
    .map(({ table, column }) => `${table}.${column}`)
    .filter((each) => !known.has(each))
  if (missing.length > 0)
    throw new TenantbenchError('TB_USAGE', {
      faults: missing.map((each) => ({
        path: each,
        line: null,
        message: 'is not a column of the database',
      })),
    })
}

/** The structure with everything that is inferred from it. */
export function understand(
  catalogue: Catalogue,
  { roles, stated }: Pick<AuditOptions, 'roles' | 'stated'>,
): RuleSubject {
  const lookup = lookupIn(catalogue)
  const graph = roleGraph(catalogue)
  const privileges = privilegesIn(catalogue, graph)
  const model = inferTenancy(lookup, stated)
  const allSessions = sessionsToJudge(catalogue, { graph, privileges, named: roles })
  const tenantRelations = [...model.tables.values()]
    .filter(({ kind }) => kind !== 'shared')
    .map(({ relation }) => relation)
  const ways = {
    all: allSessions,
    reachesTenants: (role: string): boolean =>
      tenantRelations.some((relation) => privileges.reaches(role, relation)),
    reachesByGrant: (role: string): boolean =>
      catalogue.functions.some(
        (called) =>
          called.definer &&
          privileges.canExecute(role, called) &&
          !called.grants.some(({ grantee }) => grantee === null),
      ),
  }
  // Whoever the user names is judged, whatever it looks like.
  const sessions = allSessions.filter(
    (session) =>
      !session.exempt &&
      (session.how !== 'assumed' ||
        (!isOperator(session, { policies: model.policies, graph }) &&
          !isMaintenance(session, ways))),
  )
  return { lookup, model, graph, privileges, allSessions, sessions }
}

async function probe(subject: RuleSubject, options: AuditOptions): Promise<ProbeResult | null> {
  switch (options.probe) {
    case 'off':
      return null
    case 'readonly':
      options.onStage('probes')
      return probeReadonly(subject, options)
    case 'template': {
      refuseBeyond(subject, await trustedExtensionsOf(options.databaseUrl))
      options.onStage('clone')
      const copy = await makeTemplateCopy({
        ...cloneOptions(subject, options),
        databaseUrl: options.databaseUrl,
      })
      if ('busy' in copy) return notCopied(subject, copy.busy)
      await using structure = copy.structure
      options.onStage('probes')
      return await probeClone({ subject, structure, signal: options.signal })
    }
    case 'clone': {
      // Nothing to clone says nothing, and needs no server.
      if (subject.sessions.length === 0 || subject.lookup.catalogue.relations.length === 0)
        return null
      options.onStage('clone')
      await using server = await options.openServer(
        Math.floor(subject.lookup.catalogue.version / 10_000),
      )
      await using structure = await makeClone(server, cloneOptions(subject, options))
      options.onStage('probes')
      return await probeClone({ subject, structure, signal: options.signal })
    }
  }
}

/** A copy runs its code on the user's own server. */
function refuseBeyond(
  { lookup, graph, sessions }: RuleSubject,
  trusted: ReadonlySet<string>,
): void {
  const beyond = beyondItsDatabase(lookup, {
    graph,
    logins: sessions.map(({ login }) => login),
    trusted,
  })
  if (beyond.length === 0) return
  throw new TenantbenchError('TB_PROBE_REFUSED', {
    detail: `Code in a copy could act beyond its database: ${beyond.join('; ')}.`,
  })
}

/** No probe was made; what the rules say stays. */
function notCopied({ lookup }: RuleSubject, busy: string): ProbeResult {
  const object = `database ${lookup.catalogue.database.name}`
  const coverage = {
    tried: new Set<string>(),
    slow: new Set<number>(),
    probes: 0,
    states: new Set<string>(),
  }
  return {
    evidence: [],
    coverage,
    abstained: [{ object, reason: `Not probed: ${busy}.` }],
    notes: [],
  }
}

/**
 * What is not judged: it is locked, not understood, or was not rebuilt or probed. One reason an
 * object.
 */
function abstentions(
  { model, lookup }: RuleSubject,
  probed: ProbeResult | null,
): readonly Abstention[] {
  const locked = lookup.catalogue.locked.map(({ schema, name, through }) => ({
    object: `${schema}.${name}`,
    reason:
      through === null
        ? 'Not judged: locked by another session.'
        : `Not judged: it reads ${through}, which is locked by another session.`,
  }))
  const unread = model.policies
    .filter(({ unreadable }) => unreadable)
    .map(({ relation, policy }) => ({
      object: nameOf(relation),
      reason: `Policy "${policy.name}" cannot be parsed.`,
    }))
  const ofNobody = lookup.catalogue.relations.filter(
    (relation) =>
      relation.rowSecurity &&
      model.tables.get(relation.oid)?.kind === 'shared' &&
      lookup.policiesOf(relation).length > 0,
  )
  const isOpen = ({ oid }: Relation): boolean =>
    model.policies.some(
      ({ relation, using }) =>
        relation.oid === oid && using?.branches.every(({ vector }) => vector === 'B01') === true,
    )
  const unknown = ofNobody
    .filter((relation) => !isOpen(relation))
    .map((relation) => ({
      object: nameOf(relation),
      reason:
        'Its policies do not say whose a row is in a way that is understood: state it with ' +
        '--context and --tenant-column.',
    }))
  return [...locked, ...unread, ...unknown, ...(probed?.abstained ?? [])]
}
