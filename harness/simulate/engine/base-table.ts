/**
 * What a query takes up to its first token and beside its answer, as one table: the sum of its
 * stages, drawn once for all queries of a configuration.
 */
import { randomFor } from '../../../src/base/random.ts'
import type { PlannedVariant, SimulationPlan, StageTables } from '../plan.ts'
import { tableOf } from '../models/quantile-table.ts'

/** Sixteen draws a part: the quantiles of the sum are then true within half a percent. */
const draws = 65_536

/** Made once for a plan, not for each of its groups. */
const made = new WeakMap<SimulationPlan, readonly Float64Array[]>()

/** The tables of a plan's configurations. */
export function baseTables(plan: SimulationPlan): readonly Float64Array[] {
  const known =
    made.get(plan) ?? plan.variants.map((variant) => baseTable(plan.stages, variant, plan.seed))
  made.set(plan, known)
  return known
}

function baseTable(stages: StageTables, variant: PlannedVariant, seed: number): Float64Array {
  const tables = [
    stages.embedMs,
    stages.retrieveMs,
    stages.hydrateMs,
    ...(variant.rerank ? [stages.rerankMs] : []),
    variant.firstTokenMs,
    stages.otherMs,
  ]
  const sums = new Float64Array(draws)
  for (const [at, table] of tables.entries()) {
    // Every part of a table is met equally often, in an order of its own: the mean of the sum is
    // exact.
    const random = randomFor([seed, 'base-table', variant.model, variant.topK, at])
    for (let round = 0; round < draws; round += table.length) {
      for (const [place, value] of random.shuffle([...table]).entries())
        sums[round + place] = (sums[round + place] as number) + value
    }
  }
  return tableOf(sums).values
}
