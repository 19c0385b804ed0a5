/**
 * What is other where the vendors are live: times are measured, answers are a model's own, the bill
 * comes at the end of the month, and what was made at the vector store must be removed again.
 */
import type { Clock } from '../../../src/base/clock.ts'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import type { ReferenceTarget } from '../../target/reference/reference-target.ts'
import type { NotExamined } from './system.ts'

/** Why the ledger is held against no bill. */
export const noBillYet: NotExamined = {
  id: 'cost.reconciliation',
  reason:
    "the vendors' bill of a live run comes later; `tenantbench reconcile --usage CSV --bill " +
    'FILE` holds a month against it',
}

/** What the figures of a live run rest on. */
export const liveAssumptions = [
  'An answer is right when the planted value stands in it word for word; a right answer in ' +
    'other figures counts as wrong.',
  'Times are measured from here, the way to the vendors included.',
  "Costs are metered tokens and units at the price book's list prices; queries a month and " +
    "shared cost are the scenario's.",
]

/**
 * Every index that the run made: those that tenants have a place in, and those that were made
 * ahead.
 */
export function indexesOf({
  database,
  capacityEvents,
}: Pick<ReferenceTarget, 'database' | 'capacityEvents'>): readonly string[] {
  const ready = capacityEvents.flatMap(({ event, indexName }) =>
    event === 'index-ready' ? [indexName] : [],
  )
  return [
    ...new Set([
      ...ready,
      ...database.directory.list().map(({ placement }) => placement.indexName),
    ]),
  ]
}

const lookEveryMs = 1_000
const looks = 60

/**
 * Waits until each tenant's vectors can be found: a vector store takes them in before it searches
 * them. Throws TB_PROVIDER_UNAVAILABLE.
 */
export async function untilSearchable(
  target: ReferenceTarget,
  {
    clock,
    dimensions,
    signal,
  }: { readonly clock: Clock; readonly dimensions: number; readonly signal: AbortSignal },
): Promise<void> {
  const vector = Array.from({ length: dimensions }, (_each, at) => (at === 0 ? 1 : 0))
  for (const { id, placement: place } of target.database.directory.list()) {
    let isThere = false
    for (let look = 0; look < looks && !isThere; look++) {
      isThere =
        (
          await target.store.query({
            requestId: `searchable-${id}-${look}`,
            place,
            vector,
            topK: 1,
          })
        ).matches.length > 0
      if (!isThere) await clock.sleep(lookEveryMs, signal)
    }
    if (!isThere)
      throw new TenantbenchError('TB_PROVIDER_UNAVAILABLE', {
        detail: `Pinecone: the vectors of tenant ${id} cannot be found ${looks} s after they were stored.`,
      })
  }
}

/** Removes the indexes of a run; what could not be removed comes back, in sentences. */
export async function removeIndexes(target: ReferenceTarget): Promise<readonly string[]> {
  const kept: string[] = []
  for (const indexName of indexesOf(target))
    await target.store
      .deleteIndex(indexName)
      .catch((error: unknown) =>
        kept.push(`Index ${indexName} could not be removed from Pinecone: ${messageOf(error)}`),
      )
  return kept
}
