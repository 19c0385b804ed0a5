/**
 * The check that tries wrong tenant ids: it passes the schema as it is, and names each hole that is
 * planted in it.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { CheckResult } from '../../src/base/verdict.ts'
import { roleNames, type Database } from '../../src/index.ts'
import { checkWrongTenant, type RoleUnderTest } from '../../harness/leaks/wrong-tenant.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openAdmin, settle, tenantTables, tenantViews } from './isolation-helpers.ts'

const mine = "tenant_id = (select current_setting('tenantbench.tenant_id', true))"

/** What is planted, how it is undone, the verdict, and what the evidence must name. */
interface PlantedFault {
  readonly what: string
  readonly plant: string
  readonly undo: string
  readonly verdict: CheckResult['verdict']
  readonly evidence: RegExp
}

const faults: readonly PlantedFault[] = [
  ...(['chunks', 'prompt_templates', 'tenants'] as const).map((table): PlantedFault => ({
    what: `row security is off on ${table}`,
    plant: `alter table ${table} disable row level security`,
    undo: `alter table ${table} enable row level security`,
    verdict: 'leak',
    evidence: new RegExp(`got through: \\w+ select ${table} `),
  })),
  ...(['ledger', 'tenant_configs'] as const).map((table): PlantedFault => ({
    what: `row security is not forced on ${table}`,
    plant: `alter table ${table} no force row level security`,
    undo: `alter table ${table} force row level security`,
    verdict: 'leak',
    evidence: new RegExp(`got through: owner select ${table} `),
  })),
  {
    what: 'a policy lets everybody read',
    plant: 'create policy open on chunks for select to public using (true)',
    undo: 'drop policy open on chunks',
    verdict: 'leak',
    evidence:
      /got through: app select chunks as "beta" with the filter; app select chunks as "beta" without the filter;/,
  },
  {
    what: 'the empty id reads everything',
    plant:
      `alter policy tenant_rows on documents using (${mine} or ` +
      `current_setting('tenantbench.tenant_id', true) = '')`,
    undo: `alter policy tenant_rows on documents using (${mine})`,
    verdict: 'leak',
    evidence: /app select documents as "" with/,
  },
  {
    what: 'the view runs with the rights of its owner, who is not held by its tables',
    plant:
      'alter view effective_tenant_configs set (security_invoker = false); alter table ' +
      'tenant_configs no force row level security; alter table tenants no force row level ' +
      'security',
    undo:
      'alter view effective_tenant_configs set (security_invoker = true); alter table ' +
      'tenant_configs force row level security; alter table tenants force row level ' +
      'security',
    verdict: 'leak',
    evidence: /app select effective_tenant_configs as "beta"/,
  },
  {
    what: 'rows can be overwritten blind',
    plant: 'create policy peek on documents for update to public using (true) with check (true)',
    undo: 'drop policy peek on documents',
    verdict: 'fail',
    evidence: /update documents as .* blind, setting title/,
  },
  {
    what: 'a silent connection reads everything',
    plant:
      'create policy peek on documents for select to public using ' +
      "(current_setting('tenantbench.tenant_id', true) is null)",
    undo: 'drop policy peek on documents',
    verdict: 'leak',
    evidence: /app select documents without a tenant id/,
  },
  {
    what: 'the operator reads content',
    plant:
      'grant select on chunks to {operator}; create policy peek on chunks for select to {operator} using (true)',
    undo: 'drop policy peek on chunks; revoke select on chunks from {operator}',
    verdict: 'leak',
    evidence: /got through: operator select chunks without a tenant id/,
  },
  {
    what: 'the operator reads prompt templates',
    plant:
      'grant select on prompt_templates to {operator}; create policy peek on prompt_templates ' +
      'for select to {operator} using (true)',
    undo: 'drop policy peek on prompt_templates; revoke select on prompt_templates from {operator}',
    verdict: 'leak',
    evidence: /got through: operator select prompt_templates/,
  },
  {
    what: 'anybody inserts for anybody',
    plant: 'create policy anybody on documents for insert to public with check (true)',
    undo: 'drop policy anybody on documents',
    verdict: 'fail',
    evidence: /got through: app insert documents as "beta"/,
  },
  {
    what: 'the check on what is inserted is gone',
    plant: 'alter policy tenant_adds on usage_events with check (true)',
    undo: `alter policy tenant_adds on usage_events with check (${mine})`,
    verdict: 'fail',
    evidence: /got through: app insert usage_events as "beta"/,
  },
  {
    what: 'anybody deletes blindly',
    plant: 'create policy anybody on documents for delete to public using (true)',
    undo: 'drop policy anybody on documents',
    verdict: 'fail',
    evidence: /got through: app delete documents/,
  },
  {
    what: 'a policy casts',
    plant:
      'create policy casts on chunks for select to public using ' +
      "(current_setting('tenantbench.tenant_id', true)::uuid is not null)",
    undo: 'drop policy casts on chunks',
    verdict: 'inconclusive',
    evidence:
      /ended in an error, which proves nothing: .*chunks .*invalid input syntax for type uuid/,
  },
  {
    what: 'a policy raises for one wrong id alone',
    plant:
      'create policy raises on chunks for select to public using ' +
      "(current_setting('tenantbench.tenant_id', true) = 'nobody-of-that-name' and 1 / " +
      '(length(body) - length(body)) > 0)',
    undo: 'drop policy raises on chunks',
    verdict: 'inconclusive',
    evidence:
      /ended in an error, which proves nothing: app select chunks as "nobody-of-that-name" .*division by zero/,
  },
]

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  let admin: Database
  let names: ReturnType<typeof roleNames>
  beforeAll(async () => {
    db = await freshDatabase(serverUrl)
    admin = openAdmin(db)
    names = roleNames(decodeURIComponent(new URL(db.adminUrl).pathname.slice(1)))
    await settle(db, 'alpha')
    await settle(db, 'beta')
  })
  afterAll(async () => {
    await admin.close()
    await db[Symbol.asyncDispose]()
  })

  function rolesOf(on: TestDatabase, owner: Database): readonly RoleUnderTest[] {
    return [
      { role: 'app', database: on.app, become: null },
      { role: 'operator', database: on.operator, become: null },
      { role: 'owner', database: owner, become: names.owner },
    ]
  }

  const check = (roles = rolesOf(db, admin)): Promise<CheckResult> =>
    checkWrongTenant({ roles, owner: 'alpha', other: 'beta' })
  const asOwner = (sql: string): Promise<unknown> =>
    admin.query(
      `set role "${names.owner}"; ${sql.replaceAll('{operator}', `"${names.operator}"`)}; reset role`,
    )

  /** Every row of every table, to see that nothing was written. */
  async function everything(): Promise<readonly unknown[]> {
    const tables = await Promise.all(
      tenantTables.map((table) =>
        admin.query(`select to_jsonb(found)::text as row from ${table} as found order by 1`),
      ),
    )
    return tables.map(({ rows }) => rows)
  }

  test('the schema passes, on every table and view as every role, and nothing is written', async () => {
    const before = await everything()
    const { id, verdict, evidence } = await check()
    expect([id, verdict]).toEqual(['rls.wrong-tenant-is-empty', 'pass'])
    const relations = tenantTables.length + tenantViews.length
    expect(evidence).toMatch(
      new RegExp(`on ${relations} tables and views, \\d+ as app, \\d+ as operator, \\d+ as owner`),
    )
    expect(evidence).toContain(`0 foreign rows. The right tenant saw rows in all ${relations}.`)
    const [attempts, empty, denied] =
      /^(\d+) attempts.*: (\d+) empty sets, (\d+) denied/.exec(evidence)?.slice(1).map(Number) ?? []
    expect(attempts).toBe((empty ?? 0) + (denied ?? 0))
    expect(await everything()).toEqual(before)
  })

  test('the owners of the rows and who asks may be the other way round', async () => {
    expect(
      (await checkWrongTenant({ roles: rolesOf(db, admin), owner: 'beta', other: 'alpha' }))
        .verdict,
    ).toBe('pass')
  })

  test.each(faults)(
    'when $what the verdict is $verdict',
    async ({ plant, undo, verdict, evidence }) => {
      await asOwner(plant)
      try {
        const found = await check()
        expect(found).toMatchObject({ id: 'rls.wrong-tenant-is-empty', verdict })
        expect(found.evidence).toMatch(evidence)
      } finally {
        await asOwner(undo)
      }
    },
  )

  test('once all of these are undone the schema passes again', async () =>
    expect((await check()).verdict).toBe('pass'))

  test('a table that came later without row security is a leak too', async () => {
    await asOwner(
      'create table notes (tenant_id text not null, note text); insert into notes values ' +
        `('alpha', 'n'), ('beta', 'n'); grant select, insert on notes to "${names.app}"`,
    )
    try {
      const { verdict, evidence } = await check()
      expect(verdict).toBe('leak')
      expect(evidence).toMatch(/got through: app select notes/)
    } finally {
      await asOwner('drop table notes')
    }
  })

  test('a table in which the right tenant has no row is named, and nothing passes', async () => {
    await admin.query(
      "delete from prompt_templates where tenant_id = 'alpha'; delete from ledger where tenant_id = 'alpha'",
    )
    try {
      expect(await check()).toMatchObject({
        verdict: 'inconclusive',
        evidence:
          'Not even the right tenant sees a row in ledger, prompt_templates: an empty set proves nothing there.',
      })
    } finally {
      await admin.query(
        "insert into prompt_templates select 'alpha', name, version, body, slots, changed_at " +
          "from prompt_templates where tenant_id = 'beta'",
      )
      await admin.query(
        "insert into ledger select 'alpha', posting_id, month, component, method, 1, 1, " +
          "amount_pico_usd, posted_at from ledger where tenant_id = 'beta'",
      )
    }
    expect((await check()).verdict).toBe('pass')
  })

  test('an unknown owner, or no application role, proves nothing', async () => {
    expect(
      (await checkWrongTenant({ roles: rolesOf(db, admin), owner: 'gamma', other: 'beta' }))
        .verdict,
    ).toBe('inconclusive')
    expect((await check(rolesOf(db, admin).filter(({ role }) => role !== 'app'))).verdict).toBe(
      'inconclusive',
    )
  })
})
