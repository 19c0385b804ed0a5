/**
 * Everything about a run that is known before its first request: books, cells, corpora, questions,
 * a user's measurements.
 */
import type { Clock } from '../../src/base/clock.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import { loadPriceBook, type PriceBook } from '../../src/index.ts'
import { cellsOf, type Cell } from '../scenario/cells.ts'
import { readMeasurements, type Measurement } from '../scenario/measurements.ts'
import { checkNames, type LoadedScenario } from '../scenario/parse.ts'
import type { PlannedQuestion, TenantCorpus } from '../workload/corpus.ts'
import { chooseQuestions, prepareCorpora } from '../workload/workload.ts'
import { plannedLoad, type PlannedLoad } from '../workload/planned-load.ts'
import { readTrace } from '../workload/load/trace/read-trace.ts'
import { checkFeasibility, type ChunkSizes } from './feasibility.ts'
import { knownNames } from '../scenario/known-names.ts'
import type { Sabotage } from './run-options.ts'
import { plantFaults, type PlantedFaults } from './sabotage.ts'
import { planTarget, type Environment, type TargetPlan } from './system/target-plan.ts'

/** What is known. */
export interface Prepared {
  readonly target: TargetPlan
  readonly faults: PlantedFaults
  readonly book: PriceBook
  /** Books that claims are held against beside, by name. */
  readonly otherBooks: ReadonlyMap<string, PriceBook>
  readonly cells: readonly Cell[]
  readonly corpora: readonly TenantCorpus[]
  readonly questions: ReadonlyMap<TenantId, readonly PlannedQuestion[]>
  /** Who asks when, where the scenario has a load. */
  readonly load: PlannedLoad | null
  /** The user's own counts of right answers, by cell. */
  readonly measurements: ReadonlyMap<string, Measurement>
  readonly sizes: readonly ChunkSizes[]
  readonly warnings: readonly string[]
}

/** What a run is prepared from. */
export interface PrepareOptions {
  readonly scenario: LoadedScenario
  readonly clock: Clock
  readonly environment: Environment
  readonly sabotage?: Sabotage
}

/**
 * Prepares. Whatever is wrong with the input is thrown here, before anything is started. A target
 * is looked at, but not loaded or asked.
 */
export async function prepareRun({
  scenario,
  clock,
  environment,
  sabotage,
}: PrepareOptions): Promise<Prepared> {
  if (scenario.tenants.length > mostTenants)
    throw new TenantbenchError('TB_SCENARIO_INVALID', {
      detail:
        `${scenario.tenants.length.toLocaleString('en')} tenants in ${scenario.path}: a ` +
        `run provisions at most ${mostTenants.toLocaleString('en')}; simulate takes more.`,
    })
  const target = planTarget(scenario, environment)
  const faults = plantFaults(scenario, sabotage)
  const book = faults.bookOf(await loadPriceBook(scenario.priceBook))
  // A system that is not ours has models of its own, and cuts texts in its own way.
  const isOurs = target.kind === 'reference'
  if (isOurs) checkNames(scenario, { known: knownNames, book, atMs: clock.nowMs() })
  const cells = cellsOf(scenario)
  const measurements =
    scenario.measurements === undefined
      ? new Map<string, Measurement>()
      : await readMeasurements(scenario.path, scenario.measurements, cells)
  const corpora = await prepareCorpora(scenario)
  const questions = chooseQuestions(scenario, corpora)
  const feasible = isOurs
    ? checkFeasibility(scenario, corpora, questions)
    : { sizes: [], warnings: [] }
  const otherBooks = new Map(
    await Promise.all(
      (scenario.claims?.otherPrices ?? []).map(
        async ({ priceBook }) => [priceBook, await loadPriceBook(priceBook)] as const,
      ),
    ),
  )
  return {
    target,
    faults,
    book,
    otherBooks,
    cells,
    corpora,
    questions,
    load: await planOf(scenario, cells, questions),
    measurements,
    ...feasible,
  }
}

/** Each is signed up, fed and asked for real. */
const mostTenants = 10_000

async function planOf(
  scenario: LoadedScenario,
  cells: readonly Cell[],
  questions: Prepared['questions'],
): Promise<PlannedLoad | null> {
  const { load } = scenario
  if (load === undefined) return null
  const tenants = [...questions].map(([id, asked]) => ({ id: String(id), questions: asked }))
  const trace = await readTrace({ scenarioPath: scenario.path, load, tenants })
  return plannedLoad({ scenario, load, cells, questions, ...(trace === null ? {} : { trace }) })
}
