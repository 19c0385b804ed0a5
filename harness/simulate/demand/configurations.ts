/**
 * Who has which configuration from when on: that of the scenario, and every change of a tier or a
 * tenant in the order of its day.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { ScenarioTenant } from '../../scenario/resolve.ts'
import { startOfDay, type WrittenSimulation } from '../../scenario/simulation-schema.ts'
import { wholeTable } from '../models/quantile-table.ts'
import type { ServiceModels } from '../models/service-models.ts'
import type { PlannedVariant } from '../plan.ts'

/** The configurations of a plan. */
export interface Configurations {
  readonly variants: readonly PlannedVariant[]
  /** By epoch and tenant of the plan. */
  readonly variantOf: readonly Int32Array[]
  /** When epochs after the first begin. */
  readonly epochs: readonly number[]
}

interface Settings {
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
  readonly maxOutputTokens: number
}

/** What the configurations of a plan are made from. */
export interface ConfigurationInput {
  readonly simulation: WrittenSimulation
  readonly models: ServiceModels
  readonly templateOf: Int32Array
}

/** As src/db has it where neither tenant nor tier says. */
const usualOutputTokens = 1_024

/** Works them out. Throws TB_SCENARIO_INVALID for a model that nothing is known of. */
export function configurationsOf(
  scenario: LoadedScenario,
  { simulation, models, templateOf }: ConfigurationInput,
): Configurations {
  const changes = simulation.changes.flatMap((change) =>
    'config' in change ? [{ ...change, atMs: startOfDay(change.on) }] : [],
  )
  const epochs = [...new Set(changes.map(({ atMs }) => atMs))].sort((one, other) => one - other)
  const variants: PlannedVariant[] = []
  const places = new Map<string, number>()
  const placeOf = (settings: Settings): number => {
    const key = JSON.stringify(settings)
    const place = places.get(key) ?? variants.push(plannedVariant(settings, models)) - 1
    places.set(key, place)
    return place
  }
  let settings: readonly Settings[] = scenario.tenants.map((tenant) => ({
    ...tenant.current,
    maxOutputTokens: outputTokensOf(scenario, tenant),
  }))
  const variantOf = [Number.NEGATIVE_INFINITY, ...epochs].map((since) => {
    for (const { atMs, config, ...of } of changes) {
      if (atMs !== since) continue
      settings = settings.map((own, at) => {
        const { id, tier } = scenario.tenants[at] as (typeof scenario.tenants)[number]
        const isMeant = 'tier' in of ? of.tier === tier : of.tenant === id
        return isMeant
          ? {
              ...own,
              model: config.model ?? own.model,
              topK: config.topK ?? own.topK,
              rerank: config.rerank ?? own.rerank,
            }
          : own
      })
    }
    const own = settings.map(placeOf)
    return templateOf.map((template) => own[template] as number)
  })
  return { variants, variantOf, epochs }
}

/** How long an answer may be: the tenant's own limit, its tier's, or the usual one. */
export function outputTokensOf(
  { tiers }: Pick<LoadedScenario, 'tiers'>,
  { row, tier }: Pick<ScenarioTenant, 'row' | 'tier'>,
): number {
  return (
    row.maxOutputTokens ??
    (Object.hasOwn(tiers, tier) ? tiers[tier]?.maxOutputTokens : undefined) ??
    usualOutputTokens
  )
}

/** A configuration with the tables of its model. */
export function plannedVariant(
  { model, topK, rerank, maxOutputTokens }: Settings,
  models: ServiceModels,
): PlannedVariant {
  const chat = models.chat.get(model)
  if (chat === undefined)
    throw new TenantbenchError('TB_SCENARIO_INVALID', {
      detail:
        `Nothing is known of what ${model} takes: ` +
        `${models.source === 'profiles' ? 'it has no profile' : `it is not in ${models.source}`}; ` +
        `known are ${[...models.chat.keys()].join(', ')}.`,
    })
  return {
    model,
    provider: model.startsWith('claude-') ? 'anthropic' : 'openai',
    topK,
    rerank,
    answerTokens: wholeTable(chat.answerTokens, maxOutputTokens),
    firstTokenMs: chat.firstTokenMs.values,
    msPerToken: chat.msPerToken.values,
  }
}
