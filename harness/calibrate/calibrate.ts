/**
 * The story of a calibration: read recorded loads, decide what is held out, fit service models to
 * the rest, play every load again by them, and say how far off they are. It asks nobody anything.
 */
import { TenantbenchError } from '../../src/base/errors.ts'
import { parseUsd, type PicoUsd } from '../../src/base/money.ts'
import { exitCodeOf } from '../../src/base/verdict.ts'
import { costOfUsage, type PriceBook } from '../../src/index.ts'
import type { CalibrateReport, CalibrateRun } from '../../reports/calibrate/calibrate-report.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import {
  fidelityMetrics,
  fidelityRows,
  leastToJudge,
  type FidelityRow,
} from '../simulate/fit/fidelity.ts'
import { fitModels, serviceModelsAt, type FitLoad, type FittedModels } from '../simulate/fit/fit.ts'
import {
  decodeFitSamples,
  isCounted,
  type FitCell,
  type RecordedLoad,
} from '../simulate/fit/fit-sample.ts'
import { ceilingOf, meanServiceMs } from '../simulate/fit/queue.ts'
import {
  heldOutBy,
  rolesOf,
  type HeldOut,
  type Roles,
  type WantedHoldOuts,
} from '../simulate/fit/roles.ts'

/** A run as it lies in its folder. */
export interface CalibrationRun {
  /** The folder's name. */
  readonly name: string
  readonly record: RunRecord
  /** The text of samples.jsonl. */
  readonly samples: string
}

/** What to calibrate on, and how. */
export interface CalibrateOptions {
  readonly runs: readonly CalibrationRun[]
  /** The price book of the runs. */
  readonly book: PriceBook
  readonly wanted: WantedHoldOuts
  /** Null finds it in the runs. */
  readonly maxInFlight: number | null
  readonly simulations: number
  readonly seed: number
}

/** What came of it. */
export interface Calibration {
  readonly report: CalibrateReport
  readonly fitted: FittedModels
}

/**
 * Calibrates. Throws TB_CALIBRATION_EMPTY when there is too little to fit, TB_RECORD_INVALID for
 * runs that cannot be read.
 */
export function calibrate(options: CalibrateOptions): Calibration {
  const { runs, book, wanted, simulations, seed } = options
  const [scenario] = new Set(runs.map(({ record }) => record.scenario))
  const chosen = runs.map((run) => ({ run, reason: whyLeftOut(run.record, scenario ?? '') }))
  const used = chosen
    .filter(({ reason }) => reason === null)
    .map(({ run }) => run)
    .toSorted((one, other) =>
      one.record.timing.startedAt < other.record.timing.startedAt ? -1 : 1,
    )
  if (used.length === 0)
    throw new TenantbenchError('TB_CALIBRATION_EMPTY', {
      detail:
        `None of ${runs.length} runs can be fitted to: ` +
        `${chosen.map(({ run, reason }) => `${run.name}: ${reason ?? ''}`).join('; ') || 'the folder holds none'}.`,
    })
  const loads = used.map(loadOf)
  const roles = rolesOf(loads, refuseUnknown(wanted, loads))
  const chatUsd = chatPrices(
    book,
    Math.max(...used.map(({ record }) => Date.parse(record.timing.startedAt))),
  )
  const fitLoads = fitPart(roles)
  const fitted = fitModels(fitLoads, {
    source: `runs of ${scenario ?? ''}: ${fitLoads.map(({ run }) => run).join(', ')}`,
    chatUsd,
  })
  const servers = options.maxInFlight ?? ceilingOf(loads)
  const cells = fidelityRows({ roles, fitted, servers, simulations, seed, chatUsd })
  const missing = [...roles.missing, ...unjudged(cells, roles)]
  const verdict = cells.some((cell) => cell.verdict === 'fail')
    ? 'fail'
    : missing.length > 0
      ? 'inconclusive'
      : 'pass'
  const report: CalibrateReport = {
    verdict,
    exitCode: exitCodeOf(verdict),
    scenario: scenario ?? '',
    heldOut: { model: roles.model, topK: roles.topK, arrivals: roles.level },
    missing,
    notes: notesOf({ fitted, servers, book, used }),
    runs: chosen.map(({ run, reason }) =>
      runLine(run, {
        reason,
        roles,
        load: loads.find(({ run: name }) => name === run.name) ?? null,
        fitted,
        servers,
      }),
    ),
    maxInFlight: servers,
    grain: 'event',
    timeScale: 1,
    simulations,
    leastToJudge,
    seed,
    fittedQueries: fitLoads.reduce((sum, { samples }) => sum + samples.filter(isCounted).length, 0),
    cells,
  }
  return { report, fitted }
}

