/**
 * The story of a simulation: what the tenants' texts are in tokens, who is there when, months of traffic in virtual time, and what it
 * all costs and earns.
 */
import type { Clock } from '../src/base/clock.ts'
import { TenantbenchError } from '../src/base/errors.ts'
import type { PriceBook } from '../src/index.ts'
import type { SimulateReport } from '../reports/simulate/simulate-report.ts'
import { knownNames } from './outcome/known-names.ts'
import { reportOf } from './outcome/simulation/report.ts'
import { checkNames, type LoadedScenario } from './scenario/parse.ts'
import type { Grain, WrittenSimulation } from './scenario/simulation-schema.ts'
import { buildPlan } from './simulate/build-plan.ts'
import { modelsFromProfiles } from './simulate/models/from-profiles.ts'
import type { ServiceModels } from './simulate/models/service-models.ts'
import { collector } from './simulate/run/outcome.ts'
import { runGroups } from './simulate/run/run-groups.ts'
import { openProfiles } from './simulate/tokens/profile-cache.ts'

/** What is simulated, and with what. */
export interface SimulateOptions {
  readonly scenario: LoadedScenario
  /** In place of the scenario's. */
  readonly grain: Grain | null
  readonly book: PriceBook
  /** Null: as published profiles have it. */
  readonly models: ServiceModels | null
  readonly workers: number
  readonly cacheDir: string
  readonly isCacheUsed: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly code: SimulateReport['code']
  onProgress(step: string, done: number, of: number): void
  onNote(text: string): void
}

/** Simulates. Throws TB_SIMULATION_NONE, TB_SIMULATION_BUSY, TB_PRICE_MISSING, TB_CORPUS_UNREADABLE. */
export async function simulate(options: SimulateOptions): Promise<SimulateReport> {
  const { scenario, book, workers, clock, signal, onProgress, onNote } = options
  const startedMs = clock.monotonicMs()
  const laps: { stage: string; seconds: number }[] = []
  const lap = (stage: string): void => void laps.push({ stage, seconds: (clock.monotonicMs() - startedMs) / 1_000 })
  const simulation = simulationOf(scenario)
  checkNames(scenario, { known: knownNames, book, atMs: Date.parse(`${simulation.from}T00:00:00Z`) })
  const grain = options.grain ?? simulation.grain
  onProgress('counting tokens', 0, 1)
  const distinctCorpora = scenario.distinctCorpora
  const profiles = await openProfiles(scenario, { cacheDir: options.cacheDir, isCacheUsed: options.isCacheUsed, onNote, ...(distinctCorpora === undefined ? {} : { distinctCorpora }) })
  lap('tokens')
  const models = options.models ?? modelsFromProfiles(scenario.models)
  const planned = buildPlan({ scenario, simulation, grain, book, models, profiles })
  lap('plan')
  const collected = collector(planned.plan)
  const groups = planned.plan.fleet.groupStarts.length - 1
  await runGroups(planned.plan, { workers, signal, onResult: (result) => {
    collected.add(result)
    onProgress('simulating', result.group + 1, groups)
  } })
  lap('simulate')
  const { sharedMonthlyUsd, allocation, providerFaults } = scenario
  const outcome = collected.finish({ sharedMonthlyUsd, allocation, lateEvents: providerFaults.lateEvents })
  lap('close')
  const wallSeconds = (clock.monotonicMs() - startedMs) / 1_000
  return reportOf({ scenario, planned, outcome, models: models.source, code: options.code, timing: { wallSeconds, queriesPerSecond: outcome.tally.counts.arrived / wallSeconds, workers: Math.min(workers, groups), tokenProfilesFromCache: profiles.isFromCache, stages: laps } })
}

function simulationOf({ simulation, path }: LoadedScenario): WrittenSimulation {
  if (simulation === undefined) throw new TenantbenchError('TB_SIMULATION_NONE', { detail: `${path} has no simulation.` })
  return simulation
}
