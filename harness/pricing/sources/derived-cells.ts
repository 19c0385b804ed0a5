/**
 * Configurations that a recorded run did not have: a cell for each tenant, its tokens derived from
 * the tenant's own chunks and held to what the tenant's own cells measured. It costs what those
 * tokens cost; how sure that is is said by its interval.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import {
  formatUsd,
  picoUsd,
  usdAsNumber,
  usdFromNumber,
  zeroUsd,
  type PicoUsd,
} from '../../../src/base/money.ts'
import type { RecordCell } from '../../../reports/record/record.ts'
import {
  currentOf,
  isSame,
  type Configuration,
  type TenantEconomics,
  type VariantEconomics,
} from '../economics.ts'
import { partsOfTokens, sumOfParts, type KnownParts, type QueryTokens } from '../query-parts.ts'
import { aboutCell, economicsOfRun, type RunSource } from '../run-economics.ts'
import { meanOrZero } from '../../measure/intervals.ts'
import { withVariantId } from '../../scenario/cells.ts'
import type { TokenProfiles } from '../../simulate/tokens/profile-cache.ts'
import { embeddingTokensMean } from '../../simulate/tokens/prompt-tokens.ts'
import { meanOf } from '../../simulate/models/quantile-table.ts'
import { derivedPromptMean, derivedPrompts, isBeyondWindow } from './derived-prompts.ts'

/** What is derived from what. */
export interface DerivationInput {
  readonly run: RunSource
  readonly configurations: readonly Configuration[]
  readonly profiles: TokenProfiles
}

/** A configuration of a tenant that was derived. */
export interface DerivedCell {
  readonly tenant: string
  readonly configuration: Configuration
  /** As the record would have it; null where the cost is not known. */
  readonly cell: RecordCell | null
  /** Measured over derived prompt tokens. */
  readonly ratio: number
  /** Of the prompt and of the answer: how far off either may be, as a share. */
  readonly errors: { readonly prompt: number; readonly answer: number }
  /** Whether a cell of the tenant has the model, so that lengths of answers are the model's own. */
  readonly isModelRun: boolean
  /** Of the nearest cell with the same model and rerank. */
  readonly p95Ms: number | null
  readonly timing: VariantEconomics['timing']
  /** Why the cost is not known, or null. */
  readonly reason: string | null
}

/** Derives what each tenant has no cell of. Throws TB_USAGE for a system that is not ours. */
export function deriveCells({
  run,
  configurations,
  profiles,
}: DerivationInput): readonly DerivedCell[] {
  if (configurations.length === 0) return []
  if (run.record.subject.kind !== 'reference')
    throw new TenantbenchError('TB_USAGE', {
      detail:
        '--config: prompts are derived as the modules of tenantbench make them, and the ' +
        `run is of another system (${run.record.subject.name}).`,
    })
  const places = new Map(run.scenario.tenants.map(({ id }, at) => [id, at]))
  return economicsOfRun(run).tenants.flatMap((tenant) => {
    const cells = run.record.cells.filter((cell) => cell.tenant === tenant.tenant)
    const missing = configurations.filter(
      (each) => !cells.some(({ variant }) => isSame(variant, each)),
    )
    return missing.map((configuration) =>
      deriveCell(configuration, {
        run,
        profiles,
        tenant,
        place: places.get(tenant.tenant) ?? 0,
        cells,
      }),
    )
  })
}

interface Deriving {
  readonly run: RunSource
  readonly profiles: TokenProfiles
  readonly tenant: TenantEconomics
  readonly place: number
  readonly cells: readonly RecordCell[]
}

/** At least so far off a derivation may be: the ratios of one tenant say little. */
const leastError = 0.03

function deriveCell(configuration: Configuration, deriving: Deriving): DerivedCell {
  const { run, profiles, tenant, place, cells } = deriving
  const counted = cells.flatMap(({ variant, tokens: { promptMean, completionMean } }) => {
    const derived = derivedPromptMean(profiles, place, variant)
    return promptMean === null || completionMean === null || derived === 0
      ? []
      : [{ model: variant.model, ratio: promptMean / derived, answer: completionMean }]
  })
  const same = counted.filter(({ model }) => model === configuration.model)
  const used = same.length > 0 ? same : counted
  const [ratio, answer] = [
    meanOrZero(used.map((each) => each.ratio)),
    meanOrZero(used.map((each) => each.answer)),
  ]
  const errors = {
    prompt: farthest(
      counted.map((each) => each.ratio),
      ratio,
    ),
    answer: farthest(
      used.map((each) => each.answer),
      answer,
    ),
  }
  const { p95Ms, timing } = timesOf(configuration, tenant)
  const derived = {
    tenant: tenant.tenant,
    configuration,
    ratio,
    errors,
    isModelRun: same.length > 0,
    p95Ms,
    timing,
  }
  if (counted.length === 0)
    return { ...derived, cell: null, reason: 'no cell of the tenant tells its tokens' }
  const prompts = derivedPrompts(profiles, place, configuration)
  const tokens = {
    prompt: ratio * meanOf(prompts),
    completion: answer,
    question: embeddingTokensMean(profiles.profileOf(place)),
  }
  const nearest = nearestOf(configuration, tenant)
  const parts = partsUnder(tokens, { run, configuration, tenant, nearest })
  if (typeof parts === 'string') return { ...derived, cell: null, reason: parts }
  const isInfeasible = isBeyondWindow(configuration.model, ratio * (prompts.values.at(-1) ?? 0))
  return {
    ...derived,
    cell: cellOf({
      configuration,
      template: cells.find(({ variant }) => variant.id === nearest.id),
      isInfeasible,
      tokens,
      cost: costOf(parts, nearest, errors),
    }),
    reason: null,
  }
}

