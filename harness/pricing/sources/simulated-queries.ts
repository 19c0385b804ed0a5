/**
 * What a query of a configuration is on average and how it varies, from the tables that a
 * simulation draws from. Tables are made once for all tenants who share them.
 */
import { quantileSorted } from 'simple-statistics'
import { randomFor } from '../../../src/base/random.ts'
import type { Configuration } from '../economics.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import { outputTokensOf, plannedVariant } from '../../simulate/demand/configurations.ts'
import { baseTables } from '../../simulate/engine/base-table.ts'
import type { PlannedVariant } from '../../simulate/plan.ts'
import { wholeTable } from '../../simulate/models/quantile-table.ts'
import { derivedPrompts } from './derived-prompts.ts'
import type { PlannedSimulation } from './simulated-time.ts'

/** Mean, variance and largest value. */
export interface Moments {
  readonly mean: number
  readonly variance: number
  readonly largest: number
}

/** A query. */
export interface QueryShape {
  readonly prompt: Moments
  readonly answer: Moments
  /** Without any queue or repeated attempt; drawn when it is asked for. */
  p95Ms(): number
}

/** What queries of a plan's tenants are like. */
export interface QueryShapes {
  /** Of a tenant of the plan, by its place, under any configuration of a model that is known. */
  shapeOf(place: number, configuration: Configuration): QueryShape
}

/** Shapes by published profiles. */
export function queryShapes({
  planned: { plan, templateOf },
  scenario,
  profiles,
  models,
}: PlannedSimulation): QueryShapes {
  const prompts = new Map<string, Moments>()
  const others = new Map<string, Omit<QueryShape, 'prompt'>>()
  return {
    shapeOf(place, { model, topK, rerank }) {
      const template = templateOf[place] as number
      const tenant = scenario.tenants[template] as LoadedScenario['tenants'][number]
      const maxOutputTokens = outputTokensOf(scenario, tenant)
      const prompt = remembered(
        prompts,
        JSON.stringify([plan.fleet.profile[place], model, topK, rerank]),
        () => momentsOf(wholeTable(derivedPrompts(profiles, template, { model, topK, rerank }))),
      )
      const other = remembered(others, JSON.stringify([model, rerank, maxOutputTokens]), () => {
        // top_k makes prompts longer and no time: one table for all of them.
        const variant = plannedVariant({ model, topK: 1, rerank, maxOutputTokens }, models)
        const p95Ms = (): number =>
          p95Of(baseTables({ ...plan, variants: [variant] })[0] as Float64Array, variant, plan.seed)
        let known: number | null = null
        return { answer: momentsOf(variant.answerTokens), p95Ms: () => (known ??= p95Ms()) }
      })
      return { prompt, ...other }
    },
  }
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  return made
}

function momentsOf(table: Int32Array): Moments {
  let sum = 0
  for (const value of table) sum += value
  const mean = sum / table.length
  let squares = 0
  for (const value of table) squares += (value - mean) ** 2
  return { mean, variance: squares / table.length, largest: table.at(-1) ?? 0 }
}

const turns = 16

/**
 * The time to the first token and the answer after it: every part of each table as often as any
 * other, in an order of its own.
 */
function p95Of(
  base: Float64Array,
  { model, rerank, answerTokens, msPerToken }: PlannedVariant,
  seed: number,
): number {
  const random = randomFor([seed, 'price', 'p95', model, String(rerank)])
  const places = [...base.keys()]
  const sums = new Float64Array(base.length * turns)
  for (let turn = 0; turn < turns; turn++) {
    const [ofAnswer, ofSpeed] = [random.shuffle(places), random.shuffle(places)]
    for (const [at, value] of base.entries())
      sums[turn * base.length + at] =
        value +
        (answerTokens[ofAnswer[at] as number] as number) *
          (msPerToken[ofSpeed[at] as number] as number)
  }
  return quantileSorted(Array.from(sums.sort()), 0.95)
}
