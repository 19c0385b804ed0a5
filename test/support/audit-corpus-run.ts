/** Runs the audit on one file of the corpus, and holds what it says against the label. */
import pg from 'pg'
import { systemClock } from '../../src/base/clock.ts'
import type { AuditResult } from '../../src/base/finding.ts'
import { audit } from '../../src/index.ts'
import type { CorpusCase } from './audit-corpus.ts'
import type { SharedCloneServer } from './clone-server.ts'

/**
 * Where the case is loaded, and where its clone is made. Both clusters belong to the caller: their
 * roles are dropped.
 */
export interface CorpusClusters {
  readonly subjectUrl: string
  readonly clone: SharedCloneServer
}

/** What the audit made of a file. */
export interface CorpusOutcome {
  readonly path: string
  readonly kind: CorpusCase['kind']
  /** Expected vectors that were not reported, as they stand in the label. */
  readonly missed: readonly string[]
  /** Findings of medium or more that the label does not name. */
  readonly alarms: readonly string[]
  readonly verdict: AuditResult['verdict']
  readonly exitCode: number
}

const database = 'subject'

/** Loads the schema, audits it with every probe on a clone, and takes it away again. */
export async function auditCase(
  { subjectUrl, clone }: CorpusClusters,
  parsed: CorpusCase,
): Promise<CorpusOutcome> {
  await onServer(subjectUrl, (admin) =>
    admin.query(`create database ${database} template template0`),
  )
  const url = new URL(subjectUrl)
  url.pathname = `/${database}`
  try {
    await onServer(url.href, (client) => client.query(parsed.schema))
    const result = await audit({
      databaseUrl: url.href,
      roles: parsed.isRoleNeeded
        ? parsed.logins.map((role) => ({ role, how: 'impersonation' as const }))
        : [],
      probe: 'clone',
      threatModel: 'M2',
      stated: { context: [], axis: [] },
      exceptions: [],
      fixCheck: false,
      signal: new AbortController().signal,
      clock: systemClock,
      openServer: clone.lent,
      onStage: () => undefined,
    })
    return {
      path: parsed.path,
      kind: parsed.kind,
      ...judged(parsed, result),
      verdict: result.verdict,
      exitCode: result.exitCode,
    }
  } finally {
    await onServer(subjectUrl, async (admin) => {
      await admin.query(`drop database ${database} with (force)`)
      const { rows } = await admin.query<{ role: string }>(
        "select quote_ident(rolname) as role from pg_roles where rolname !~ '^pg_' and oid <> 10",
      )
      for (const { role } of rows) await admin.query(`drop owned by ${role}; drop role ${role}`)
    })
  }
}

/** `B25p` of a label is B25 in PL/pgSQL: the audit has one vector for both. */
function sameVector(label: string, vector: string): boolean {
  return label === vector || label.replace(/p$/, '') === vector
}

function judged(
  parsed: CorpusCase,
  { findings }: AuditResult,
): Pick<CorpusOutcome, 'missed' | 'alarms'> {
  const named = [...parsed.expect.flat(), ...parsed.also]
  const loud = findings.filter(
    ({ severity }) => severity === 'critical' || severity === 'high' || severity === 'medium',
  )
  return {
    missed: parsed.expect
      .filter(
        (one) => !one.some((label) => findings.some(({ vector }) => sameVector(label, vector))),
      )
      .map((one) => one.join('|')),
    alarms: loud
      .filter(({ vector }) => !named.some((label) => sameVector(label, vector)))
      .map(({ vector, object, status }) => `${vector} ${status} at ${object}`),
  }
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