/**
 * Fits to all of some runs, nothing held out: what a simulation starts from. A run without a load
 * is asked as fast as it answers, at no rate of its own. Throws TB_CALIBRATION_EMPTY.
 */
export function fitRuns(runs: readonly CalibrationRun[], book: PriceBook): FittedModels {
  const loads = runs.map(loadOf)
  const chatUsd = chatPrices(
    book,
    Math.max(...runs.map(({ record }) => Date.parse(record.timing.startedAt))),
  )
  return fitModels(loads, { source: `runs ${runs.map(({ name }) => name).join(', ')}`, chatUsd })
}

/** Why a run is of no use; null is of use. */
function whyLeftOut(record: RunRecord, scenario: string): string | null {
  if (record.scenario !== scenario) return `of another scenario, ${record.scenario}`
  if (record.load === null) return 'it has no load'
  if (record.timeScale !== 1) return `time scale ${record.timeScale}: its waits were not real`
  if (record.load.verdict === 'invalid')
    return `its generator did not keep up: ${record.load.reason}`
  return null
}

function loadOf({ name, record, samples }: CalibrationRun): RecordedLoad {
  const cells = new Map(
    record.cells.map(
      ({
        id,
        tenant,
        variant: { model, topK, rerank },
        costPerQueryUsd: { shared },
      }): [string, FitCell] => [
        id,
        { tenant, model, topK, rerank, sharedUsd: shared === null ? null : parseUsd(shared) },
      ],
    ),
  )
  return {
    run: name,
    level: record.load?.arrivals ?? '',
    ratePerSecond: record.load?.requestedPerSecond ?? 0,
    seed: record.seed,
    samples: decodeFitSamples(samples, { run: name, cells }),
  }
}

/** Something that nobody asked cannot be held out. */
function refuseUnknown(wanted: WantedHoldOuts, loads: readonly RecordedLoad[]): WantedHoldOuts {
  const all = loads.flatMap(({ samples }) => samples)
  const models = [...new Set(all.map(({ model }) => model))].toSorted()
  const topKs = [...new Set(all.map(({ topK }) => topK))].toSorted((one, other) => one - other)
  if (wanted.model !== null && !models.includes(wanted.model))
    throw new TenantbenchError('TB_USAGE', {
      detail: `--hold-out-model ${wanted.model}: the runs asked ${models.join(', ')}.`,
    })
  if (wanted.topK !== null && !topKs.includes(wanted.topK))
    throw new TenantbenchError('TB_USAGE', {
      detail: `--hold-out-top-k ${wanted.topK}: the runs asked with ${topKs.join(', ')}.`,
    })
  return wanted
}

/** Of every run what the models may see. */
function fitPart(roles: Roles): readonly (FitLoad & { readonly run: string })[] {
  const parts = roles.loads.map((load) => ({
    run: load.run,
    ratePerSecond: load.ratePerSecond,
    samples: load.samples.filter((sample) => heldOutBy(roles, load, sample).length === 0),
  }))
  return parts.filter(({ samples }) => samples.length > 0)
}

