/**
 * Fitting service models to recorded queries, and to nothing else: no published profile is looked
 * at (a house test). A stage is the table of its recorded times, pooled over all cells that share
 * it; a chat model has its first token, its time per token and its answers; what no stage shows is
 * latency less stages and holding. Queries of which an attempt was repeated are in no table of
 * times: who simulates plays failures by himself.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import { divideHalfEven, picoUsd, sumUsd, zeroUsd, type PicoUsd } from '../../../src/base/money.ts'
import { stages, type Stage } from '../../../src/base/stages.ts'
import { constantTable, tableOf, type QuantileTable } from '../models/quantile-table.ts'
import type { ChatService, ServiceModels } from '../models/service-models.ts'
import { isCounted, type FitSample } from './fit-sample.ts'
import { fitOwnTime, ownTimeAt, type OwnTime } from './own-time.ts'
import { fitPromptLines, type PromptLines } from './prompt-lines.ts'

/** Fewer carry no p99, and so no table (DESIGN law 6). */
export const leastForTable = 300

/** A whole system as fitted; `serviceModelsAt` makes it what a simulation knows. */
export interface FittedModels {
  /** For people: the runs. */
  readonly source: string
  readonly embed: QuantileTable
  readonly retrieve: QuantileTable
  /** Null where no fitted query was reranked. */
  readonly rerank: QuantileTable | null
  readonly hydrate: OwnTime
  readonly other: OwnTime
  readonly chat: ReadonlyMap<string, ChatService>
  readonly prompt: PromptLines
  /**
   * What a query costs beside its model, by `restKey`: embedding, reads, reranking, repeated
   * attempts.
   */
  readonly restUsd: ReadonlyMap<string, PicoUsd>
}

/** The fitted part of a run. */
export interface FitLoad {
  readonly ratePerSecond: number
  readonly samples: readonly FitSample[]
}

/** How to fit. */
export interface FitOptions {
  readonly source: string
  /** What the model's own part of a query costs; null where nobody knows. */
  chatUsd(
    model: string,
    tokens: { readonly prompt: number; readonly completion: number },
  ): PicoUsd | null
}

/** The key of a cost beside the model. */
export function restKey({ tenant, rerank }: Pick<FitSample, 'tenant' | 'rerank'>): string {
  return JSON.stringify([tenant, rerank])
}

/** Fits. Throws TB_CALIBRATION_EMPTY with every table that has too few queries. */
export function fitModels(
  loads: readonly FitLoad[],
  { source, chatUsd }: FitOptions,
): FittedModels {
  const counted = loads.map(({ ratePerSecond, samples }) => ({
    ratePerSecond,
    samples: samples.filter(isCounted),
  }))
  const all = counted.flatMap(({ samples }) => samples)
  const atOnce = counted.map((load) => ({
    ...load,
    samples: load.samples.filter(({ wasRetried }) => !wasRetried),
  }))
  const shared = atOnce.flatMap(({ samples }) => samples)
  const models = [...Map.groupBy(shared, ({ model }) => model)]
  refuseTooFew(shared, models)
  const own = (timeOf: (sample: FitSample) => number): OwnTime =>
    fitOwnTime(
      atOnce.map(({ ratePerSecond, samples }) => ({ ratePerSecond, times: samples.map(timeOf) })),
    )
  return {
    source,
    embed: tableOf(timesOf(shared, 'embed')),
    retrieve: tableOf(timesOf(shared, 'retrieve')),
    rerank: tableOrNull(
      timesOf(
        shared.filter(({ rerank }) => rerank),
        'rerank',
      ),
    ),
    hydrate: own(({ stagesMs }) => stagesMs.hydrate ?? 0),
    other: own(unseenMs),
    chat: new Map(models.map(([model, samples]) => [model, chatOf(model, samples)])),
    prompt: fitPromptLines(all),
    restUsd: restOf(all, chatUsd),
  }
}

/**
 * The models at a rate of requests: own time may grow with it. Reranking that was never seen takes
 * no time here.
 */
