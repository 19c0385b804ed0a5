/** What isolation costs in Postgres: a statement of a tenant, and taking chunks in. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { insertChunks, queryAsTenant, withTenant, type Chunk } from '../../src/index.ts'
import { benchChunks, type BenchDatabase } from './fixture.ts'
import type { BenchCase } from './ratio.ts'

const scoped = 'select chunk_id, body from chunks where chunk_id = any($1)'
const filtered = {
  name: 'bench_filtered',
  text: 'select chunk_id, body from plain_chunks where tenant_id = $1 and chunk_id = any($2)',
}
const chunksPerIngest = 500

/** Both cases. */
export function databaseCases(database: BenchDatabase): readonly BenchCase[] {
  return [statementCase(database), sessionCase(database), ingestCase(database)]
}

const byHand = (database: BenchDatabase) => ({
  run: () =>
    database.admin.pool.query({ ...filtered, values: [database.tenantId, [...database.chunkIds]] }),
})

function statementCase(database: BenchDatabase): BenchCase {
  const { tenants, tenantId, chunkIds } = database
  return {
    id: 'tenant-statement.fast-path',
    against: 'the same statement with a hand-written filter on a table without row security',
    goal: 0.8,
    ours: { run: () => queryAsTenant(tenants, tenantId, { text: scoped, values: [chunkIds] }) },
    peer: byHand(database),
  }
}

function sessionCase(database: BenchDatabase): BenchCase {
  const { tenants, tenantId, chunkIds } = database
  return {
    id: 'tenant-statement.session',
    against: 'the same statement with a hand-written filter on a table without row security',
    goal: null,
    ours: {
      run: () => withTenant(tenants, tenantId, (session) => session.query(scoped, [chunkIds])),
    },
    peer: byHand(database),
  }
}

function ingestCase({ tenants, tenantId, admin }: BenchDatabase): BenchCase {
  const chunks = benchChunks('new', chunksPerIngest)
  const empty = (table: string) => async (): Promise<void> =>
    void (await admin.query(`delete from ${table} where chunk_id like 'new-%'`))
  return {
    id: `ingest.${chunksPerIngest}-chunks`,
    against: 'COPY of the same rows into a table without row security',
    goal: 0.5,
    ours: {
      run: async () => withTenant(tenants, tenantId, (session) => insertChunks(session, chunks)),
      hooks: { afterEach: empty('chunks') },
    },
    peer: {
      run: async () => copyIn(admin, tenantId, chunks),
      hooks: { afterEach: empty('plain_copies') },
    },
  }
}

async function copyIn(
  admin: BenchDatabase['admin'],
  tenantId: string,
  chunks: readonly Chunk[],
): Promise<void> {
  const client = await admin.pool.connect()
  try {
    const lines = chunks.map(
      ({ id, documentId, ordinal, body, tokens }) =>
        `${[tenantId, id, documentId, ordinal, escaped(body), tokens].join('\t')}\n`,
    )
    await pipeline(
      Readable.from([lines.join('')]),
      client.query(copyFrom('copy plain_copies from stdin')),
    )
  } finally {
    client.release()
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}
