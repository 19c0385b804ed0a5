/** A changed row is in force within a second, whatever happens to the connection that listens. */
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { sha256 } from '../../src/base/random.ts'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import {
  openConfigStore,
  withTenant,
  writeConfig,
  writePromptTemplate,
  writeTier,
  type ConfigSettings,
  type ConfigStore,
  type Database,
  type NewTenantConfig,
  type TenantSession,
} from '../../src/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openAdmin, outcomeOf } from './isolation-helpers.ts'

const inForceWithin = { timeout: 1_000, interval: 10 }
// Nothing is forgotten because it grew old: only what is listened for can change what is read.
const ageless = { ...systemClock, monotonicMs: () => 0 }
const valid: NewTenantConfig = { model: 'gpt-4o', topK: 5, rerank: true, monthlyBudgetUsd: '500' }

describe.each(Object.entries(inject('postgresServers')))('PostgreSQL %s', (_version, serverUrl) => {
  let db: TestDatabase
  let admin: Database
  let store: ConfigStore
  let alpha: TenantId
  beforeAll(async () => {
    db = await freshDatabase(serverUrl)
    admin = openAdmin(db)
    await db.signUp('beta')
    await db.signUp('alpha')
    await writeTier(db.operator, systemClock, {
      tier: 'checked',
      settings: { model: 'gpt-4o', topK: 5 },
    })
  })
  beforeEach(async () => {
    alpha = parseTenantId('alpha')
    store = await openConfigStore({
      database: db.database,
      clock: systemClock,
      listenUrl: db.logins.app,
    })
    return () => store.close()
  })
  afterAll(async () => {
    await admin.close()
    await db[Symbol.asyncDispose]()
  })

  const setTopK = (topK: number): Promise<unknown> =>
    db.operator.query("update tenant_configs set top_k = $1 where tenant_id = 'alpha'", [topK])
  const topK = async (): Promise<number> => (await store.current(alpha)).topK

  async function endListener(): Promise<void> {
    const { rows } = await admin.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = ' +
        "'tenantbench-config' and datname = current_database()",
    )
    expect(rows).toHaveLength(1)
  }

  test('an UPDATE is in force within a second, again and again', async () => {
    for (const value of [7, 8, 9, 10]) {
      expect(await topK()).not.toBe(value)
      await setTopK(value)
      await vi.waitFor(async () => expect(await topK()).toBe(value), inForceWithin)
    }
    expect(store.isListening()).toBe(true)
  })

  test('between changes reads are answered from memory, and only that tenant is read again', async () => {
    const read = vi.fn(db.app.pool.connect.bind(db.app.pool))
    const counting = {
      ...db.database,
      app: {
        ...db.app,
        pool: Object.assign(Object.create(db.app.pool) as typeof db.app.pool, { connect: read }),
      },
    }
    await using counted = await openConfigStore({
      database: counting,
      clock: { ...systemClock, monotonicMs: () => 0 },
      listenUrl: db.logins.app,
    })
    const beta = parseTenantId('beta')
    for (let round = 0; round < 50; round++)
      for (const tenant of [alpha, beta]) await counted.current(tenant)
    expect(read).toHaveBeenCalledTimes(2)
    await setTopK(21)
    await vi.waitFor(
      async () => expect((await counted.current(alpha)).topK).toBe(21),
      inForceWithin,
    )
    await counted.current(beta)
    expect(read).toHaveBeenCalledTimes(3)
  })

  test(
    'an UPDATE is in force within a second after the listening connection was ended, and ' +
      'listening resumes',
    async () => {
      await topK()
      await endListener()
      await setTopK(31)
      await vi.waitFor(async () => expect(await topK()).toBe(31), inForceWithin)
      await vi.waitFor(() => expect(store.isListening()).toBe(true), {
        timeout: 5_000,
        interval: 10,
      })
      await endListener()
      await vi.waitFor(() => expect(store.isListening()).toBe(false), inForceWithin)
      await setTopK(32)
      expect(await topK()).toBe(32)
      await setTopK(33)
      expect(await topK()).toBe(33)
    },
  )

  test('a store whose listener cannot log in reads from the database each time', async () => {
    await using deaf = await openConfigStore({
      database: db.database,
      clock: systemClock,
      listenUrl: 'postgres://app:secret@127.0.0.1:1/none',
    })
    expect(deaf.isListening()).toBe(false)
    for (const value of [41, 42]) {
      await setTopK(value)
      expect((await deaf.current(alpha)).topK).toBe(value)
    }
  })

  test('a closed store leaves no connection', async () => {
    await store.close()
    await vi.waitFor(
      async () => {
        const { rows } = await admin.query(
          "select from pg_stat_activity where application_name = 'tenantbench-config' and datname = current_database()",
        )
        expect(rows).toEqual([])
      },
      { timeout: 5_000, interval: 10 },
    )
  })

  test('versions increase by one whatever is written, and each change is kept with who made it', async () => {
    const gamma = await db.signUp('gamma')
    await writeConfig(db.operator, systemClock, { tenantId: gamma, config: valid })
    await db.operator.query(
      "update tenant_configs set version = 99, model = 'gpt-4-turbo' where tenant_id = 'gamma'",
    )
    await admin.query("update tenant_configs set rerank = false where tenant_id = 'gamma'")
    expect(await store.current(gamma)).toMatchObject({
      version: 4,
      model: 'gpt-4-turbo',
      topK: 5,
      rerank: false,
      monthlyBudgetUsd: '500',
    })
    const { rows } = await withTenant(db.database, gamma, (session) =>
      session.query(
        "select version, changed_by, config->>'model' as model, config->>'top_k' as top_k from " +
          'tenant_config_history order by version',
      ),
    )
    const superuser = new URL(serverUrl).username
    expect(rows).toEqual([
      { version: 1, changed_by: db.operator.role, model: 'gpt-4o-mini', top_k: '3' },
      { version: 2, changed_by: db.operator.role, model: 'gpt-4o', top_k: '5' },
      { version: 3, changed_by: db.operator.role, model: 'gpt-4-turbo', top_k: '5' },
      { version: 4, changed_by: superuser, model: 'gpt-4-turbo', top_k: '5' },
    ])
  })

  test('a change that is rolled back leaves no version and no history', async () => {
    const before = await store.current(alpha)
    expect(
      await outcomeOf(
        db.operator.query(
          "update tenant_configs set top_k = 50 where tenant_id = 'alpha'; select 1 / 0",
        ),
      ),
    ).toBe('22012')
    expect(await store.current(alpha)).toEqual(before)
    const { rows } = await db.operator.query(
      "select max(version) as version from tenant_config_history where tenant_id = 'alpha'",
    )
    expect(rows).toEqual([{ version: before.version }])
  })

  test.each([
    ['model', '', { model: '' }],
    ['top_k', 0, { topK: 0 }],
    ['top_k', 101, { topK: 101 }],
    ['temperature', 2.01, { temperature: 2.01 }],
    ['temperature', -0.01, { temperature: -0.01 }],
    ['max_output_tokens', 0, { maxOutputTokens: 0 }],
    ['max_output_tokens', 32_769, { maxOutputTokens: 32_769 }],
    ['prompt_template', '', { promptTemplate: '' }],
    ['monthly_budget_usd', '-1', { monthlyBudgetUsd: '-1' }],
    ['monthly_budget_usd', 'NaN', { monthlyBudgetUsd: 'NaN' }],
    ['monthly_budget_usd', 'Infinity', { monthlyBudgetUsd: 'Infinity' }],
  ] as const)('%s = %s is refused by the database and before it', async (column, value, change) => {
    expect(
      await outcomeOf(
        db.operator.query(`update tenant_configs set ${column} = $1 where tenant_id = 'alpha'`, [
          value,
        ]),
      ),
    ).toBe('23514')
    expect(
      await outcomeOf(
        writeConfig(db.operator, systemClock, { tenantId: alpha, config: { ...valid, ...change } }),
      ),
    ).toBe('TB_CONFIG_INVALID')
    expect(
      await outcomeOf(
        db.operator.query(`update tiers set ${column} = $1 where tier = 'checked'`, [value]),
      ),
    ).toBe('23514')
    expect(
      await outcomeOf(
        writeTier(db.operator, systemClock, { tier: 'checked', settings: { ...valid, ...change } }),
      ),
    ).toBe('TB_CONFIG_INVALID')
  })

  test('a tenant without a row is told so, and a row that slipped past the checks is refused', async () => {
    await db.operator.query("insert into tenants values ('delta', 'n', 't', '2026-11-01')")
    await db.operator.query(
      "insert into placements values ('delta', 'test-1', 'tenant-delta', '2026-11-01')",
    )
    await db.database.directory.refresh()
    const delta = parseTenantId('delta')
    expect(await outcomeOf(store.current(delta))).toBe('TB_CONFIG_MISSING')
    await admin.query('alter table tenant_configs drop constraint tenant_configs_top_k_check')
    await admin.query(
      'insert into tenant_configs (tenant_id, model, top_k, rerank, changed_at) values ' +
        "('delta', 'm', 1000, false, '2026-11-01')",
    )
    expect(await outcomeOf(store.current(delta))).toBe('TB_CONFIG_INVALID')
    await admin.query(
      'update tenant_configs set top_k = 100 where top_k > 100; alter table tenant_configs add ' +
        'constraint tenant_configs_top_k_check check (top_k between 1 and 100)',
    )
  })

  test("what everybody can hear of a change is a tenant's hash, and of a tier nothing", async () => {
    const heard: (string | undefined)[] = []
    const listener = new pg.Client({ connectionString: db.logins.app })
    await listener.connect()
    listener.on('notification', ({ payload }) => heard.push(payload))
    await listener.query('listen tenantbench_config')
    await setTopK(61)
    await writePromptTemplate(db.database, systemClock, {
      tenantId: alpha,
      name: 'heard',
      template: { body: '{{passages}} {{question}}', slots: {} },
    })
    await db.operator.query("update tiers set top_k = 6 where tier = 'checked'")
    await vi.waitFor(() => expect(heard).toEqual([sha256('alpha'), sha256('alpha'), '']), {
      timeout: 5_000,
      interval: 10,
    })
    await listener.end()
  })

  /** Signs a tenant up that sets nothing itself but what is given. */
  async function signUpIn(
    tier: string,
    text: string,
    config: NewTenantConfig = {},
  ): Promise<TenantId> {
    const tenantId = await db.signUp(text)
    await db.operator.query('update tenants set tier = $1 where tenant_id = $2', [tier, text])
    await writeConfig(db.operator, systemClock, { tenantId, config })
    return tenantId
  }

  const inForce = (tenantId: TenantId): Promise<readonly unknown[]> =>
    withTenant(db.database, tenantId, (session) =>
      session.query(
        'select model, top_k as "topK", rerank, temperature::float8 as temperature, ' +
          'max_output_tokens as "maxOutputTokens", prompt_template as "promptTemplate", ' +
          'monthly_budget_usd::text as "monthlyBudgetUsd" from effective_tenant_configs',
      ),
    ).then(({ rows }) => rows)

  describe('tiers', () => {
    const settings: fc.Arbitrary<ConfigSettings> = fc.record(
      {
        model: fc.constantFrom('gpt-4o', 'gpt-4-turbo'),
        topK: fc.integer({ min: 1, max: 100 }),
        rerank: fc.boolean(),
        temperature: fc.constantFrom(0, 0.5, 2),
        maxOutputTokens: fc.constantFrom(1, 1_024, 32_768),
        promptTemplate: fc.constantFrom('default', 'house-style'),
        monthlyBudgetUsd: fc.constantFrom('0', '12.5'),
      },
      { requiredKeys: [] },
    )
    const builtIn = {
      model: null,
      topK: null,
      rerank: null,
      temperature: 0,
      maxOutputTokens: 1_024,
      promptTemplate: 'default',
      monthlyBudgetUsd: null,
    }

    test("a tenant's own value is over its tier's, and that is over the built-in one", async () => {
      const tenantId = await signUpIn('drawn', 'of-drawn')
      const property = fc.asyncProperty(settings, settings, async (own, ofTier) => {
        await writeTier(db.operator, systemClock, { tier: 'drawn', settings: ofTier })
        await writeConfig(db.operator, systemClock, { tenantId, config: own })
        expect(await inForce(tenantId)).toEqual([{ ...builtIn, ...ofTier, ...own }])
      })
      await fc.assert(property, { numRuns: 40 })
    })

    test('a value that neither sets is missing, and told by its name', async () => {
      const tenantId = await signUpIn('not-there', 'of-no-tier', {
        model: 'gpt-4o',
        topK: 5,
        monthlyBudgetUsd: '1',
      })
      await expect(store.current(tenantId)).rejects.toMatchObject({
        code: 'TB_CONFIG_INVALID',
        faults: [{ path: 'rerank' }],
      })
      await writeConfig(db.operator, systemClock, {
        tenantId,
        config: { model: 'gpt-4o', topK: 5, rerank: false },
      })
      await vi.waitFor(
        async () =>
          expect(await store.current(tenantId)).toMatchObject({
            model: 'gpt-4o',
            tierVersion: 0,
            monthlyBudgetUsd: null,
          }),
        inForceWithin,
      )
    })

    test(
      "an UPDATE is in force for all tenants of the tier within a second, and a tenant's " +
        'own row beats it',
      async () => {
        await writeTier(db.operator, systemClock, {
          tier: 'growth',
          settings: { ...valid, topK: 5 },
        })
        const [one, other, own, elsewhere] = [
          await signUpIn('growth', 'grown-1'),
          await signUpIn('growth', 'grown-2'),
          await signUpIn('growth', 'grown-3', { topK: 2 }),
          await signUpIn('checked', 'grown-4', { topK: 4, model: 'gpt-4o', rerank: false }),
        ]
        await using listening = await openConfigStore({
          database: db.database,
          clock: ageless,
          listenUrl: db.logins.app,
        })
        const all = async (): Promise<readonly number[]> =>
          (
            await Promise.all(
              [one, other, own, elsewhere].map((tenantId) => listening.current(tenantId)),
            )
          ).map((config) => config.topK)
        expect(await all()).toEqual([5, 5, 2, 4])
        await db.operator.query("update tiers set top_k = 9 where tier = 'growth'")
        await vi.waitFor(async () => expect(await all()).toEqual([9, 9, 2, 4]), inForceWithin)
        await db.operator.query("update tenant_configs set top_k = 1 where tenant_id = 'grown-1'")
        await vi.waitFor(async () => expect(await all()).toEqual([1, 9, 2, 4]), inForceWithin)
        await db.operator.query(
          "update tenant_configs set top_k = null where tenant_id = 'grown-1'",
        )
        await vi.waitFor(async () => expect(await all()).toEqual([9, 9, 2, 4]), inForceWithin)
        expect(listening.isListening()).toBe(true)
      },
    )

    test('a tenant that moves to another tier follows that one within a second', async () => {
      await writeTier(db.operator, systemClock, { tier: 'first', settings: { ...valid, topK: 11 } })
      await writeTier(db.operator, systemClock, {
        tier: 'second',
        settings: { ...valid, topK: 12 },
      })
      const tenantId = await signUpIn('first', 'moving')
      expect((await store.current(tenantId)).topK).toBe(11)
      await db.operator.query("update tenants set tier = 'second' where tenant_id = 'moving'")
      await vi.waitFor(
        async () => expect((await store.current(tenantId)).topK).toBe(12),
        inForceWithin,
      )
    })

    test('versions increase by one whatever is written, and each change is kept with who made it', async () => {
      await writeTier(db.operator, systemClock, { tier: 'kept', settings: valid })
      const tenantId = await signUpIn('kept', 'of-kept')
      expect(await store.current(tenantId)).toMatchObject({ version: 2, tierVersion: 1 })
      await writeTier(db.operator, systemClock, { tier: 'kept', settings: { topK: 7 } })
      await db.operator.query(
        "update tiers set version = 99, model = 'gpt-4-turbo' where tier = 'kept'",
      )
      await admin.query("update tiers set rerank = true where tier = 'kept'")
      await vi.waitFor(
        async () =>
          expect(await store.current(tenantId)).toMatchObject({
            version: 2,
            tierVersion: 4,
            model: 'gpt-4-turbo',
            topK: 7,
          }),
        inForceWithin,
      )
      const { rows } = await db.operator.query(
        "select version, changed_by, config->>'model' as model, config->>'top_k' as top_k from " +
          "tier_history where tier = 'kept' order by version",
      )
      expect(rows).toEqual([
        { version: 1, changed_by: db.operator.role, model: 'gpt-4o', top_k: '5' },
        { version: 2, changed_by: db.operator.role, model: null, top_k: '7' },
        { version: 3, changed_by: db.operator.role, model: 'gpt-4-turbo', top_k: '7' },
        { version: 4, changed_by: new URL(serverUrl).username, model: 'gpt-4-turbo', top_k: '7' },
      ])
    })

    test('a change that is rolled back leaves no version and no history', async () => {
      await writeTier(db.operator, systemClock, { tier: 'steady', settings: valid })
      expect(
        await outcomeOf(
          db.operator.query("update tiers set top_k = 50 where tier = 'steady'; select 1 / 0"),
        ),
      ).toBe('22012')
      const { rows } = await db.operator.query(
        'select tiers.version, top_k, (select count(*) from tier_history where tier = ' +
          "'steady') as kept from tiers where tier = 'steady'",
      )
      expect(rows).toEqual([{ version: 1, top_k: 5, kept: 1 }])
    })
  })

  describe('prompt templates', () => {
    const template = (
      words: string,
    ): { readonly body: string; readonly slots: Record<string, never> } => ({
      body: `${words}\n{{passages}}\n{{question}}`,
      slots: {},
    })
    const write = (tenantId: TenantId, name: string, words: string): Promise<void> =>
      writePromptTemplate(db.database, systemClock, { tenantId, name, template: template(words) })
    const wordsOf = async (from: ConfigStore, tenantId: TenantId): Promise<string> =>
      (await from.current(tenantId)).template.pieces
        .map((piece) => (piece.kind === 'text' ? piece.text.trim() : ''))
        .join('')

    test('a change by the session of the tenant is seen within a second', async () => {
      const tenantId = await signUpIn('checked', 'templated', {
        ...valid,
        promptTemplate: 'letter',
      })
      await write(tenantId, 'letter', 'one')
      await using listening = await openConfigStore({
        database: db.database,
        clock: ageless,
        listenUrl: db.logins.app,
      })
      expect(await wordsOf(listening, tenantId)).toBe('one')
      await write(tenantId, 'letter', 'two')
      await vi.waitFor(
        async () => expect(await wordsOf(listening, tenantId)).toBe('two'),
        inForceWithin,
      )
      await withTenant(db.database, tenantId, (session) =>
        session.query(
          "update prompt_templates set body = 'three {{passages}}{{question}}', version = 99",
        ),
      )
      await vi.waitFor(
        async () => expect(await wordsOf(listening, tenantId)).toBe('three'),
        inForceWithin,
      )
      expect(
        (
          await withTenant(db.database, tenantId, (session) =>
            session.query('select version from prompt_templates'),
          )
        ).rows,
      ).toEqual([{ version: 3 }])
      await withTenant(db.database, tenantId, (session) =>
        session.query('delete from prompt_templates'),
      )
      await vi.waitFor(
        async () => expect(await outcomeOf(listening.current(tenantId))).toBe('TB_CONFIG_INVALID'),
        inForceWithin,
      )
    })

    test('slots are filled from the row of the tenant, and values that do not fit are refused', async () => {
      const promptTemplate = 'with-slots'
      const config = { ...valid, promptTemplate, promptValues: { tone: 'formal' } }
      const tenantId = await signUpIn('checked', 'slotted', config)
      await writePromptTemplate(db.database, systemClock, {
        tenantId,
        name: promptTemplate,
        template: {
          body: '{{tone}} {{passages}} {{question}}',
          slots: { tone: { type: 'choice', options: ['formal', 'plain'] } },
        },
      })
      expect((await store.current(tenantId)).promptValues).toEqual(new Map([['tone', 'formal']]))
      for (const promptValues of [{ tone: 'rude' }, {}, { tone: 'formal', more: 1 }]) {
        await writeConfig(db.operator, systemClock, {
          tenantId,
          config: { ...config, promptValues },
        })
        await vi.waitFor(
          async () => expect(await outcomeOf(store.current(tenantId))).toBe('TB_TEMPLATE_INVALID'),
          inForceWithin,
        )
      }
    })

    test('a name that does not exist is refused by its name, also when another tenant has it', async () => {
      const [beta, tenantId] = [
        parseTenantId('beta'),
        await signUpIn('checked', 'lacking', { ...valid, promptTemplate: 'of-beta' }),
      ]
      await write(beta, 'of-beta', 'ours')
      await expect(store.current(tenantId)).rejects.toMatchObject({
        code: 'TB_CONFIG_INVALID',
        detail: 'The tenant has no prompt template "of-beta".',
      })
      await writeConfig(db.operator, systemClock, {
        tenantId: beta,
        config: { ...valid, promptTemplate: 'of-beta' },
      })
      await vi.waitFor(async () => expect(await wordsOf(store, beta)).toBe('ours'), inForceWithin)
    })

    test.each([
      ['a template that is none', 'x', { body: '{{passages}}', slots: {} }, 'TB_TEMPLATE_INVALID'],
      [
        'a slot nobody declared',
        'x',
        { body: '{{passages}} {{question}} {{secret}}', slots: {} },
        'TB_TEMPLATE_INVALID',
      ],
      ['the name of the built-in one', 'default', template('d'), '23514'],
      ['a name that is none', 'Letter 1', template('d'), '23514'],
    ])('%s is not written', async (_case, name, written, outcome) => {
      expect(
        await outcomeOf(
          writePromptTemplate(db.database, systemClock, {
            tenantId: alpha,
            name,
            template: written,
          }),
        ),
      ).toBe(outcome)
    })

    test('a template that slipped past the checks is refused when it is read', async () => {
      const tenantId = await signUpIn('checked', 'slipped', { ...valid, promptTemplate: 'letter' })
      await write(tenantId, 'letter', 'sound')
      await withTenant(db.database, tenantId, (session) =>
        session.query("update prompt_templates set body = 'no place for anything'"),
      )
      expect(await outcomeOf(store.current(tenantId))).toBe('TB_TEMPLATE_INVALID')
    })

    test("a tenant reads and writes none of another's", async () => {
      const beta = parseTenantId('beta')
      await write(beta, 'secret', 'of beta')
      await write(alpha, 'own', 'of alpha')
      const asAlpha = <T>(work: (session: TenantSession) => Promise<T>): Promise<T> =>
        withTenant(db.database, alpha, work)
      const countOf = (text: string): Promise<number | null> =>
        asAlpha(async (session) => (await session.query(text)).rowCount)
      expect(await countOf("select from prompt_templates where name = 'own'")).toBe(1)
      expect(
        await countOf("select from prompt_templates where tenant_id <> 'alpha' or name = 'secret'"),
      ).toBe(0)
      expect(
        await countOf("update prompt_templates set body = 'taken' where name = 'secret'"),
      ).toBe(0)
      expect(await countOf("delete from prompt_templates where name = 'secret'")).toBe(0)
      for (const name of ['secret', 'new']) {
        expect(
          await outcomeOf(
            asAlpha((session) =>
              session.query(
                'insert into prompt_templates (tenant_id, name, body, slots, changed_at) values ' +
                  `('beta', '${name}', 'b', '{}', '2026-11-01') on conflict (tenant_id, name) do ` +
                  `update set body = 'taken'`,
              ),
            ),
          ),
        ).toBe('42501')
      }
      expect((await db.app.query('select from prompt_templates')).rowCount).toBe(0)
      const { rows } = await admin.query(
        "select body from prompt_templates where tenant_id = 'beta' and name in ('secret', 'new')",
      )
      expect(rows).toEqual([{ body: template('of beta').body }])
    })

    test.each([
      'select from prompt_templates',
      "insert into prompt_templates values ('alpha', 'x', 1, 'b', '{}', '2026-11-01')",
      "update prompt_templates set body = 'b'",
      'delete from prompt_templates',
    ])('the operator has no right to: %s', async (statement) => {
      expect(await outcomeOf(db.operator.query(statement))).toBe('42501')
    })
  })
})
