/**
 * From what the user names to a source of prices: what was recorded, its scenario, the book that
 * priced it, and what is to be derived.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import type { PriceBook } from '../../../src/index.ts'
import type { ComparisonLine, RunRecord } from '../../../reports/record/record.ts'
import type { SimulateReport } from '../../../reports/simulate/simulate-report.ts'
import { qualitiesOf, type MeasuredQuality } from '../measured-quality.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import { openProfiles, type TokenProfiles } from '../../simulate/tokens/profile-cache.ts'
import { findScenario, type ScenarioPlaces } from './find-scenario.ts'
import { givenConfigurations } from './given-configurations.ts'
import type { PriceSource } from './price-source.ts'
import { readMeasured, readPriced } from './read-priced.ts'
import { sourceOfRun } from './run-source.ts'
import { simulatedComparison } from './simulated-comparison.ts'
import { sourceOfSimulation } from './simulation-source.ts'
import { bookOf, planAgain, simulationOf } from './simulated-time.ts'

/** What is named. */
export interface SourceRequest {
  /** The folder of a run, its run.json, or a simulation. */
  readonly path: string
  readonly scenario: ScenarioPlaces
  /** As `--config` has them. */
  readonly configurations: readonly string[]
  /** Folders of runs that measured quality. */
  readonly measured: readonly string[]
  readonly cacheDir: string
  readonly isCacheUsed: boolean
  openBook(nameOrPath: string): Promise<PriceBook>
  /** Books that the user names beside: a simulation may have been priced by one of them. */
  readonly otherBooks: readonly PriceBook[]
  onNote(text: string): void
}

/** A source with what else is known of it. */
export interface OpenedSource {
  readonly source: PriceSource
  readonly scenario: LoadedScenario
  readonly notes: readonly string[]
  /** The time whose prices count. */
  readonly atMs: number
  /**
   * The user's spreadsheet, before anything was chosen; the same question to all where it was
   * asked.
   */
  readonly comparison: readonly ComparisonLine[]
  readonly sameQuestion: RunRecord['sameQuestion']
}

/** Opens it. Throws TB_USAGE, TB_RECORD_INVALID, TB_PRICE_BOOK_UNKNOWN. */
export async function openSource(request: SourceRequest): Promise<OpenedSource> {
  const [priced, measured] = await Promise.all([
    readPriced(request.path),
    readMeasured(request.measured),
  ])
  const qualities = measured.flatMap(qualitiesOf)
  return priced.kind === 'run'
    ? openRun(priced.record, request, qualities)
    : openSimulation(priced.report, request, qualities)
}

async function openRun(
  record: RunRecord,
  request: SourceRequest,
  measured: readonly MeasuredQuality[],
): Promise<OpenedSource> {
  const { seed, trials, scenarioSha256, priceBook } = record
  const { scenario, note } = await findScenario(
    { what: 'run', scenario: record.scenario, scenarioSha256, seed, trials },
    request.scenario,
  )
  const book = await request.openBook(scenario.priceBook)
  if (book.sha256 !== priceBook.sha256)
    throw new TenantbenchError('TB_PRICE_BOOK_UNKNOWN', {
      detail:
        `${priceBook.id} is another than the run was priced by ` +
        `(${book.sha256.slice(0, 12)} against ${priceBook.sha256.slice(0, 12)}): run ` +
        'again, or use the version of tenantbench that made it.',
    })
  const atMs = Date.parse(record.timing.startedAt)
  const configurations = givenConfigurations(request.configurations, {
    book,
    atMs,
    reranker: scenario.models.reranker,
  })
  const profiles =
    configurations.length === 0 || record.subject.kind !== 'reference'
      ? null
      : await profilesOf(scenario, request)
  const source = sourceOfRun({ record, scenario, book }, { configurations, profiles, measured })
  return {
    source,
    scenario,
    notes: [note],
    atMs,
    comparison: record.comparison,
    sameQuestion: record.sameQuestion,
  }
}

async function openSimulation(
  report: SimulateReport,
  request: SourceRequest,
  measured: readonly MeasuredQuality[],
): Promise<OpenedSource> {
  const { scenario, note } = await findScenario(
    {
      what: 'simulation',
      scenario: report.scenario,
      scenarioSha256: report.scenarioSha256,
      seed: report.seed,
      trials: null,
    },
    request.scenario,
  )
  const listed = await bookOfSimulation(report, scenario, request)
  const simulation = simulationOf(report, scenario)
  const book = bookOf(listed, simulation)
  const atMs = Date.parse(report.to) - 1
  const configurations = givenConfigurations(request.configurations, {
    book,
    atMs,
    reranker: scenario.models.reranker,
  })
  const profiles = await profilesOf(scenario, request)
  const planned = planAgain({ report, scenario, listed, profiles })
  const source = sourceOfSimulation(planned, { configurations, measured })
  return {
    source,
    scenario,
    notes: [note],
    atMs,
    comparison: simulatedComparison(planned),
    sameQuestion: [],
  }
}

/**
 * Among the scenario's book, the one that the report names and those of the user: that which, with
 * all changes, is the report's.
 */
async function bookOfSimulation(
  { priceBook }: SimulateReport,
  scenario: LoadedScenario,
  { openBook, otherBooks }: SourceRequest,
): Promise<PriceBook> {
  const changes = { changes: scenario.simulation?.changes ?? [] }
  const candidates = [
    await openBook(scenario.priceBook),
    ...(await named(priceBook.id.replace(/\+changes$/, ''), openBook)),
    ...otherBooks,
  ]
  for (const each of candidates) if (hashWith(each, changes) === priceBook.sha256) return each
  throw new TenantbenchError('TB_PRICE_BOOK_UNKNOWN', {
    detail:
      `${priceBook.id}, by which the simulation was priced ` +
      `(${priceBook.sha256.slice(0, 12)}), is none of ` +
      `${candidates.map(({ id }) => id).join(', ')} as they are now: name it with ` +
      '--prices, or simulate again.',
  })
}

/** A book without a price that changes cannot have been it. */
function hashWith(book: PriceBook, changes: Parameters<typeof bookOf>[1]): string | null {
  try {
    return bookOf(book, changes).sha256
  } catch (error) {
    if (error instanceof TenantbenchError) return null
    throw error
  }
}

/** A book that is not there any more is no candidate. */
async function named(
  id: string,
  openBook: SourceRequest['openBook'],
): Promise<readonly PriceBook[]> {
  try {
    return [await openBook(id)]
  } catch (error) {
    if (error instanceof TenantbenchError) return []
    throw error
  }
}

function profilesOf(
  scenario: LoadedScenario,
  { cacheDir, isCacheUsed, onNote }: SourceRequest,
): Promise<TokenProfiles> {
  const { distinctCorpora } = scenario
  return openProfiles(scenario, {
    cacheDir,
    isCacheUsed,
    onNote,
    ...(distinctCorpora === undefined ? {} : { distinctCorpora }),
  })
}
