/**
 * One statement in one message group has the rights, the rows and the errors of the same statement
 * in a transaction.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import { queryAsTenant, withTenant, type Database, type TenantDatabase } from '../../src/index.ts'
import type { SqlValue } from '../../src/db/pool.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import {
  backendOf,
  contextOf,
  expectNoContext,
  onOneConnection,
  openAdmin,
  outcomeOf,
  settle,
  uncaughtDuring,
} from './isolation-helpers.ts'

interface Step {
  readonly tenant: TenantId
  readonly text: string
  readonly values: readonly SqlValue[]
}

const tenants = ['t1', 't2', 't3'].map(parseTenantId)
const tenantId = fc.constantFrom(...tenants)
const documentId = fc.constantFrom('d1', 'd2', 'd3', 'd4')
const word = fc.constantFrom('', 'one', "it's", '%', '\\', 'ünï', 'NULL', '{1,2}')
const number = fc.constantFrom(-1, 0, 1, 7)

const step = (text: string, ...values: fc.Arbitrary<SqlValue>[]): fc.Arbitrary<Step> =>
  fc
    .tuple(tenantId, fc.tuple(...values))
    .map(([tenant, drawn]) => ({ tenant, text, values: drawn }))

const steps = fc.oneof(
  step('select tenant_id, document_id, title, words from documents order by document_id'),
  step(
    'select tenant_id, chunk_id, body from chunks where document_id = $1 order by chunk_id',
    documentId,
  ),
  step(
    'select count(*) as chunks, (select bytes from namespace_sizes) as bytes from chunks where tenant_id = $1',
    tenantId,
  ),
  step('select title from documents where title like $1 order by title', word),
  step('select $1::text::int as cast_of_text', word),
  step('select 10 / $1::int as quotient', number),
  step(
    'select document_id, 1 / (words - $1::int) as fails_at_a_row from documents order by document_id',
    fc.constantFrom(4, 9),
  ),
  step(
    "insert into documents values ($1, $2, $3, 'hash', $4, '2026-11-01')",
    tenantId,
    documentId,
    word,
    number,
  ),
  step(
    "insert into documents values ($1, $2, $3, 'hash', 4, '2026-11-01') returning document_id, title",
    tenantId,
    documentId,
    word,
  ),
  step(
    "insert into documents values ($1, $2, 'again', 'hash', 4, '2026-11-01') on conflict do " +
      'nothing returning document_id',
    tenantId,
    documentId,
  ),
  step(
    "insert into documents values ($1, $2, 'again', 'hash', 4, '2026-11-01') on conflict " +
      '(tenant_id, document_id) do update set title = excluded.title',
    tenantId,
    documentId,
  ),
  step('insert into chunks values ($1, $2, $3, 0, $4, 1)', tenantId, word, documentId, word),
  step('update documents set title = $1', word),
  step(
    'update documents set title = $1 where document_id = $2 returning tenant_id, document_id, title',
    word,
    documentId,
  ),
  step('update documents set document_id = $1', documentId),
  step('update chunks set tenant_id = $1', tenantId),
  step('update namespace_sizes set bytes = bytes - $1', fc.constantFrom(1, 4_096)),
  step('delete from documents where document_id = $1 returning document_id', documentId),
  step('delete from chunks'),
  step('select * from vector_indexes'),
  step('select * from no_such_table'),
  step('selct 1'),
  step('insert into ledger values ($1, $2)', tenantId, word),
)

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  describe('against the same statement in a transaction', () => {
    const open: AsyncDisposable[] = []
    let fast: Side
    let slow: Side
    beforeAll(async () => {
      fast = await openSide(async (database, { tenant, ...statement }) => [
        ...(await queryAsTenant(database, tenant, statement)),
      ])
      slow = await openSide(async (database, { tenant, text, values }) =>
        withTenant(database, tenant, async (session) => (await session.query(text, values)).rows),
      )
    })
    afterAll(async () => {
      for (const each of open.reverse()) await each[Symbol.asyncDispose]()
    })

    test('the same rows or the same error, and the same rows afterwards', async () => {
      const outcomes = new Set<string>()
      await fc.assert(agreement(fast, slow, outcomes), { seed: 20_261_101, numRuns: 40 })
      expect([...outcomes].sort()).toEqual([
        '22012',
        '22025',
        '22P02',
        '23503',
        '23505',
        '23514',
        '42501',
        '42601',
        '42P01',
        'rows',
      ])
      expect(await backendOf(fast.database.app)).toBe(fast.backend)
    })

    test('the comparison finds a fast path that takes the wrong tenant, or loses a write', async () => {
      const wrongTenant: Side = {
        ...fast,
        run: (each) => fast.run({ ...each, tenant: tenants[0] as TenantId }),
      }
      const lostWrite: Side = {
        ...fast,
        run: async (each) => (each.text === 'delete from chunks' ? [] : fast.run(each)),
      }
      for (const faulty of [wrongTenant, lostWrite]) {
        await expect(
          fc.assert(agreement(faulty, slow, new Set()), {
            seed: 20_261_101,
            numRuns: 40,
            endOnFailure: true,
          }),
        ).rejects.toThrow('Property failed')
      }
    })

    function agreement(one: Side, other: Side, outcomes: Set<string>): fc.IAsyncProperty<[Step[]]> {
      return fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 12 }), async (program) => {
        for (const side of [one, other]) await reset(side.admin)
        for (const each of program) {
          const [quick, thorough] = await Promise.all([one.run(each), other.run(each)])
          expect(quick).toEqual(thorough)
          outcomes.add(typeof quick === 'string' ? quick : 'rows')
          expect(await contextOf(one.database.app)).not.toMatch(/./)
        }
        expect(await everything(one.admin)).toEqual(await everything(other.admin))
      })
    }

    interface Side {
      readonly admin: Database
      readonly database: TenantDatabase
      readonly backend: number
      run(step: Step): Promise<readonly object[] | string>
    }

    async function openSide(
      statement: (database: TenantDatabase, step: Step) => Promise<object[]>,
    ): Promise<Side> {
      const db = await freshDatabase(serverUrl)
      const admin = openAdmin(db)
      const database = onOneConnection(db)
      open.push(db, admin, database)
      for (const tenant of tenants) await db.signUp(tenant)
      const run = async (each: Step): Promise<readonly object[] | string> => {
        let rows: readonly object[] = []
        const outcome = await outcomeOf(statement(database, each).then((found) => (rows = found)))
        return outcome === 'done' ? rows.map((row) => ({ ...row })) : outcome
      }
      return { admin, database, run, backend: await backendOf(database.app) }
    }
  })

  describe('on a connection of its own', () => {
    let db: TestDatabase
    let one: TenantDatabase & AsyncDisposable
    let alpha: TenantId
    let beta: TenantId
    beforeAll(async () => {
      db = await freshDatabase(serverUrl, { maxConnections: 3 })
      alpha = await settle(db, 'alpha')
      beta = await settle(db, 'beta')
    })
    beforeEach(() => {
      one = onOneConnection(db)
      return () => one[Symbol.asyncDispose]()
    })
    afterAll(() => db[Symbol.asyncDispose]())

    const owners = {
      text: 'select distinct tenant_id::text as owner from chunks where ordinal >= $1',
      values: [0],
    }

    test('no context is left, neither by success nor by errors of any stage', async () => {
      for (const { text, values, outcome } of [
        { ...owners, outcome: 'done' },
        { text: 'selct 1', values: [], outcome: '42601' },
        { text: 'select $1::int', values: ['x'], outcome: '22P02' },
        {
          text: 'select 1 / (ordinal - $1::int) from chunks order by ordinal',
          values: [1],
          outcome: '22012',
        },
        { text: 'update chunks set tenant_id = $1', values: [beta], outcome: '42501' },
      ]) {
        expect(await outcomeOf(queryAsTenant(one, alpha, { text, values }))).toBe(outcome)
        await expectNoContext(one.app)
      }
    })

    test('a session-level setting inside the statement is gone too, as with withTenant', async () => {
      await queryAsTenant(one, alpha, {
        text: "select set_config('tenantbench.tenant_id', $1, false)",
        values: [beta],
      })
      await expectNoContext(one.app)
    })

    test('a prepared statement serves whichever tenant asks', async () => {
      const backend = await backendOf(one.app)
      for (const tenant of [alpha, beta, alpha, alpha, beta, beta, alpha, beta, alpha, beta]) {
        expect(await queryAsTenant(one, tenant, owners)).toEqual([{ owner: tenant }])
      }
      expect(await backendOf(one.app)).toBe(backend)
      const { rows } = await one.app.query<{ prepared: number }>(
        'select count(*) as prepared from pg_prepared_statements where statement = $1',
        [owners.text],
      )
      expect(rows).toEqual([{ prepared: 1 }])
    })

    test('a statement that cannot be parsed fails the same way again and spoils nothing', async () => {
      const backend = await backendOf(one.app)
      const bad = { text: 'select * from not_yet_here', values: [] }
      for (let round = 0; round < 3; round++) {
        expect(await outcomeOf(queryAsTenant(one, alpha, bad))).toBe('42P01')
        expect(await queryAsTenant(one, beta, owners)).toEqual([{ owner: 'beta' }])
      }
      await using admin = openAdmin(db)
      await admin.query('create table not_yet_here (); grant select on not_yet_here to public')
      expect(await outcomeOf(queryAsTenant(one, alpha, bad))).toBe('done')
      await admin.query('drop table not_yet_here')
      expect(await backendOf(one.app)).toBe(backend)
    })

    test('a parameter that cannot be sent fails alone', async () => {
      const backend = await backendOf(one.app)
      const unsendable = {
        toPostgres: () => {
          throw new RangeError('unsendable')
        },
      } as unknown as string
      await expect(
        queryAsTenant(one, alpha, { text: 'select $1::text', values: [unsendable] }),
      ).rejects.toThrow('unsendable')
      expect(await queryAsTenant(one, beta, owners)).toEqual([{ owner: 'beta' }])
      expect(
        await queryAsTenant(one, beta, { text: 'select $1::text as sent', values: ['x'] }),
      ).toEqual([{ sent: 'x' }])
      await expectNoContext(one.app)
      expect(await backendOf(one.app)).toBe(backend)
    })

    test('a connection that the server ended is not handed to the next one waiting', async () => {
      const backend = await backendOf(one.app)
      await using admin = openAdmin(db)
      const uncaught = await uncaughtDuring(async () => {
        const ended = outcomeOf(
          queryAsTenant(one, alpha, { text: 'select pg_sleep(30)', values: [] }),
        )
        const waiting = outcomeOf(queryAsTenant(one, beta, owners))
        await vi.waitFor(
          async () =>
            expect(
              (
                await admin.query(
                  "select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'",
                  [backend],
                )
              ).rowCount,
            ).toBe(1),
          { timeout: 10_000, interval: 10 },
        )
        await admin.query('select pg_terminate_backend($1, 5000)', [backend])
        expect([await ended, await waiting]).toEqual(['57P01', 'done'])
      })
      expect(uncaught).toEqual([])
      await expectNoContext(one.app)
    })

    test('a statement that opens a transaction does not hand it to the next borrower', async () => {
      const backend = await backendOf(one.app)
      await queryAsTenant(one, alpha, { text: 'begin', values: [] })
      expect(await backendOf(one.app)).not.toBe(backend)
      await expectNoContext(one.app)
    })

    test('200 statements of 8 tenants at once over 3 connections each see their own tenant', async () => {
      const many: TenantId[] = []
      for (let ordinal = 1; ordinal <= 8; ordinal++) many.push(await settle(db, `many-${ordinal}`))
      const work = Array.from({ length: 200 }, async (_none, index) => {
        const tenant = many[index % many.length] as TenantId
        const kind = index % 5
        if (kind === 0)
          expect(
            await outcomeOf(
              queryAsTenant(db.database, tenant, {
                text: 'select 1 / (ordinal - 1) from chunks',
                values: [],
              }),
            ),
          ).toBe('22012')
        else if (kind === 1)
          expect(
            await withTenant(
              db.database,
              tenant,
              async (session) => (await session.query(owners.text, owners.values)).rows,
            ),
          ).toEqual([{ owner: tenant }])
        else if (kind === 2)
          await queryAsTenant(db.database, tenant, {
            text: "insert into chunks values ($1, $2, 'd1', 9, $3, 1)",
            values: [tenant, `new-${index}`, `canary of ${tenant}`],
          })
        else expect(await queryAsTenant(db.database, tenant, owners)).toEqual([{ owner: tenant }])
      })
      await Promise.all(work)
      expect(db.app.pool.totalCount).toBe(3)
      await using admin = openAdmin(db)
      const { rows } = await admin.query(
        "select from chunks where body <> 'canary of ' || tenant_id",
      )
      expect(rows).toEqual([])
    })
  })
})

async function reset(admin: Database): Promise<void> {
  await admin.query(`
    truncate documents, chunks, namespace_sizes;
    insert into documents select tenant_id, d, 'A title', 'hash', 4, '2026-11-01' from tenants, unnest(array['d1', 'd2']) as d;
    insert into chunks select tenant_id, document_id || '-' || n, document_id, n, 'canary of ' || tenant_id, 4 from documents, generate_series(0, 1) as n;
    insert into namespace_sizes select tenant_id, 2, 2048 from tenants`)
}

async function everything(admin: Database): Promise<readonly object[]> {
  const { rows } = await admin.query(`
    select 'documents' as kind, to_jsonb(documents) as content from documents union all
      select 'chunks', to_jsonb(chunks) from chunks
    union all select 'sizes', to_jsonb(namespace_sizes) from namespace_sizes order by 1, 2`)
  return rows
}
