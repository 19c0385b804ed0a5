/** Setting up what hunts work with on a running reference system. */
import type { Clock } from '../../../src/base/clock.ts'
import { randomFor, sha256 } from '../../../src/base/random.ts'
import { parseTenantId, type TenantId } from '../../../src/base/tenant-id.ts'
import type { NamespaceRef, SourceDocument } from '../../../src/index.ts'
import type { ReferenceTarget } from '../../target/reference/reference-target.ts'
import type { HuntStage, HuntTenant, NewHuntTenant } from './hunt.ts'
import { knownMarks, type KnownMarks } from './watch.ts'

/** What a hunt starts from. */
export interface StageOptions {
  readonly target: ReferenceTarget
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly seed: number
  /** Of the vectors in the store. */
  readonly dimensions: number
  /** Two tenants or more that are there already. */
  readonly tenants: readonly HuntTenant[]
}

/** A stage with the marks of everybody on it. */
export interface OpenedStage {
  readonly stage: HuntStage
  readonly marks: KnownMarks
}

const question = 'What is the deposit for a storage unit?'
const mostIds = 1_000

/** Sets the stage. Tenants of hunts are called `hunt-...`, unless a hunt names them itself. */
export function openStage({
  target,
  clock,
  signal,
  seed,
  dimensions,
  tenants,
}: StageOptions): OpenedStage {
  const marks = knownMarks()
  for (const tenant of tenants) marks.add(marksOf(tenant))
  const feed = async (tenant: HuntTenant, documentId: string): Promise<readonly string[]> => {
    const { chunkIds } = await target.ingest(
      tenant.id,
      [documentOf(tenant, documentId)],
      tenant.canary,
    )
    marks.add(chunkIds.map((mark) => ({ owner: tenant.id, mark })))
    return chunkIds
  }
  const newTenant = async (purpose: string, like: NewHuntTenant = {}): Promise<HuntTenant> => {
    signal.throwIfAborted()
    const id = parseTenantId(like.id ?? `hunt-${purpose}`)
    const tenant: HuntTenant = {
      id,
      canary: `mark${sha256(JSON.stringify([seed, id, purpose])).slice(0, 12)}`,
      chunkIds: [],
      documentId: `deposit-${id}`,
    }
    await signUp(target, tenant, like)
    marks.add(marksOf(tenant))
    return {
      ...tenant,
      chunkIds: like.withoutDocuments === true ? [] : await feed(tenant, tenant.documentId),
    }
  }
  const vector = Array.from({ length: dimensions }, () => 1 / dimensions)
  const stage: HuntStage = {
    target,
    clock,
    signal,
    tenants: tenants as unknown as HuntStage['tenants'],
    random: (purpose) => randomFor([seed, 'hunt', purpose]),
    newTenant,
    feed,
    ask: ({ id }, request) =>
      target.ask({
        tenantId: id,
        requestId: requestOf(id, request.id),
        text: request.text ?? question,
        variant: null,
      }),
    idsIn: async (place: NamespaceRef) =>
      (
        await target.store.query({ requestId: 'hunt-looks', place, vector, topK: mostIds })
      ).matches.map((match) => match.id),
    putInto: async (place, ids) =>
      void (await target.store.upsert({
        requestId: 'hunt-puts',
        place,
        records: ids.map((id) => ({ id, values: vector, metadata: {} })),
      })),
    openPool: target.openPool,
  }
  return { stage, marks }
}

const requestOf = (id: TenantId, request: string): string => `hunt.${id}.${request}`

/** A tenant is known by its word, its chunks, and its name in a row or in a line of the books. */
function marksOf({ id, canary, chunkIds }: HuntTenant): Parameters<KnownMarks['add']>[0] {
  return [
    ...[canary, ...chunkIds].map((mark) => ({ owner: id, mark })),
    ...[
      `"tenant_id": "${id}"`,
      `"request_id": "${requestOf(id, '')}`,
      `"request_id": "ingest.${id}"`,
    ].map((mark) => ({ owner: id, mark, isExact: true })),
  ]
}

async function signUp(
  target: ReferenceTarget,
  { id, canary }: HuntTenant,
  { model = 'gpt-4o-mini', topK = 3, template = false }: NewHuntTenant,
): Promise<void> {
  const config = {
    model,
    topK,
    rerank: true,
    monthlyBudgetUsd: null,
    ...(template ? { promptTemplate: 'own' } : {}),
  }
  const written = { body: `Sign as ${canary}.\n\n{{passages}}\n\n{{question}}`, slots: {} }
  await target.signUp({
    id,
    name: `Tenant ${id}`,
    tier: 'hunt',
    config,
    ...(template ? { template: { name: 'own', written } } : {}),
  })
}

/**
 * The same subject for everybody, with a sum of its own: whoever reads another's answer reads
 * another sum.
 */
function documentOf({ id, canary }: HuntTenant, documentId: string): SourceDocument {
  const dollars = randomFor(['deposit', id, documentId]).integer(1_000, 9_999)
  return {
    id: documentId,
    title: `Storage (${canary})`,
    text: `The deposit for a storage unit is $${dollars}. It is returned when the unit is handed back clean and empty.`,
  }
}
