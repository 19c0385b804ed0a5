/**
 * A load's plan with what its numbers stand for: the query at each position, made when it is
 * needed, since a plan may have millions.
 */
import type { TenantId } from '../../src/base/tenant-id.ts'
import type { Cell } from '../scenario/cells.ts'
import type { WrittenLoad } from '../scenario/load-schema.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { PlannedQuestion } from './corpus.ts'
import { planLoad, windowAt, type LoadPlan } from './load/plan-load.ts'
import type { Trace } from './load/trace/read-trace.ts'
import { requestIdOf, type PlannedQuery } from './workload.ts'

/** A tenant as a load asks it. */
export interface LoadTenant {
  readonly tenantId: TenantId
  readonly cells: readonly Cell[]
  readonly questions: readonly PlannedQuestion[]
}

/** A plan that can be asked. */
export interface PlannedLoad {
  readonly load: WrittenLoad
  readonly plan: LoadPlan
  readonly tenants: readonly LoadTenant[]
  /** The how manyeth time its question is asked in its cell. */
  readonly trial: Int32Array
  queryAt(position: number): PlannedQuery
  /** Whether it counts, and what the noisy neighbour was doing. */
  standingAt(position: number): {
    readonly isWarmup: boolean
    readonly window: 'quiet' | 'noisy' | null
  }
}

/** What a load is made of. */
export interface LoadOptions {
  readonly scenario: Pick<LoadedScenario, 'seed'>
  readonly load: WrittenLoad
  readonly cells: readonly Cell[]
  readonly questions: ReadonlyMap<TenantId, readonly PlannedQuestion[]>
  readonly trace?: Trace
  /** Trials are counted from here on, so that no request of another load has the same id. */
  readonly firstTrial?: number
}

/** Plans a load. */
export function plannedLoad({
  scenario,
  load,
  cells,
  questions,
  trace,
  firstTrial = 1,
}: LoadOptions): PlannedLoad {
  const tenants = [...Map.groupBy(cells, ({ tenantId }) => tenantId)].map(
    ([tenantId, own]): LoadTenant => ({
      tenantId,
      cells: own,
      questions: questions.get(tenantId) ?? [],
    }),
  )
  const counted = tenants.map(({ tenantId, ...own }) => ({
    id: tenantId,
    questions: own.questions.length,
    cells: own.cells.length,
  }))
  const plan = planLoad({
    seed: scenario.seed,
    load,
    tenants: counted,
    ...(trace === undefined ? {} : { trace }),
  })
  const trial = trialsOf(plan, firstTrial)
  return {
    load,
    plan,
    tenants,
    trial,
    queryAt(position) {
      const { cells: own, questions: asked } = tenants[
        plan.tenant[position] as number
      ] as LoadTenant
      const cell = own[plan.cell[position] as number] as Cell
      const question = asked[plan.question[position] as number] as PlannedQuestion
      const parts = {
        tenantId: cell.tenantId,
        variantId: cell.variant.id,
        questionId: question.id,
        trial: trial[position] as number,
      }
      return { requestId: requestIdOf(parts), cell, question, trial: parts.trial }
    },
    standingAt: (position) => ({
      isWarmup: (plan.atMs[position] as number) < plan.warmupMs,
      window: windowAt(load, plan.atMs[position] as number),
    }),
  }
}

function trialsOf({ tenant, question, cell }: LoadPlan, firstTrial: number): Int32Array {
  const counts = new Map<number, number>()
  // Numbers below a million questions and ten thousand cells a tenant are one exact key.
  return tenant.map((who, at) => {
    const key = (who * 1e6 + (question[at] as number)) * 1e4 + (cell[at] as number)
    const trialNow = counts.get(key) ?? firstTrial
    counts.set(key, trialNow + 1)
    return trialNow
  })
}
