/**
 * Recorded loads of a system that is known to the last digit: what a fit has to find again, and a
 * fault may be planted in.
 */
import { formatUsd, parseUsd, picoUsd, type PicoUsd } from '../../../../../src/base/money.ts'
import { randomFor, type Random } from '../../../../../src/base/random.ts'
import type { StageTimes } from '../../../../../src/base/stages.ts'
import { costOfUsage, loadPriceBook, type PriceBook } from '../../../../../src/index.ts'
import type { CalibrationRun } from '../../../../../harness/calibrate/calibrate.ts'
import { recordCell, runRecord } from '../../../support/record.ts'

/** The price book of all loads here. */
export const book: PriceBook = await loadPriceBook('list-2026-11')

/** Medians and sigmas in milliseconds. */
export const truth = {
  embed: [100, 0.4],
  retrieve: [30, 0.25],
  rerank: [80, 0.3],
  hydrateMs: 1,
  otherMs: 2,
  firstToken: { 'gpt-4o-mini': [300, 0.25], 'gpt-4-turbo': [600, 0.25] },
  msPerToken: { 'gpt-4o-mini': [10, 0.1], 'gpt-4-turbo': [20, 0.1] },
  answerTokens: [20, 21],
  restUsd: '0.0002',
  sharedUsd: '0.001',
} as const

/** A model of it. */
export type TrueModel = keyof (typeof truth)['firstToken']

/**
 * The tokens of a prompt: a straight line of each question; the second model counts a fifth more.
 */
export function truePromptTokens(question: number, model: TrueModel, topK: number): number {
  return (100 + 10 * question + (60 + question) * topK) * (model === 'gpt-4-turbo' ? 1.2 : 1)
}

/** One load. */
export interface SyntheticLoad {
  readonly name: string
  readonly seed: number
  readonly ratePerSecond: number
  readonly queries: number
  readonly models?: readonly TrueModel[]
  readonly topKs?: readonly number[]
  readonly servers?: number
  /** A fault: stages that take so many times as long as they should. */
  readonly slower?: Readonly<Partial<Record<'embed' | 'rerank' | 'firstToken', number>>>
}

const tenants = ['A', 'B'] as const

/**
 * A run as it would lie in its folder: Poisson arrivals, as many servers as may be in flight, first
 * come first served.
 */
export function syntheticRun(load: SyntheticLoad): CalibrationRun {
  const {
    name,
    seed,
    ratePerSecond,
    queries,
    models = ['gpt-4o-mini', 'gpt-4-turbo'],
    topKs = [3, 5, 8],
  } = load
  const asked = tenants.flatMap((tenant) =>
    models.flatMap((model) =>
      topKs.map((topK): Asked => ({ id: `${tenant}/${model}-${topK}`, tenant, model, topK })),
    ),
  )
  const costPerQueryUsd = { ...recordCell().costPerQueryUsd, shared: truth.sharedUsd }
  const cells = asked.map(({ id, tenant, model, topK }) =>
    recordCell({
      id,
      tenant,
      variant: { id: `${model}-${topK}`, model, topK, rerank: true },
      costPerQueryUsd,
    }),
  )
  const timing = {
    ...runRecord().timing,
    startedAt: `2026-11-27T10:${String(seed % 60).padStart(2, '0')}:00.000Z`,
  }
  const record = runRecord({
    runId: name,
    seed,
    scenario: 'calibrate',
    timeScale: 1,
    priceBook: { id: book.id, sha256: book.sha256 },
    cells,
    load: recordedLoad(ratePerSecond, queries),
    timing,
  })
  return {
    name,
    record,
    samples: linesOf(load, asked)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  }
}

interface Asked {
  readonly id: string
  readonly tenant: string
  readonly model: TrueModel
  readonly topK: number
}

