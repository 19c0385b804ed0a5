/**
 * How far the simulation is off: every recorded load is played again by the fitted models, and held
 * against what was live: each configuration, pooled over tenants, and each model, pooled over its
 * configurations. The difference of two live runs stands beside, since nothing can be closer to a
 * run than another run is. What the models were fitted to is shown and never judged.
 */
import { usdAsNumber, type PicoUsd, picoUsd } from '../../../src/base/money.ts'
import { meanOf, percentilesOf } from '../../measure/quantiles.ts'
import { meanUsd, restKey, serviceModelsAt, type FitOptions, type FittedModels } from './fit.ts'
import { isCounted, type FitSample, type RecordedLoad } from './fit-sample.ts'
import { promptTokensAt } from './prompt-lines.ts'
import { replayLoad } from './replay.ts'
import { heldOutBy, type HeldOut, type Roles } from './roles.ts'

/** What is compared, with the most that an error may be, in percent. */
export const fidelityLimitsPct = {
  'latency.p50': 5,
  'latency.p95': 5,
  'latency.p99': 10,
  promptTokens: 1,
  completionTokens: 1,
  costUsd: 1,
} as const

/** A compared figure: milliseconds, tokens or dollars. */
export type FidelityMetric = keyof typeof fidelityLimitsPct

/** All of them. */
export const fidelityMetrics = Object.keys(fidelityLimitsPct) as readonly FidelityMetric[]

/** One figure of one configuration at one load. */
export interface FidelityRow {
  /** Configuration and rate, for people. */
  readonly cell: string
  readonly run: string
  readonly model: string
  /** Null is every one of the model, and so is `rerank`. */
  readonly topK: number | null
  readonly rerank: boolean | null
  readonly ratePerSecond: number
  readonly role: 'fit' | 'held-out'
  readonly heldOut: readonly HeldOut[]
  readonly metric: FidelityMetric
  readonly queries: number
  readonly live: number | null
  readonly simulated: number | null
  /** (simulated - live) / live. */
  readonly errorPct: number | null
  /**
   * (repeat - live) / live of the same configuration in another live run; null where there is none.
   */
  readonly repeatPct: number | null
  readonly limitPct: number
  /** Null where it is not judged: fitted, or fewer than `leastToJudge` queries. */
  readonly verdict: 'pass' | 'fail' | null
}

/**
 * Of fewer queries the live figure itself is too uncertain to judge anything by: of a thousand, a
 * p95 has an error of about 1.5 % and a p99 one of about 4 % (one standard deviation, of latencies
 * as spread as those of a chat model).
 */
export const leastToJudge = 1_000

/** What is compared, and how. */
export interface FidelityOptions {
  readonly roles: Roles
  readonly fitted: FittedModels
  /** The most in flight; null is any number. */
  readonly servers: number | null
  /** How many simulations each figure is the mean of, so that its own chance does not show. */
  readonly simulations: number
  readonly seed: number
  readonly chatUsd: FitOptions['chatUsd']
}

type Figures = Readonly<Record<FidelityMetric, number | null>>

/** Compares every load and configuration, the quietest load first. */
export function fidelityRows(options: FidelityOptions): readonly FidelityRow[] {
  const { roles } = options
  const again =
    roles.repeat === null
      ? new Map<string, readonly FitSample[]>()
      : groupsOf(roles.repeat.samples.filter(isCounted))
  return roles.loads.flatMap((load) => {
    const simulated = simulatedFigures(load, options)
    return [...groupsOf(load.samples.filter(isCounted))]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([name, samples]) => {
        const repeated = load === roles.live ? again.get(name) : undefined
        return rowsOf(commonOf(name, { samples, load, roles }), {
          live: liveFigures(samples),
          simulated: simulated.get(name) ?? null,
          repeat: repeated === undefined ? null : liveFigures(repeated),
        })
      })
  })
}

interface Grouped {
  readonly samples: readonly FitSample[]
  readonly load: RecordedLoad
  readonly roles: Roles
}

/**
 * A group is held out by what holds out all of it; where that is nothing but some of it is held
 * out, it is not all fitted either.
 */
function commonOf(name: string, { samples, load, roles }: Grouped): Common {
  const [first] = samples
  const one = <T>(of: (sample: FitSample) => T): T | null =>
    first !== undefined && samples.every((sample) => of(sample) === of(first)) ? of(first) : null
  const by = samples.map((sample) => heldOutBy(roles, load, sample))
  const heldOut = (by[0] ?? []).filter((each) => by.every((own) => own.includes(each)))
  return {
    cell: `${name} at ${load.ratePerSecond.toFixed(1)}/s`,
    run: load.run,
    model: first?.model ?? '',
    topK: one(({ topK }) => topK),
    rerank: one(({ rerank }) => rerank),
    ratePerSecond: load.ratePerSecond,
    role: heldOut.length === 0 ? 'fit' : 'held-out',
    heldOut,
    queries: samples.length,
  }
}

type Common = Omit<
  FidelityRow,
  'metric' | 'live' | 'simulated' | 'errorPct' | 'repeatPct' | 'limitPct' | 'verdict'
>

