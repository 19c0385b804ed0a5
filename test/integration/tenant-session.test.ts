/**
 * A tenant sees its own rows and no others, and its context dies with its transaction, however that
 * ends.
 */
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import type { TenantId } from '../../src/base/tenant-id.ts'
import {
  openDatabase,
  queryAsTenant,
  withTenant,
  type Database,
  type TenantDatabase,
} from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import {
  addDocument,
  backendOf,
  contextOf,
  expectNoContext,
  expectNoRows,
  expectOnlyOwnRows,
  isFresh,
  onOneConnection,
  openAdmin,
  outcomeOf,
  ownersByTable,
  ownersIn,
  settle,
  tenantTables,
  tenantViews,
  uncaughtDuring,
} from './isolation-helpers.ts'

// Nobody listens there: whatever does I/O fails with ECONNREFUSED.
const closedPort = 'postgres://app:secret@127.0.0.1:1/none'
const hostileIds = [
  '',
  ' ',
  '%',
  '*',
  '_',
  '.',
  'ALPHA',
  'alpha ',
  ' alpha',
  'alph',
  'alpha%',
  'alpha,beta',
  '{alpha,beta}',
  "alpha' or '1'='1",
  'null',
  '\\',
  'älpha',
  'alpha\n',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(10_000),
]

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  let admin: Database
  let alpha: TenantId
  let beta: TenantId
  beforeAll(async () => {
    db = await freshDatabase(serverUrl)
    admin = openAdmin(db)
    alpha = await settle(db, 'alpha')
    beta = await settle(db, 'beta')
  })
  afterAll(async () => {
    await admin.close()
    await db[Symbol.asyncDispose]()
  })

  test('the tables and views looked at are all that have a tenant_id', async () => {
    const { rows } = await admin.query<{ name: string }>(
      "select table_name as name from information_schema.columns where table_schema = 'public' " +
        "and column_name = 'tenant_id' order by 1",
    )
    expect(rows.map(({ name }) => name)).toEqual([...tenantTables, ...tenantViews].sort())
  })

  test('withTenant sees its own rows alone, on a fresh and on a recycled connection', async () => {
    await using one = onOneConnection(db)
    await expectOnlyOwnRows(one, alpha)
    expect(await isFresh(one.app)).toBe(false)
    await expectOnlyOwnRows(one, beta)
    await expectOnlyOwnRows(one, alpha)
  })

  test.each(tenantTables)('the check fails when row security is off on %s', async (table) => {
    await using one = onOneConnection(db)
    await admin.query(`alter table ${table} disable row level security`)
    try {
      await expect(expectOnlyOwnRows(one, alpha)).rejects.toThrow('to deeply equal')
      await expect(expectNoRows(one.app)).rejects.toThrow('to deeply equal')
      const seen = await withTenant(one, alpha, ownersByTable)
      expect(Object.entries(seen).filter(([, owners]) => owners.includes('beta'))).toEqual([
        [table, ['alpha', 'beta']],
      ])
    } finally {
      await admin.query(`alter table ${table} enable row level security`)
    }
    await expectOnlyOwnRows(one, alpha)
  })

  test('without a context there are no rows, on a fresh and on a recycled connection', async () => {
    await using one = onOneConnection(db)
    expect(await isFresh(one.app)).toBe(true)
    await expectNoRows(one.app)
    await withTenant(one, alpha, (session) => ownersIn(session, 'chunks'))
    expect(await isFresh(one.app)).toBe(false)
    await expectNoRows(one.app)
  })

  test.each([
    ['for the transaction', true],
    ['for the session', false],
  ])('a wrong tenant id set %s gives an empty set and no error', async (_scope, isLocal) => {
    for (const isRecycled of [false, true]) {
      for (const id of hostileIds) {
        await using one = onOneConnection(db)
        if (isRecycled) await withTenant(one, alpha, (session) => ownersIn(session, 'chunks'))
        await asContext(one.app, { id, isLocal }, expectNoRows)
      }
    }
    await using one = onOneConnection(db)
    await asContext(one.app, { id: 'alpha', isLocal }, async (app) =>
      expect(await ownersIn(app, 'chunks')).toEqual(['alpha']),
    )
  })

  test('an unknown or malformed tenant is refused before any I/O', async () => {
    await using app = openDatabase({ connectionString: closedPort })
    const nowhere: TenantDatabase = { app, directory: db.database.directory }
    const both = (id: unknown): readonly Promise<unknown>[] => [
      withTenant(nowhere, id as TenantId, async () => 0),
      queryAsTenant(nowhere, id as TenantId, { text: 'select 1', values: [] }),
    ]
    for (const call of both('alpha')) await expect(call).rejects.toThrow('ECONNREFUSED')
    for (const id of ['gamma', 'ALPHA', 'alph', 'alpha.'])
      for (const call of both(id)) expect(await outcomeOf(call)).toBe('TB_TENANT_UNKNOWN')
    for (const id of [
      '',
      ' alpha',
      'alpha ',
      'alpha\n',
      '%',
      "a'; drop table chunks; --",
      'x'.repeat(64),
      null,
      undefined,
      7,
      ['alpha'],
      { id: 'alpha' },
    ]) {
      for (const call of both(id)) expect(await outcomeOf(call)).toBe('TB_TENANT_INVALID')
    }
  })

  test('a session cannot be used once its work has ended', async () => {
    const escaped = await withTenant(db.database, alpha, async (session) => session)
    expect(await outcomeOf(escaped.query('select 1'))).toBe('TB_SESSION_CLOSED')
    let failed = escaped
    await outcomeOf(
      withTenant(db.database, alpha, async (session) => {
        failed = session
        return session.query('select 1 / 0')
      }),
    )
    expect(failed).not.toBe(escaped)
    expect(await outcomeOf(failed.query('select 1'))).toBe('TB_SESSION_CLOSED')
  })

  describe('the context is gone and nothing is left', () => {
    const written = (): Promise<readonly string[]> =>
      admin
        .query<{ id: string }>("select document_id as id from documents where document_id <> 'd1'")
        .then(({ rows }) => rows.map(({ id }) => id))

    test('after success', async () => {
      await using one = onOneConnection(db)
      await withTenant(one, alpha, async (session) =>
        expect(await contextOf(session)).toBe('alpha'),
      )
      await expectNoContext(one.app)
    })

    test('after an error that was thrown', async () => {
      await using one = onOneConnection(db)
      const work = withTenant(one, alpha, async (session) => {
        await addDocument(session, alpha, 'thrown')
        throw new RangeError('no more')
      })
      await expect(work).rejects.toThrow(RangeError)
      await expectNoContext(one.app)
      expect(await written()).toEqual([])
    })

    test('after a database error that was swallowed, which is reported', async () => {
      await using one = onOneConnection(db)
      const work = withTenant(one, alpha, async (session) => {
        await addDocument(session, alpha, 'swallowed')
        await session.query('select 1 / 0').catch(() => undefined)
        return 'all is well'
      })
      expect(await outcomeOf(work)).toBe('TB_TRANSACTION_ABORTED')
      await expectNoContext(one.app)
      expect(await written()).toEqual([])
    })

    test('after the server cancelled the work', async () => {
      await using one = onOneConnection(db)
      const backend = await backendOf(one.app)
      const work = withTenant(one, alpha, async (session) => {
        await addDocument(session, alpha, 'cancelled')
        await session.query('select pg_sleep(30)')
      })
      const outcome = outcomeOf(work)
      await untilAsleep(backend)
      await admin.query('select pg_cancel_backend($1)', [backend])
      expect(await outcome).toBe('57014')
      expect(await backendOf(one.app)).toBe(backend)
      await expectNoContext(one.app)
      expect(await written()).toEqual([])
    })

    test('after the caller aborted', async () => {
      await using one = onOneConnection(db)
      const backend = await backendOf(one.app)
      const caller = new AbortController()
      const request = { ...one, signal: caller.signal }
      const outcome = outcomeOf(
        withTenant(request, alpha, async (session) => {
          await addDocument(session, alpha, 'aborted')
          await session.query('select pg_sleep(30)')
        }),
      )
      await untilAsleep(backend)
      caller.abort(new Error('the caller went away'))
      expect(await outcome).toBe('the caller went away')
      expect(await backendOf(one.app)).not.toBe(backend)
      await expectNoContext(one.app)
      await admin.query('select pg_terminate_backend($1, 5000)', [backend])
      expect(await written()).toEqual([])
      expect(await outcomeOf(withTenant(request, alpha, async () => 0))).toBe(
        'the caller went away',
      )
      await expectOnlyOwnRows(one, beta)
    })

    test.each(['waiting for a connection', 'rolling back'])(
      'after the caller aborted while %s, and the connection is given back',
      async (moment) => {
        const one = onOneConnection(db)
        const caller = new AbortController()
        const abort = (): void => caller.abort(new Error('the caller went away'))
        const holder = await one.app.pool.connect()
        const outcome = outcomeOf(
          withTenant({ ...one, signal: caller.signal }, alpha, async (session) => {
            await addDocument(session, alpha, moment)
            // Runs when the rollback has been sent and has not been answered.
            process.nextTick(abort)
            throw new RangeError('no more')
          }),
        )
        if (moment === 'waiting for a connection') abort()
        holder.release()
        expect(await outcome).toBe('the caller went away')
        const { totalCount, idleCount } = one.app.pool
        // Not awaited: closing would wait for ever for a connection that is not given back.
        void one.app.close()
        expect(idleCount).toBe(totalCount)
        expect(await written()).toEqual([])
      },
    )

    test.each(['in a statement', 'between two statements'])(
      'after the server ended the connection %s, and the process lives',
      async (moment) => {
        await using one = onOneConnection(db)
        const backend = await backendOf(one.app)
        const uncaught = await uncaughtDuring(async () => {
          const outcome = outcomeOf(
            withTenant(one, alpha, async (session) => {
              await addDocument(session, alpha, 'terminated')
              await Promise.all([
                moment === 'in a statement' ? session.query('select pg_sleep(30)') : null,
                terminate(backend, moment === 'in a statement' ? 'PgSleep' : 'ClientRead'),
              ])
              await session.query('select 1')
            }),
          )
          expect(await outcome).toMatch(/57P01|Connection terminated|not queryable/)
          await expectNoContext(one.app)
        })
        expect(await backendOf(one.app)).not.toBe(backend)
        expect(await written()).toEqual([])
        expect(uncaught).toEqual([])
      },
    )

    test.each(['success', 'error'])(
      'after a session-level setting inside the work, on %s',
      async (ending) => {
        await using one = onOneConnection(db)
        const backend = await backendOf(one.app)
        await outcomeOf(
          withTenant(one, alpha, async (session) => {
            await session.query("select set_config('tenantbench.tenant_id', 'beta', false)")
            if (ending === 'error') throw new RangeError('no more')
          }),
        )
        expect(await backendOf(one.app)).toBe(backend)
        await expectNoContext(one.app)
      },
    )
  })

  async function untilAsleep(backend: number, event = 'PgSleep'): Promise<void> {
    await vi.waitFor(
      async () => {
        const { rows } = await admin.query(
          'select from pg_stat_activity where pid = $1 and wait_event = $2',
          [backend, event],
        )
        expect(rows).toHaveLength(1)
      },
      { timeout: 10_000, interval: 10 },
    )
  }

  async function terminate(backend: number, event: string): Promise<void> {
    await untilAsleep(backend, event)
    await admin.query('select pg_terminate_backend($1, 5000)', [backend])
  }

  async function asContext(
    app: Database,
    context: { readonly id: string; readonly isLocal: boolean },
    look: (app: Database) => Promise<void>,
  ): Promise<void> {
    await app.query('begin')
    await app.query("select set_config('tenantbench.tenant_id', $1, $2)", [
      context.id,
      context.isLocal,
    ])
    await look(app)
    await app.query('rollback')
  }
})