/** The price of a model's own part of a query, by the book. */
function chatPrices(
  book: PriceBook,
  atMs: number,
): (
  model: string,
  tokens: { readonly prompt: number; readonly completion: number },
) => PicoUsd | null {
  const known = new Map<string, PicoUsd>()
  return (model, { prompt, completion }) => {
    const provider =
      book.prices.find(({ sku, unit }) => sku === model && unit === 'output-tokens')?.provider ??
      book.aliases.find(({ alias }) => alias === model)?.provider
    if (provider === undefined) return null
    const key = JSON.stringify([model, prompt, completion])
    const usd =
      known.get(key) ??
      costOfUsage(
        {
          operation: 'chat',
          provider,
          sku: model,
          attempt: 1,
          outcome: 'completed',
          estimated: false,
          quantities: { 'input-tokens': prompt, 'output-tokens': completion },
        },
        book,
        atMs,
      )
    known.set(key, usd)
    return usd
  }
}

/** What is held out by each, and of which nothing could be judged. */
function unjudged(cells: readonly FidelityRow[], roles: Roles): readonly string[] {
  const held: readonly HeldOut[] = [
    ...(roles.model === null ? [] : (['model'] as const)),
    ...(roles.topK === null ? [] : (['top_k'] as const)),
    ...(roles.level === null ? [] : (['load'] as const)),
  ]
  const empty = held.flatMap((by) => {
    const metrics = fidelityMetrics.filter(
      (metric) =>
        !cells.some(
          (cell) => cell.metric === metric && cell.verdict !== null && cell.heldOut.includes(by),
        ),
    )
    return metrics.length === 0
      ? []
      : [
          `${metrics.join(', ')} of what is held out by ${by}: no cell with a figure and ` +
            `${leastToJudge} queries; record longer`,
        ]
  })
  // A figure that is missing where there were queries enough must not pass for one that is right.
  const blank = cells
    .filter(
      ({ role, queries, verdict }) =>
        role === 'held-out' && queries >= leastToJudge && verdict === null,
    )
    .map(({ cell, metric }) => `${metric} of ${cell}: no figure, live or simulated`)
  return [...empty, ...blank]
}

interface Noted {
  readonly fitted: FittedModels
  readonly servers: number | null
  readonly book: PriceBook
  readonly used: readonly CalibrationRun[]
}

function notesOf({ fitted, servers, book, used }: Noted): readonly string[] {
  const seeds = used.map(({ record }) => record.seed)
  return [
    ...(servers === null
      ? ['No request was ever held back: the queue is taken to be without end.']
      : []),
    ...(fitted.rerank === null
      ? ['No fitted query was reranked: reranking takes no time in these models.']
      : []),
    ...(new Set(seeds).size < seeds.length
      ? [
          'Two runs have the same seed: local vendors answer the same request in the same ' +
            'time, so they are not two draws.',
        ]
      : []),
    ...(used.some(({ record }) => record.priceBook.sha256 !== book.sha256)
      ? [
          'A run was priced by another edition of the price book; the difference is in the cost beside the model.',
        ]
      : []),
  ]
}

interface Looked {
  readonly reason: string | null
  readonly roles: Roles
  readonly load: RecordedLoad | null
  readonly fitted: FittedModels
  readonly servers: number | null
}

function runLine(
  { name, record }: CalibrationRun,
  { reason, roles, load, fitted, servers }: Looked,
): CalibrateRun {
  const ratePerSecond = record.load?.requestedPerSecond ?? 0
  const serviceMs =
    load === null ? null : meanServiceMs(load.samples, serviceModelsAt(fitted, ratePerSecond))
  const extra = load !== null && load !== roles.repeat && !roles.loads.includes(load)
  return {
    run: name,
    runId: record.runId,
    seed: record.seed,
    arrivals: record.load?.arrivals ?? 'no load',
    ratePerSecond,
    saturationPct:
      servers === null || serviceMs === null
        ? null
        : (100 * ratePerSecond * serviceMs) / 1_000 / servers,
    queries: load?.samples.filter(isCounted).length ?? 0,
    use: load === null || extra ? 'left out' : useOf(load, roles),
    reason: extra ? 'a third run of the held-out level' : reason,
  }
}

function useOf(load: RecordedLoad, roles: Roles): CalibrateRun['use'] {
  if (load === roles.repeat) return 'repeat of the held-out level'
  if (load === roles.live) return 'held out'
  return load.run === roles.profileRun ? 'profile of the held-out model' : 'fit'
}
