/**
 * The figures of one cell from its samples: latency, tokens, direct cost, quality, each with what
 * the samples allow to be said.
 */
import { sumUsd, usdAsNumber, picoUsd, zeroUsd, type PicoUsd } from '../../src/base/money.ts'
import type { RandomKey } from '../../src/base/random.ts'
import { stages, type Stage } from '../../src/base/stages.ts'
import type { FailedAttempts } from '../../src/base/usage.ts'
import { costSpread, type CostSpread } from './cost-spread.ts'
import { bootstrapMean, meanOrZero, wilsonInterval, type Interval } from './intervals.ts'
import { meanOf, percentilesOf, type Percentiles } from './quantiles.ts'
import type { Sample } from './sample.ts'

/**
 * Quality of a cell. `answerAccuracy` is over all questions, bait and unanswerable ones included.
 */
export interface QualityFigures extends Interval {
  /** Distinct questions: the independent trials. Repetitions of one question narrow nothing. */
  readonly questions: number
  readonly retrievalRecall: number | null
  readonly answerAccuracy: number
}

/** One kind of question in a cell. */
export interface KindFigures {
  readonly kind: string
  readonly questions: number
  readonly retrievalRecall: number | null
  readonly answerAccuracy: number
}

/** What a query costs by itself, with how far that varies. */
export interface DirectCost {
  readonly mean: PicoUsd
  readonly interval: Interval
  readonly standardDeviationUsd: number
  readonly spread: CostSpread
}

/** What a request cost; null when nobody knows. */
export type CostOf = (requestId: string) => PicoUsd | null

/** All figures of a cell. */
export interface CellFigures {
  readonly queries: number
  readonly failures: number
  /**
   * A prompt did not fit the model: the configuration cannot serve this tenant, however cheap the
   * refusals are.
   */
  readonly infeasible: boolean
  /**
   * States of the tenant's configuration that answered, in order; more than one: it was changed
   * while the run went on.
   */
  readonly configVersions: readonly string[]
  /** Answers by another configuration than the one that the cell is called by. */
  readonly mislabelled: number
  readonly latencyMs: Percentiles
  readonly modelledMs: Percentiles
  readonly ownMs: Percentiles
  readonly uncorrectedMs: Percentiles
  readonly stages: readonly (Percentiles & { readonly stage: Stage })[]
  /** Null where the target does not tell of any. */
  readonly failedAttempts: FailedAttempts | null
  readonly tokens: {
    readonly promptMean: number | null
    readonly completionMean: number | null
    readonly estimated: boolean
  }
  /** Null when what the answers used is not known. */
  readonly directCost: DirectCost | null
  readonly quality: QualityFigures
  readonly byKind: readonly KindFigures[]
}

/** Computes the figures. `costOf` gives what a request cost; `key` seeds the bootstrap. */
export function cellFigures(
  samples: readonly Sample[],
  costOf: CostOf,
  key: RandomKey,
): CellFigures {
  const answered = samples.filter(({ outcome }) => outcome === 'answered')
  const tooLong = samples.filter(({ errorCode }) => errorCode === 'TB_PROMPT_TOO_LONG').length
  return {
    queries: samples.length,
    failures: samples.length - answered.length,
    infeasible: tooLong > 0,
    configVersions: [...new Set(answered.flatMap(({ configVersion }) => configVersion ?? []))].sort(
      (one, other) => one.localeCompare(other, 'en', { numeric: true }),
    ),
    mislabelled: answered.filter(({ asLabelled }) => asLabelled === false).length,
    latencyMs: percentilesOf(answered.map(({ latencyMs }) => latencyMs)),
    modelledMs: percentilesOf(answered.flatMap(({ modelledMs }) => modelledMs ?? [])),
    ownMs: percentilesOf(answered.map(({ ownMs }) => ownMs)),
    uncorrectedMs: percentilesOf(
      answered.map(
        ({ uncorrectedMs, elapsedMs, latencyMs }) => latencyMs - elapsedMs + uncorrectedMs,
      ),
    ),
    stages: stages.flatMap((stage) => {
      const times = answered.flatMap(({ stagesMs }) => stagesMs[stage] ?? [])
      return times.length === 0 ? [] : [{ stage, ...percentilesOf(times) }]
    }),
    failedAttempts: attemptsOf(samples),
    tokens: {
      promptMean: meanIfAll(answered.map(({ promptTokens }) => promptTokens)),
      completionMean: meanIfAll(answered.map(({ completionTokens }) => completionTokens)),
      estimated: answered.some(({ tokensEstimated }) => tokensEstimated),
    },
    directCost: directCost(samples, costOf, key),
    quality: qualityOf(samples),
    byKind: Object.entries(Object.groupBy(samples, ({ kind }) => kind))
      .map(([kind, group = []]) => kindFigures(kind, group))
      .sort((one, other) => (one.kind < other.kind ? -1 : 1)),
  }
}

