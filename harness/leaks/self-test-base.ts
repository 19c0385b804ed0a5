/**
 * The system that mutants are made of: provisioned once, kept as a template database with the
 * records of the vector store beside it, and copied for each mutant, so that no mutant finds what
 * another has done.
 */
import pg from 'pg'
import { monthOf, type Clock } from '../../src/base/clock.ts'
import { parseTenantId } from '../../src/base/tenant-id.ts'
import {
  installSchema,
  openDatabase,
  roleNames,
  writePromptTemplate,
  type Providers,
  type RoleLogins,
} from '../../src/index.ts'
import { closeMonth } from '../reconcile/month.ts'
import { drive } from '../execute/drive.ts'
import { provision, type Provisioned } from '../run/provision/provision.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import { createRunDatabase } from '../services/postgres/borrowed.ts'
import type { Services } from '../services/services.ts'
import type { Layers } from '../target/reference/layers.ts'
import {
  openReferenceTarget,
  type ReferenceOptions,
  type ReferenceTarget,
} from '../target/reference/reference-target.ts'
import { planQueries, type PlannedQuery } from '../workload/workload.ts'
import type { Prepared } from '../run/prepare.ts'

/** What the base is made of. */
export interface BaseOptions {
  readonly services: Services
  readonly scenario: LoadedScenario
  readonly prepared: Prepared
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** A provisioned system that copies are made of. */
export interface Base {
  readonly options: BaseOptions
  readonly provisioned: Provisioned
  readonly plan: readonly PlannedQuery[]
  readonly logins: RoleLogins
  readonly upserts: readonly Upsert[]
}

type Upsert = Parameters<Providers['vectors']['upsert']>[0]

/** A copy, with an address for whoever may do everything in it. */
export interface Copy extends AsyncDisposable {
  readonly adminUrl: string
  open(layers: Layers): Promise<ReferenceTarget>
}

const baseName = 'tenantbench_hunted'

/** The names of the roles; copies share them. */
export const huntedRoles = roleNames(baseName)

/** Provisions: every tenant fed, asked, charged, with a row in every table. */
export async function openBase(options: BaseOptions): Promise<Base> {
  const { services, scenario, prepared, clock, signal } = options
  const baseUrl = await createRunDatabase(services.addresses.adminUrl, baseName)
  const logins = await installSchema(baseUrl, clock)
  const upserts: Upsert[] = []
  const recording = (providers: Providers): Providers => ({
    ...providers,
    vectors: {
      ...providers.vectors,
      upsert: (request) => (upserts.push(request), providers.vectors.upsert(request)),
    },
  })
  await using target = await openReferenceTarget({
    ...referenceOptions(options, 'base'),
    logins,
    decorate: recording,
  })
  const provisioned = await provision({
    scenario,
    corpora: prepared.corpora,
    target,
    signal,
    onTenant: () => undefined,
  })
  for (const [at, { id }] of scenario.tenants.entries())
    await writePromptTemplate(target.database, clock, {
      tenantId: parseTenantId(id),
      name: `hunted-${at}`,
      template: { body: '{{passages}} {{question}}', slots: {} },
    })
  const plan = planQueries(scenario, prepared.cells, prepared.questions)
  await drive(plan.slice(0, 2 * scenario.tenants.length), {
    target,
    clock,
    concurrency: scenario.concurrency,
    observers: [],
    signal,
  })
  await closeMonth({
    operator: target.operator,
    clock,
    book: prepared.book,
    month: monthOf(clock.nowMs()),
    method: scenario.allocation,
  })
  return { options, provisioned, plan, logins, upserts }
}

function referenceOptions(
  { services, scenario, clock }: BaseOptions,
  indexPrefix: string,
): Omit<ReferenceOptions, 'logins'> {
  const { openai, anthropic, pinecone } = services.addresses
  return {
    endpoints: { openai, anthropic, pinecone },
    models: scenario.models,
    capacity: scenario.capacity,
    indexPrefix,
    clock,
    maxConnections: scenario.concurrency + 2,
    tiers: scenario.tiers,
  }
}

/** Copies the base. What is planted before `open` is there when the system starts. */
export async function copyBase(base: Base, ordinal: number): Promise<Copy> {
  const { services } = base.options
  const name = `${baseName}_${ordinal}`
  const indexPrefix = `hunted-${ordinal}`
  const at = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href
  const adminUrl = at(services.addresses.adminUrl)
  await onServer(
    services,
    `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(baseName)}`,
  )
  await onServer(
    services,
    `revoke all on database ${pg.escapeIdentifier(name)} from public; grant connect on ` +
      `database ${pg.escapeIdentifier(name)} to ${pg.escapeIdentifier(huntedRoles.app)}, ` +
      `${pg.escapeIdentifier(huntedRoles.operator)}`,
  )
  await moveVectors(adminUrl, `${indexPrefix}-1`)
  return {
    adminUrl,
    async open(layers) {
      const target = await openReferenceTarget({
        ...referenceOptions(base.options, indexPrefix),
        logins: { app: at(base.logins.app), operator: at(base.logins.operator) },
        ...layers,
      })
      for (const { place, ...upsert } of base.upserts)
        await target.store.upsert({ ...upsert, place: { ...place, indexName: `${indexPrefix}-1` } })
      return target
    },
    [Symbol.asyncDispose]: () =>
      onServer(services, `drop database ${pg.escapeIdentifier(name)} with (force)`),
  }
}

async function onServer(services: Services, sql: string): Promise<void> {
  await using server = openDatabase({
    connectionString: services.addresses.adminUrl,
    maxConnections: 1,
  })
  await server.query(sql)
}

/** The copy has an index of its own: what a mutant writes there no other finds. */
async function moveVectors(adminUrl: string, indexName: string): Promise<void> {
  await using admin = openDatabase({ connectionString: adminUrl, maxConnections: 1 })
  await admin.query(
    'insert into vector_indexes select $1, namespace_limit, operating_limit, alert_at, ' +
      'created_at from vector_indexes limit 1',
    [indexName],
  )
  await admin.query('update placements set index_name = $1', [indexName])
  await admin.query('delete from vector_indexes where index_name <> $1', [indexName])
}