/** Lines of samples.jsonl: cells in turn, and with every round of them the next question. */
function linesOf(
  { seed, ratePerSecond, queries, servers = 8, slower = {} }: SyntheticLoad,
  cells: readonly Asked[],
): readonly object[] {
  const freeAt = Array.from({ length: servers }, () => 0)
  const random = randomFor([seed, 'synthetic'])
  let atMs = 0
  return Array.from({ length: queries }, (_each, at) => {
    atMs += (-1_000 / ratePerSecond) * Math.log(1 - random.unit())
    const { id: cell, model, topK } = cells[at % cells.length] as Asked
    const question = Math.floor(at / cells.length) % 12
    const completionTokens = random.integer(...truth.answerTokens)
    const stagesMs = drawnStages(model, completionTokens, { random, slower })
    const uncorrectedMs = Object.values(stagesMs).reduce((sum, ms) => sum + ms, truth.otherMs)
    const server = freeAt.indexOf(Math.min(...freeAt))
    const heldMs = Math.max(0, (freeAt[server] ?? 0) - atMs)
    freeAt[server] = atMs + heldMs + uncorrectedMs
    const promptTokens = Math.round(truePromptTokens(question, model, topK))
    const costUsd = formatUsd(
      picoUsd(
        chatUsd(model, promptTokens, completionTokens) +
          parseUsd(truth.restUsd) +
          parseUsd(truth.sharedUsd),
      ),
    )
    const failedAttempts = { throttled: 0, refused: 0, unanswered: 0 }
    return {
      cell,
      question: `q${question}`,
      isWarmup: at < 20,
      outcome: 'answered',
      intendedMs: atMs,
      heldMs,
      latencyMs: heldMs + uncorrectedMs,
      uncorrectedMs,
      stagesMs,
      promptTokens,
      completionTokens,
      failedAttempts,
      costUsd,
    }
  })
}

function drawnStages(
  model: TrueModel,
  completionTokens: number,
  {
    random,
    slower,
  }: { readonly random: Random; readonly slower: NonNullable<SyntheticLoad['slower']> },
): StageTimes {
  const draw = ([median, sigma]: readonly [number, number]): number =>
    random.logNormal(median, sigma)
  return {
    embed: draw(truth.embed) * (slower.embed ?? 1),
    retrieve: draw(truth.retrieve),
    hydrate: truth.hydrateMs,
    rerank: draw(truth.rerank) * (slower.rerank ?? 1),
    firstToken: draw(truth.firstToken[model]) * (slower.firstToken ?? 1),
    lastToken: completionTokens * draw(truth.msPerToken[model]),
  }
}

/**
 * Five loads as docs/calibrate.md asks for: a profile, two levels to fit, one to predict, twice. A
 * fault strikes those that are named.
 */
export function syntheticRuns(
  queries: number,
  faults: Readonly<Record<string, SyntheticLoad['slower']>> = {},
): readonly CalibrationRun[] {
  const load = (name: string, seed: number, ratePerSecond: number): SyntheticLoad => ({
    name,
    seed,
    ratePerSecond,
    queries: name.startsWith('at-70') ? 3 * queries : queries,
    ...(faults[name] === undefined ? {} : { slower: faults[name] }),
  })
  return [
    syntheticRun({ ...load('profile', 1, 1.5), models: ['gpt-4-turbo'], topKs: [3] }),
    ...[
      load('at-30', 2, 2.4),
      load('at-50', 3, 4),
      load('at-70', 4, 5.6),
      load('at-70-again', 5, 5.6),
    ].map(syntheticRun),
  ]
}

/** The model's own part of the cost. */
export function chatUsd(model: string, prompt: number, completion: number): PicoUsd {
  return costOfUsage(
    {
      operation: 'chat',
      provider: 'openai',
      sku: model,
      attempt: 1,
      outcome: 'completed',
      estimated: false,
      quantities: { 'input-tokens': prompt, 'output-tokens': completion },
    },
    book,
    Date.UTC(2026, 10, 27),
  )
}

const none = { count: 0, p50: null, p95: null, p99: null }
const series = {
  answered: 0,
  failed: 0,
  timedOut: 0,
  dropped: 0,
  late: 0,
  held: 0,
  throttled: 0,
  refused: 0,
  unanswered: 0,
  latencyMs: none,
  uncorrectedMs: none,
  failuresMs: none,
  stages: [],
}

function recordedLoad(
  ratePerSecond: number,
  queries: number,
): NonNullable<CalibrationRun['record']['load']> {
  const rates = {
    requestedPerSecond: ratePerSecond,
    achievedPerSecond: ratePerSecond,
    answeredPerSecond: ratePerSecond,
  }
  return {
    ...rates,
    verdict: 'valid',
    reason: 'the generator kept up',
    arrivals: `poisson, ${ratePerSecond} a second`,
    durationSeconds: queries / ratePerSecond,
    warmupSeconds: 0,
    planned: queries,
    counted: queries,
    sendLagMs: { ...none, max: null },
    eventLoopDelayMs: { p99: 0, max: 0 },
    generators: 1,
    isThreaded: true,
    total: series,
    cells: [],
    noisyNeighbour: null,
    saturation: null,
  }
}