function attemptsOf(samples: readonly Sample[]): FailedAttempts | null {
  const told = samples.flatMap(({ failedAttempts }) => failedAttempts ?? [])
  if (told.length === 0) return null
  const sum = (kind: keyof FailedAttempts): number =>
    told.reduce((total, each) => total + each[kind], 0)
  return { throttled: sum('throttled'), refused: sum('refused'), unanswered: sum('unanswered') }
}

/** The mean of what some answers used says nothing of the others. */
function meanIfAll(counts: readonly (number | null)[]): number | null {
  const known = counts.flatMap((count) => count ?? [])
  return known.length < counts.length ? null : meanOf(known)
}

/**
 * A failure whose use nobody knows is left out; an answer whose use nobody knows leaves the cell
 * without a cost.
 */
function directCost(samples: readonly Sample[], costOf: CostOf, key: RandomKey): DirectCost | null {
  const known = samples.flatMap((sample) => {
    const cost = costOf(sample.requestId)
    return cost === null ? [] : [{ question: sample.question, cost }]
  })
  if (
    samples.some(({ outcome, requestId }) => outcome === 'answered' && costOf(requestId) === null)
  )
    return null
  if (known.length === 0)
    return samples.length === 0
      ? {
          mean: zeroUsd,
          interval: { low95: 0, high95: 0 },
          standardDeviationUsd: 0,
          spread: costSpread([]),
        }
      : null
  const groups = Object.values(Object.groupBy(known, ({ question }) => question)).map(
    (group = []) => group.map(({ cost }) => usdAsNumber(cost)),
  )
  const inDollars = known.map(({ cost }) => usdAsNumber(cost))
  const mean = meanOrZero(inDollars)
  const variance = meanOrZero(inDollars.map((cost) => (cost - mean) ** 2))
  return {
    mean: picoUsd(sumUsd(known.map(({ cost }) => cost)) / BigInt(known.length)),
    interval: bootstrapMean(groups, key),
    standardDeviationUsd: Math.sqrt(variance),
    spread: costSpread(inDollars),
  }
}

function qualityOf(samples: readonly Sample[]): QualityFigures {
  const figures = kindFigures('all', samples)
  const { questions, retrievalRecall, answerAccuracy } = figures
  return {
    questions,
    retrievalRecall,
    answerAccuracy,
    ...wilsonInterval(answerAccuracy * questions, questions),
  }
}

function kindFigures(kind: string, samples: readonly Sample[]): KindFigures {
  const recalls = samples.flatMap(({ retrieved }) =>
    retrieved === null ? [] : [retrieved ? 1 : 0],
  )
  return {
    kind,
    questions: new Set(samples.map(({ question }) => question)).size,
    retrievalRecall: recalls.length === 0 ? null : meanOrZero(recalls),
    answerAccuracy: meanOrZero(samples.map(({ right }) => (right ? 1 : 0))),
  }
}