function rowsOf(
  common: Common,
  {
    live,
    simulated,
    repeat,
  }: {
    readonly live: Figures
    readonly simulated: Figures | null
    readonly repeat: Figures | null
  },
): readonly FidelityRow[] {
  return fidelityMetrics.map((metric) => {
    const limitPct = fidelityLimitsPct[metric]
    const errorPct = offPct(simulated?.[metric] ?? null, live[metric])
    const repeatPct = offPct(repeat?.[metric] ?? null, live[metric])
    const isJudged =
      common.role === 'held-out' && common.queries >= leastToJudge && errorPct !== null
    // Only of a p99 two live runs differ by more than a model has to be exact.
    const allowedPct =
      metric === 'latency.p99' ? Math.max(limitPct, Math.abs(repeatPct ?? 0)) : limitPct
    return {
      ...common,
      metric,
      live: live[metric],
      simulated: simulated?.[metric] ?? null,
      errorPct,
      repeatPct,
      limitPct,
      verdict: isJudged ? (Math.abs(errorPct) <= allowedPct ? 'pass' : 'fail') : null,
    }
  })
}

function offPct(value: number | null, of: number | null): number | null {
  return value === null || of === null || of === 0 ? null : (100 * (value - of)) / of
}

/** By configuration, and by model where it has several. */
function groupsOf(samples: readonly FitSample[]): ReadonlyMap<string, readonly FitSample[]> {
  const configurations = Map.groupBy(samples, nameOf)
  const models = [...Map.groupBy(samples, ({ model }) => model)].filter(
    ([, own]) => new Set(own.map(nameOf)).size > 1,
  )
  return new Map([
    ...configurations,
    ...models.map(([model, own]) => [`${model}, all`, own] as const),
  ])
}

/** The name of a configuration. */
function nameOf({ model, topK, rerank }: Pick<FitSample, 'model' | 'topK' | 'rerank'>): string {
  return `${model}, top ${topK}${rerank ? ', reranked' : ''}`
}

function liveFigures(samples: readonly FitSample[]): Figures {
  const { p50, p95, p99 } = percentilesOf(samples.map(({ latencyMs }) => latencyMs))
  const usd = samples.flatMap(({ directUsd }) => (directUsd === null ? [] : [directUsd]))
  return {
    'latency.p50': p50,
    'latency.p95': p95,
    'latency.p99': p99,
    promptTokens: meanOf(
      samples.flatMap(({ promptTokens }) => (promptTokens === null ? [] : [promptTokens])),
    ),
    completionTokens: meanOf(
      samples.flatMap(({ completionTokens }) =>
        completionTokens === null ? [] : [completionTokens],
      ),
    ),
    costUsd: usd.length < samples.length ? null : usdAsNumber(meanUsd(usd)),
  }
}

/**
 * Of each configuration the mean over all simulations. A percentile of few queries is off to one
 * side: as far in each simulation as in the live run.
 */
function simulatedFigures(
  load: RecordedLoad,
  options: FidelityOptions,
): ReadonlyMap<string, Figures> {
  const { fitted, servers, simulations, seed } = options
  // Who is not known would hold nobody up: a load with such requests cannot be played again.
  if (load.samples.some(({ model }) => !fitted.chat.has(model))) return new Map()
  const models = serviceModelsAt(fitted, load.ratePerSecond)
  const arrivals = load.samples.map(({ intendedMs: atMs, model, rerank }) => ({
    atMs,
    model,
    rerank,
  }))
  const each = Array.from({ length: simulations }, (_each, at) => {
    const { latencyMs, completionTokens } = replayLoad(
      { arrivals, servers },
      { models, seed: seed + at },
    )
    const played = load.samples.map((sample, position) =>
      playedAgain(
        sample,
        {
          latencyMs: latencyMs[position] ?? Number.NaN,
          completionTokens: completionTokens[position] ?? Number.NaN,
        },
        options,
      ),
    )
    return new Map(
      [...groupsOf(played.filter(isCounted))].map(([key, samples]) => [key, liveFigures(samples)]),
    )
  })
  return new Map(
    [...(each[0] ?? new Map<string, Figures>()).keys()].map((key) => [
      key,
      meanFigures(each.flatMap((figures) => figures.get(key) ?? [])),
    ]),
  )
}

function meanFigures(each: readonly Figures[]): Figures {
  const of = (metric: FidelityMetric): number | null => {
    const values = each.flatMap((figures) => figures[metric] ?? [])
    return values.length < each.length || values.some((value) => !Number.isFinite(value))
      ? null
      : meanOf(values)
  }
  return Object.fromEntries(
    fidelityMetrics.map((metric) => [metric, of(metric)]),
  ) as unknown as Figures
}

interface Drawn {
  readonly latencyMs: number
  readonly completionTokens: number
}

/** The same request with simulated figures. */
function playedAgain(
  sample: FitSample,
  { latencyMs, completionTokens }: Drawn,
  { fitted, chatUsd }: FidelityOptions,
): FitSample {
  const promptTokens = promptTokensAt(fitted.prompt, sample)
  const directUsd = costOf(
    sample,
    { prompt: Math.round(promptTokens), completion: Math.round(completionTokens) },
    { fitted, chatUsd },
  )
  return { ...sample, latencyMs, promptTokens, completionTokens, directUsd }
}

function costOf(
  sample: FitSample,
  tokens: { readonly prompt: number; readonly completion: number },
  { fitted, chatUsd }: Pick<FidelityOptions, 'fitted' | 'chatUsd'>,
): PicoUsd | null {
  const rest = fitted.restUsd.get(restKey(sample))
  const chat = chatUsd(sample.model, tokens)
  return rest === undefined || chat === null ? null : picoUsd(rest + chat)
}