function farthest(values: readonly number[], from: number): number {
  return Math.max(
    leastError,
    ...values.map((value) => (from === 0 ? 0 : Math.abs(value / from - 1))),
  )
}

/**
 * The variant that was run and is most alike: of the same model, then the same rerank, then the
 * nearest top_k.
 */
function nearestOf(
  { model, topK, rerank }: Configuration,
  { variants }: TenantEconomics,
): VariantEconomics {
  const distance = (each: VariantEconomics): number =>
    (each.model === model ? 0 : 2_000) +
    (each.rerank === rerank ? 0 : 1_000) +
    Math.abs(each.topK - topK)
  return variants.toSorted((one, other) => distance(one) - distance(other))[0] as VariantEconomics
}

/** Times go with model and rerank; of another top_k alone they are about the same. */
function timesOf(
  configuration: Configuration,
  tenant: TenantEconomics,
): Pick<VariantEconomics, 'p95Ms' | 'timing'> {
  const { model, rerank, p95Ms, timing } = nearestOf(configuration, tenant)
  return model === configuration.model && rerank === configuration.rerank
    ? { p95Ms, timing }
    : { p95Ms: null, timing: currentOf(tenant).timing }
}

interface Nearby {
  readonly run: RunSource
  readonly configuration: Configuration
  readonly tenant: TenantEconomics
  readonly nearest: VariantEconomics
}

/**
 * What the nearest variant costs beyond its parts (answers broken off and asked again) goes with
 * the chat tokens.
 */
function partsUnder(
  tokens: QueryTokens,
  { run, configuration, tenant, nearest }: Nearby,
): KnownParts | string {
  const about = aboutCell(run, tenant)
  const [parts, own] = [configuration, nearest].map((each) =>
    partsOfTokens(each, tokens, { book: run.book, about }),
  ) as [ReturnType<typeof partsOfTokens>, ReturnType<typeof partsOfTokens>]
  if ('missing' in parts) return parts.missing
  const { model, embedding } = nearest.partsPerQuery
  if (model === null || model === 0n || embedding === null || 'missing' in own) return parts
  const beyond = usdAsNumber(picoUsd(embedding - own.embedding)) / usdAsNumber(model)
  return {
    ...parts,
    embedding: picoUsd(parts.embedding + usdFromNumber(beyond * usdAsNumber(parts.model))),
  }
}

interface DerivedCost {
  readonly mean: PicoUsd
  readonly low95: PicoUsd
  readonly high95: PicoUsd
  readonly standardDeviation: PicoUsd
}

/**
 * The nearest variant's interval in proportion, and what prompt and answer may be off by:
 * independent, so squares add up.
 */
function costOf(
  parts: KnownParts,
  nearest: VariantEconomics,
  errors: DerivedCell['errors'],
): DerivedCost {
  const mean = sumOfParts(parts)
  const measured = usdAsNumber(sumOfMeasured(nearest))
  const inProportion = (usd: number): number =>
    measured === 0 ? 0 : (usd * usdAsNumber(mean)) / measured
  const off = [
    errors.prompt * usdAsNumber(parts.prompt),
    errors.answer * usdAsNumber(picoUsd(parts.model - parts.prompt)),
  ]
  const half = (end: PicoUsd): PicoUsd =>
    usdFromNumber(
      Math.hypot(inProportion(usdAsNumber(picoUsd(end - nearest.costPerQuery.mean))), ...off),
    )
  const low95 = picoUsd(mean - half(nearest.costPerQuery.low95))
  return {
    mean,
    low95: low95 < 0n ? zeroUsd : low95,
    high95: picoUsd(mean + half(nearest.costPerQuery.high95)),
    standardDeviation: usdFromNumber(inProportion(nearest.costPerQuery.standardDeviationUsd)),
  }
}

/** What a query of a variant costs by itself, the change of a minimum aside. */
function sumOfMeasured({
  partsPerQuery: { model, rerank, retrieval, embedding },
}: VariantEconomics): PicoUsd {
  return picoUsd((model ?? 0n) + (rerank ?? 0n) + (retrieval ?? 0n) + (embedding ?? 0n))
}

interface CellInput {
  readonly configuration: Configuration
  /** The nearest cell, for what is not derived. */
  readonly template: RecordCell | undefined
  readonly isInfeasible: boolean
  readonly tokens: QueryTokens
  readonly cost: DerivedCost
}

/** Means are over so many queries: whole sums lose no more than a millionth of a token. */
const asIfAsked = 1_000_000

/** What is shared of its cost is worked out where the record is priced. */
function cellOf({
  configuration,
  template,
  isInfeasible,
  tokens,
  cost,
}: CellInput): RecordCell | null {
  if (template === undefined) return null
  const variant = withVariantId(configuration)
  const { mean, low95, high95, standardDeviation } = cost
  return {
    ...template,
    id: `${template.tenant}/${variant.id}`,
    variant,
    isCurrent: false,
    queries: asIfAsked,
    failures: 0,
    infeasible: isInfeasible,
    configVersions: [],
    tokens: {
      promptMean: tokens.prompt,
      completionMean: tokens.completion,
      estimated: true,
      source: 'metered',
    },
    costPerQueryUsd: {
      mean: formatUsd(mean),
      low95: formatUsd(low95),
      high95: formatUsd(high95),
      direct: formatUsd(mean),
      shared: '0',
      standardDeviation: formatUsd(standardDeviation),
      method: 'derived',
      reason: null,
    },
    costSpread: null,
    quality: {
      questions: 0,
      retrievalRecall: null,
      answerAccuracy: 0,
      low95: 0,
      high95: 1,
      source: template.quality.source,
    },
    qualityByKind: [],
  }
}
