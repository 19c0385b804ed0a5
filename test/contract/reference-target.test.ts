/**
 * The target contract on the reference modules, and on them with isolation broken, where it has to
 * fail.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createRunDatabase, dropRunDatabase } from '../../harness/services/postgres/borrowed.ts'
import {
  openReferenceTarget,
  type ReferenceOptions,
  type ReferenceTarget,
} from '../../harness/target/reference/reference-target.ts'
import { systemClock } from '../../src/base/clock.ts'
import { newSuffix } from '../../src/base/random.ts'
import { parseTenantId } from '../../src/base/tenant-id.ts'
import { installSchema } from '../../src/index.ts'
import { describeTarget, type TargetStage } from './target.contract.ts'
import { failureOf, testVendors } from './support/vendors.ts'

const model = 'gpt-4o-mini'

async function openStage(
  changes: Partial<ReferenceOptions> = {},
): Promise<TargetStage & { readonly target: ReferenceTarget }> {
  const serverUrl = inject('services').adminUrl
  const name = `tenantbench_contract_${newSuffix()}`
  const logins = await installSchema(await createRunDatabase(serverUrl, name), systemClock)
  const vendors = await testVendors()
  const target = await openReferenceTarget({
    logins,
    endpoints: vendors.endpoints,
    models: {
      embedding: { model: 'text-embedding-3-small', dimensions: 256 },
      reranker: 'bge-reranker-v2-m3',
    },
    capacity: { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 },
    indexPrefix: 'contract',
    clock: systemClock,
    maxConnections: 4,
    ...changes,
  })
  return {
    target,
    model,
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]()
      await vendors.close()
      await dropRunDatabase(serverUrl, name)
    },
  }
}

describeTarget('reference modules', openStage)

describe('the reference target', () => {
  let stage: Awaited<ReturnType<typeof openStage>>
  const [one, other] = [parseTenantId('one'), parseTenantId('other')]
  const signUp = (id: typeof one): Promise<void> =>
    stage.target.signUp({
      id,
      name: 'Tenant',
      tier: 'contract',
      config: { model, topK: 2, rerank: false, monthlyBudgetUsd: null },
    })

  beforeAll(async () => {
    // A cache with a key that forgets the tenant: the fault that taps next to the SDK have to see.
    let first: string | null = null
    stage = await openStage({
      decorate: (providers) => ({
        ...providers,
        vectors: {
          ...providers.vectors,
          query: (query) =>
            providers.vectors.query({
              ...query,
              place: { ...query.place, namespace: (first ??= query.place.namespace) },
            }),
        },
      }),
    })
    for (const id of [one, other]) {
      await signUp(id)
      await stage.target.ingest(
        id,
        [{ id: 'd1', title: `Notes of ${id}`, text: 'The port is 8443.' }],
        `Notes of ${id}`,
      )
    }
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  it('shows matches of another tenant when a layer above the store brings them', async () => {
    const ask = async (id: typeof one): Promise<readonly string[]> => {
      const { crossings } = await stage.target.ask({
        tenantId: id,
        requestId: `leak-${id}`,
        text: 'Which port is it?',
        variant: { model, topK: 2, rerank: false },
      })
      // Seen twice: next to the store, and in what the layers above made of it.
      return [
        ...new Set(
          crossings
            .filter(({ boundary }) => boundary === 'matches')
            .flatMap(({ identifiers }) => identifiers),
        ),
      ]
    }
    const own = await ask(one)
    expect(own).toHaveLength(1)
    expect(await ask(other)).toEqual(own)
  })

  it('refuses to sign a tenant up twice', async () => {
    expect((await failureOf(signUp(one))).code).toBe('TB_TENANT_EXISTS')
  })
})