export function serviceModelsAt(fitted: FittedModels, ratePerSecond: number): ServiceModels {
  const { source, embed: embedMs, retrieve: retrieveMs, rerank, hydrate, other, chat } = fitted
  return {
    source,
    embedMs,
    retrieveMs,
    rerankMs: rerank ?? constantTable(0),
    hydrateMs: ownTimeAt(hydrate, ratePerSecond),
    otherMs: ownTimeAt(other, ratePerSecond),
    chat,
    promptFactor: 1,
  }
}

function timesOf(samples: readonly FitSample[], stage: Stage): readonly number[] {
  return samples.flatMap(({ stagesMs }) => (stagesMs[stage] === undefined ? [] : [stagesMs[stage]]))
}

function tableOrNull(times: readonly number[]): QuantileTable | null {
  return times.length === 0 ? null : tableOf(times)
}

/** Of the latency, what is neither in a stage nor in being held. */
function unseenMs({ latencyMs, heldMs, stagesMs }: FitSample): number {
  return Math.max(
    0,
    latencyMs - heldMs - stages.reduce((sum, stage) => sum + (stagesMs[stage] ?? 0), 0),
  )
}

/**
 * Time per token is of answers that have tokens; an answer's tokens are as they were recorded,
 * after any limit.
 */
function chatOf(model: string, samples: readonly FitSample[]): ChatService {
  const tokens = samples.flatMap(({ completionTokens }) =>
    completionTokens === null ? [] : [completionTokens],
  )
  const perToken = samples.flatMap(({ stagesMs: { lastToken }, completionTokens }) =>
    lastToken === undefined || completionTokens === null || completionTokens === 0
      ? []
      : [lastToken / completionTokens],
  )
  return {
    model,
    firstTokenMs: tableOf(timesOf(samples, 'firstToken')),
    msPerToken: tableOf(perToken),
    answerTokens: tableOf(tokens),
  }
}

function refuseTooFew(
  shared: readonly FitSample[],
  models: readonly (readonly [string, readonly FitSample[]])[],
): void {
  const reranked = shared.filter(({ rerank }) => rerank)
  const counts = [
    { what: 'embed', count: timesOf(shared, 'embed').length },
    { what: 'retrieve', count: timesOf(shared, 'retrieve').length },
    ...(reranked.length === 0
      ? []
      : [{ what: 'rerank', count: timesOf(reranked, 'rerank').length }]),
    ...models.flatMap(([model, samples]) => [
      { what: `${model}, first token`, count: timesOf(samples, 'firstToken').length },
      {
        what: `${model}, tokens of answers`,
        count: samples.filter(
          ({ stagesMs, completionTokens }) =>
            stagesMs.lastToken !== undefined && (completionTokens ?? 0) > 0,
        ).length,
      },
    ]),
  ]
  const faults = counts
    .filter(({ count }) => count < leastForTable)
    .map(({ what, count }) => ({
      path: what,
      line: null,
      message: `${count} queries to fit, and a table needs ${leastForTable}`,
    }))
  if (faults.length > 0)
    throw new TenantbenchError('TB_CALIBRATION_EMPTY', {
      detail:
        `${shared.length} queries are left to fit, without warm-up, failures, repeated ` +
        'attempts and what is held out.',
      faults,
    })
}

/**
 * Direct cost less that of the model, as a mean, at the nearest pico-dollar. Where nobody knows the
 * cost there is none.
 */
function restOf(
  samples: readonly FitSample[],
  chatUsd: FitOptions['chatUsd'],
): ReadonlyMap<string, PicoUsd> {
  const rests = samples.flatMap((sample) => {
    const { directUsd, promptTokens: prompt, completionTokens: completion, model } = sample
    const chat =
      prompt === null || completion === null ? null : chatUsd(model, { prompt, completion })
    return directUsd === null || chat === null
      ? []
      : [{ key: restKey(sample), usd: picoUsd(directUsd - chat) }]
  })
  return new Map(
    [...Map.groupBy(rests, ({ key }) => key)].map(([key, own]) => [
      key,
      meanUsd(own.map(({ usd }) => usd)),
    ]),
  )
}

/** The mean of amounts, at the nearest pico-dollar. */
export function meanUsd(amounts: readonly PicoUsd[]): PicoUsd {
  return amounts.length === 0
    ? zeroUsd
    : picoUsd(divideHalfEven(sumUsd(amounts), BigInt(amounts.length)))
}
