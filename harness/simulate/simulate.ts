/**
 * The story of a simulation: what the tenants' texts are in tokens, who is there when, months of
 * traffic in virtual time, and what it all costs and earns.
 */
import { monthOf, type Clock } from '../../src/base/clock.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import type { PriceBook } from '../../src/index.ts'
import type { SimulateReport } from '../../reports/simulate/simulate-report.ts'
import { knownNames } from '../scenario/known-names.ts'
import { modelsFromFit } from './report/fitted.ts'
import { reportOf } from './report/report.ts'
import type { WrittenLoad } from '../scenario/load-schema.ts'
import { checkNames, checkSimulation, type LoadedScenario } from '../scenario/parse.ts'
import {
  simulationSchema,
  startOfDay,
  type Grain,
  type WrittenSimulation,
} from '../scenario/simulation-schema.ts'
import { buildLoadPlan } from './build-load-plan.ts'
import { buildPlan, type Planned } from './build-plan.ts'
import type { FittedModels } from './fit/fit.ts'
import { modelsFromProfiles } from './models/from-profiles.ts'
import type { ServiceModels } from './models/service-models.ts'
import { groupCount } from './plan.ts'
import { collector, type Collector } from './run/outcome.ts'
import { runGroups } from './run/run-groups.ts'
import { simulateLoad } from './run/simulate-load.ts'
import { openProfiles, type TokenProfiles } from './tokens/profile-cache.ts'
import { readTrace } from '../workload/load/trace/read-trace.ts'

/** What is simulated, and with what. */
export interface SimulateOptions {
  readonly scenario: LoadedScenario
  /** In place of the scenario's. */
  readonly grain: Grain | null
  readonly book: PriceBook
  /** Null: as published profiles have it. */
  readonly fitted: FittedModels | null
  readonly workers: number
  readonly cacheDir: string
  readonly isCacheUsed: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly code: SimulateReport['code']
  onProgress(step: string, done: number, of: number): void
  onNote(text: string): void
}

/**
 * Simulates. Throws TB_SIMULATION_NONE, TB_SIMULATION_BUSY, TB_PRICE_MISSING, TB_CORPUS_UNREADABLE.
 */
export async function simulate(options: SimulateOptions): Promise<SimulateReport> {
  const { scenario, book, workers, clock, onProgress, onNote, cacheDir, isCacheUsed } = options
  const startedMs = clock.monotonicMs()
  const laps: { stage: string; seconds: number }[] = []
  const lap = (stage: string): void =>
    void laps.push({ stage, seconds: (clock.monotonicMs() - startedMs) / 1_000 })
  const what = whatOf(options)
  checkNames(scenario, { known: knownNames, book, atMs: what.fromMs })
  if (what.kind === 'months')
    checkSimulation(scenario, {
      known: knownNames,
      book,
      simulation: what.simulation,
      grain: what.grain,
    })
  onProgress('counting tokens', 0, 1)
  const { distinctCorpora } = scenario
  const profiles = await openProfiles(scenario, {
    cacheDir,
    isCacheUsed,
    onNote,
    ...(distinctCorpora === undefined ? {} : { distinctCorpora }),
  })
  lap('tokens')
  const models =
    options.fitted === null
      ? modelsFromProfiles(scenario.models)
      : modelsFromFit(options.fitted, scenario, profiles)
  const { planned, collected } =
    what.kind === 'load'
      ? await runLoad(options, what, { models, profiles })
      : await runMonths(options, what, { models, profiles })
  lap('simulate')
  const { sharedMonthlyUsd, allocation, providerFaults } = scenario
  const isMonths = what.kind === 'months'
  const outcome = collected.finish({
    sharedMonthlyUsd: isMonths ? sharedMonthlyUsd : {},
    allocation,
    lateEvents: providerFaults.lateEvents,
    hasMinimums: isMonths,
  })
  lap('close')
  const wallSeconds = (clock.monotonicMs() - startedMs) / 1_000
  const timing = {
    wallSeconds,
    queriesPerSecond: outcome.tally.counts.arrived / wallSeconds,
    workers: Math.min(workers, groupCount(planned.plan.fleet)),
    tokenProfilesFromCache: profiles.isFromCache,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1_024,
    stages: laps,
  }
  return reportOf({
    scenario,
    planned,
    outcome,
    models: models.source,
    load: what.kind === 'load' ? what.load : null,
    code: options.code,
    timing,
  })
}

/**
 * What of a scenario is simulated: the months that it describes, else its load, else a month of
 * what each tenant asks.
 */
type What =
  | {
      readonly kind: 'months'
      readonly simulation: WrittenSimulation
      readonly grain: Grain
      readonly fromMs: number
    }
  | { readonly kind: 'load'; readonly load: WrittenLoad; readonly fromMs: number }

function whatOf({
  scenario: { simulation, load, target, path },
  grain,
  clock,
}: SimulateOptions): What {
  if (target !== undefined)
    throw new TenantbenchError('TB_SIMULATION_NONE', {
      detail: `${path} has a target of its own, of which nothing is known but what it answers.`,
    })
  const thisMonth = `${monthOf(clock.nowMs())}-01`
  if (simulation === undefined && load !== undefined && grain !== null && grain !== 'event')
    throw new TenantbenchError('TB_USAGE', {
      detail: `${path} has a load and no simulation: a load is simulated at grain event.`,
    })
  if (simulation === undefined && load !== undefined)
    return { kind: 'load', load, fromMs: startOfDay(thisMonth) }
  const months = simulation ?? simulationSchema.parse({ from: thisMonth, months: 1 })
  return {
    kind: 'months',
    simulation: months,
    grain: grain ?? months.grain,
    fromMs: startOfDay(months.from),
  }
}

interface Known {
  readonly models: ServiceModels
  readonly profiles: TokenProfiles
}

interface Simulated {
  readonly planned: Planned
  readonly collected: Collector
}

async function runMonths(
  { scenario, book, workers, signal, onProgress }: SimulateOptions,
  { simulation, grain }: Extract<What, { kind: 'months' }>,
  { models, profiles }: Known,
): Promise<Simulated> {
  const planned = buildPlan({ scenario, simulation, grain, book, models, profiles })
  const collected = collector(planned.plan)
  const groups = groupCount(planned.plan.fleet)
  await runGroups(planned.plan, {
    workers,
    signal,
    onResult: (result) => {
      collected.add(result)
      onProgress('simulating', result.group + 1, groups)
    },
  })
  return { planned, collected }
}

async function runLoad(
  { scenario, book, onProgress }: SimulateOptions,
  { load, fromMs }: Extract<What, { kind: 'load' }>,
  { models, profiles }: Known,
): Promise<Simulated> {
  const trace =
    load.arrivals.kind === 'trace'
      ? await readTrace({ scenarioPath: scenario.path, load, tenants: await questionsOf(scenario) })
      : null
  const planned = buildLoadPlan({ scenario, load, fromMs, book, models, profiles, trace })
  const collected = collector(planned.plan)
  onProgress('simulating', 0, 1)
  collected.add(simulateLoad(planned))
  return { planned, collected }
}

/** A trace may name questions: then they must be there. */
async function questionsOf(
  scenario: LoadedScenario,
): Promise<Parameters<typeof readTrace>[0]['tenants']> {
  // What makes corpora is loaded only for a trace: everything else is in the cache.
  const { chooseQuestions, prepareCorpora } = await import('../workload/workload.ts')
  const questions = chooseQuestions(scenario, await prepareCorpora(scenario))
  return [...questions].map(([id, asked]) => ({ id: String(id), questions: asked }))
}
