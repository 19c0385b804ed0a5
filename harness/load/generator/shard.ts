/**
 * A generator's own part of a plan, as plain data that a thread can be handed, and the question at
 * each of its places.
 */
import type { PlannedLoad } from '../../workload/planned-load.ts'
import { requestIdOf } from '../../workload/workload.ts'
import { parseTenantId } from '../../../src/base/tenant-id.ts'
import type { TargetQuestion } from '../../target/target.ts'

/** What the numbers of a shard stand for. */
export interface ShardTenant {
  readonly tenantId: string
  /** A tenant's own configuration is asked by null: whatever it is at that moment. */
  readonly cells: readonly {
    readonly variantId: string
    readonly variant: TargetQuestion['variant']
  }[]
  readonly questions: readonly { readonly id: string; readonly text: string }[]
}

/** A part of a plan, in the order of intended starts. */
export interface Shard {
  readonly tenants: readonly ShardTenant[]
  /** Positions in the whole plan. */
  readonly positions: Int32Array
  readonly atMs: Float64Array
  readonly tenant: Int32Array
  readonly question: Int32Array
  readonly cell: Int32Array
  readonly trial: Int32Array
}

/** Deals a plan out to so many generators, one arrival to each in turn. */
export function shardsOf({ plan, tenants, trial }: PlannedLoad, workers: number): readonly Shard[] {
  const told = tenants.map(({ tenantId, cells, questions }): ShardTenant => ({
    tenantId,
    cells: cells.map(({ variant: { id, model, topK, rerank }, isCurrent }) => ({
      variantId: id,
      variant: isCurrent ? null : { model, topK, rerank },
    })),
    questions: questions.map(({ id, text }) => ({ id, text })),
  }))
  return Array.from({ length: workers }, (_each, first) => {
    const positions = Int32Array.from(
      { length: Math.max(0, Math.ceil((plan.atMs.length - first) / workers)) },
      (_place, at) => first + at * workers,
    )
    const own = (column: Int32Array): Int32Array =>
      positions.map((position) => column[position] as number)
    return {
      tenants: told,
      positions,
      atMs: Float64Array.from(positions, (position) => plan.atMs[position] as number),
      tenant: own(plan.tenant),
      question: own(plan.question),
      cell: own(plan.cell),
      trial: own(trial),
    }
  })
}

/** The question at a place of a shard. */
export function questionAt(
  { tenants, tenant, question, cell, trial }: Shard,
  at: number,
): TargetQuestion {
  const who = tenants[tenant[at] as number] as ShardTenant
  const { variantId, variant } = who.cells[cell[at] as number] as ShardTenant['cells'][number]
  const { id, text } = who.questions[question[at] as number] as ShardTenant['questions'][number]
  return {
    tenantId: parseTenantId(who.tenantId),
    requestId: requestIdOf({
      tenantId: who.tenantId,
      variantId,
      questionId: id,
      trial: trial[at] as number,
    }),
    text,
    variant,
  }
}
