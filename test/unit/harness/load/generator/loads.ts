/** Loads to be driven in tests: three tenants, the first with two cells. */
import { withVariantId, type Cell } from '../../../../../harness/scenario/cells.ts'
import { loadSchema } from '../../../../../harness/scenario/load-schema.ts'
import type { PlannedQuestion } from '../../../../../harness/workload/corpus.ts'
import {
  plannedLoad,
  type LoadOptions,
  type PlannedLoad,
} from '../../../../../harness/workload/planned-load.ts'
import type { TenantId } from '../../../../../src/base/tenant-id.ts'
import { tenant } from '../../../support/prices.ts'

const current = withVariantId({ model: 'm', topK: 3, rerank: false })
const other = withVariantId({ model: 'n', topK: 5, rerank: true })
const cell = (id: string, variant: typeof current): Cell => ({
  id: `${id}/${variant.id}`,
  tenantId: tenant(id),
  variant,
  isCurrent: variant === current,
})

/** The cells of all tenants. */
export const cells: readonly Cell[] = [
  cell('A', current),
  cell('A', other),
  cell('B', current),
  cell('C', current),
]

/** Three questions of each. */
export const questions: ReadonlyMap<TenantId, readonly PlannedQuestion[]> = new Map(
  ['A', 'B', 'C'].map((id) => [
    tenant(id),
    [1, 2, 3].map((at): PlannedQuestion => ({
      id: `q${at}`,
      kind: 'literal',
      text: `question ${at} of ${id}`,
      answers: ['$5'],
      sources: ['d1'],
    })),
  ]),
)

/**
 * A load as a scenario would have it: a hundred requests a second for a second, unless it says
 * otherwise.
 */
export function loadOf(written: object = {}, change: Partial<LoadOptions> = {}): PlannedLoad {
  const load = loadSchema.parse({
    durationSeconds: 1,
    arrivals: { kind: 'constant', ratePerSecond: 100 },
    ...written,
  })
  return plannedLoad({ scenario: { seed: 7 }, load, cells, questions, ...change })
}

/** Every position of a load. */
export function positionsOf({ plan }: PlannedLoad): readonly number[] {
  return Array.from(plan.atMs, (_at, position) => position)
}
