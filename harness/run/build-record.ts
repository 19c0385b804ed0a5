/** From everything a run produced to its record: figures, recommendations, checks, verdict. */
import { availableParallelism } from 'node:os'
import { formatUsd, picoUsd, zeroUsd, type PicoUsd } from '../../src/base/money.ts'
import { parseTenantId } from '../../src/base/tenant-id.ts'
import { messageOf } from '../../src/base/errors.ts'
import { exitCodeOf, worstVerdict, type CheckResult } from '../../src/base/verdict.ts'
import { countTokens, type ComponentDrift } from '../../src/index.ts'
import type { SampleLine } from '../../reports/record/sample-lines.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import {
  comparisonLine,
  recordCell,
  sameQuestionLines,
  type MeasuredCell,
} from '../recommend/comparison.ts'
import { checkIsolation } from './checks/isolation-check.ts'
import type { OracleReport } from '../oracle/leak-oracle.ts'
import {
  checkCanaries,
  checkConfigurations,
  checkFailures,
  checkTenants,
} from './checks/run-checks.ts'
import { judgeGates } from './checks/gates.ts'
import { checkClaims, judgeClaims } from '../recommend/claims.ts'
import { tenantCosts } from '../reconcile/tenant-costs.ts'
import { cellFigures } from '../measure/cell-figures.ts'
import type { Sample } from '../measure/sample.ts'
import type { Provisioned } from './provision/provision.ts'
import type { AskedLoad } from './ask-load.ts'
import { loadRecord } from './load-record.ts'
import { checkGenerator, checkSearch } from '../load/load-checks.ts'
import type { Interruptions } from './journal/resume.ts'
import type { Prepared } from './prepare.ts'
import type { RunOptions } from './run-options.ts'
import type { NotExamined, OpenSystem, SystemBooks, SystemFacts } from './system/system.ts'

/** Everything a run produced. */
export interface RunProducts {
  readonly options: RunOptions
  readonly prepared: Prepared
  readonly provisioned: Provisioned
  readonly system: OpenSystem
  readonly books: SystemBooks
  readonly facts: SystemFacts
  readonly oracle: OracleReport
  readonly interruptions: Interruptions
  /** Null where nothing was asked at moments of its own. */
  readonly load: AskedLoad | null
  readonly timing: RunRecord['timing']
  /** Checks that were made while the system was up. */
  readonly extraChecks: readonly CheckResult[]
  /** What could not be removed from the system, in sentences. */
  readonly left: readonly string[]
}

const readingAssumed =
  'How well each model reads is assumed (harness/profiles, after "Lost in the Middle"), not ' +
  'measured: answers come from a local stand-in.'
const readingMeasured =
  'How well models read is your own measurement where there is one for the cell, and assumed ' +
  'elsewhere; which it is stands beside each figure.'

/** Builds the record. */
export function buildRecord(products: RunProducts): RunRecord {
  const { options, oracle, prepared, books, facts, system, left } = products
  const { scenario, code } = options
  const { book } = prepared
  const measured = measure(products)
  const cells = measured.map((each) =>
    recordCell(each, {
      shared: books.sharedByCell.get(each.cell.id) ?? zeroUsd,
      method: scenario.allocation,
    }),
  )
  const claims =
    scenario.claims === undefined
      ? []
      : judgeClaims(scenario.claims, {
          cells,
          book,
          otherBooks: prepared.otherBooks,
          atMs: options.clock.nowMs(),
        })
  const { checks: ran, notExamined } = runChecks(products, measured)
  const checks = [
    ...ran,
    ...(claims.length === 0 ? [] : [checkClaims(claims)]),
    ...gatesOf(products),
  ]
  const verdict = worstVerdict(checks.map((check) => check.verdict))
  return {
    recordVersion: 1,
    runId: options.runId,
    verdict,
    exitCode: exitCodeOf(verdict),
    runDir: options.runDir,
    seed: scenario.seed,
    scenario: scenario.name,
    scenarioSha256: scenario.sha256,
    priceBook: { id: book.id, sha256: book.sha256 },
    subject: { ...system.target.subject },
    services: facts.services,
    timeScale: scenario.timeScale,
    trials: scenario.trials,
    code,
    environment: {
      node: process.version,
      platform: process.platform,
      architecture: process.arch,
      processors: availableParallelism(),
      ...facts.environment,
    },
    tenants: tenantLines(products),
    cells,
    ...tenantCosts(scenario, cells),
    load:
      products.load === null ? null : loadRecord(scenario, products.load, counted(books.samples)),
    interruptions: interruptionsOf(products.interruptions),
    claims: [...claims],
    tolerancesPct: { ...scenario.tolerancesPct },
    comparison: comparisonLines(products, measured),
    sameQuestion: sameQuestionLines(measured, counted(books.samples), books.costOf),
    isolation: { ...isolationOf(oracle), canary: canaryShare(products) },
    reconciliation: reconciliationOf(products),
    capacityLimits: facts.capacityLimits,
    capacity: facts.capacity,
    checks: [...checks],
    notExamined: [...notExamined],
    warnings: [...prepared.warnings, ...books.warnings, ...left],
    timing: products.timing,
  }
}

function interruptionsOf({ count, queries, usd }: Interruptions): RunRecord['interruptions'] {
  return {
    count,
    queries,
    usd: usd === null ? null : formatUsd(usd),
    reason:
      usd === null ? 'the target does not tell what a query costs that nobody waited for' : null,
  }
}

/** Without what was asked to warm up. */
function counted(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ isWarmup }) => !isWarmup)
}

/** What a query cost with its part of shared cost; null when nobody knows. */
function costWithShare(books: SystemBooks, { cell, requestId }: Sample): PicoUsd | null {
  const direct = books.costOf(requestId)
  return direct === null ? null : picoUsd(direct + (books.sharedByCell.get(cell) ?? zeroUsd))
}

/** The record with the comparison as one more check, where there is something to compare with. */
export async function withBaseline(
  record: RunRecord,
  samples: readonly SampleLine[],
  { compareWith }: RunOptions,
): Promise<RunRecord> {
  if (compareWith === undefined || compareWith === null) return record
  // A baseline that has gone meanwhile must not cost the run.
  const gone = (error: unknown): CheckResult => ({
    id: 'compare.baseline',
    verdict: 'inconclusive',
    evidence: `The baseline could not be read again: ${messageOf(error)}.`,
  })
  const checks = [...record.checks, await compareWith({ record, samples }).catch(gone)]
  const verdict = worstVerdict(checks.map((check) => check.verdict))
  return { ...record, checks, verdict, exitCode: exitCodeOf(verdict) }
}

/** The lines of samples.jsonl; texts only where they are to be kept. */
export function sampleLines(books: SystemBooks, keepTexts: boolean): readonly SampleLine[] {
  return books.samples.map(({ texts, ...sample }) => {
    const cost = costWithShare(books, { ...sample, texts })
    const line = { ...sample, costUsd: cost === null ? null : formatUsd(cost) }
    return keepTexts ? { ...line, texts } : line
  })
}

function gatesOf({ options, prepared, books, oracle, load }: RunProducts): readonly CheckResult[] {
  const { gates, tenants } = options.scenario
  const tiers = new Map(tenants.map(({ id, tier }) => [id, tier]))
  const { checks, leaks } = isolationOf(oracle)
  const judged = judgeGates(gates, {
    cells: prepared.cells,
    samples: counted(books.samples),
    tierOf: (tenant) => tiers.get(tenant) ?? '',
    costOf: (sample) => costWithShare(books, sample),
    isolation: { checks, leaks },
    driftPct: books.reconciliation?.found.total.driftPct ?? null,
  })
  const left = load === null ? 0 : load.outcome.count - load.outcome.observed.length
  if (left <= 0) return judged
  // What was not kept may have been otherwise; a failure stays one.
  return judged.map((check) =>
    check.verdict === 'pass'
      ? {
          ...check,
          verdict: 'inconclusive',
          evidence: `${check.evidence} That is of the first queries alone: ${left} more were not kept whole.`,
        }
      : check,
  )
}

/** Of a load all that was asked counts, also what was not kept whole. */
function failuresOf(
  load: AskedLoad | null,
  measured: readonly MeasuredCell[],
): Parameters<typeof checkFailures>[0] {
  if (load === null) return measured.map(({ figures }) => figures)
  return [...load.outcome.recorder.cells.values()].map(({ counts }) => ({
    queries: counts.answered + counts.failed,
    failures: counts.failed,
    infeasible: false,
  }))
}

function measure({ prepared, books, options, system }: RunProducts): readonly MeasuredCell[] {
  const byCell = Map.groupBy(counted(books.samples), ({ cell }) => cell)
  return prepared.cells.map((cell) => ({
    cell,
    figures: cellFigures(byCell.get(cell.id) ?? [], books.costOf, [options.scenario.seed, cell.id]),
    measurement: prepared.measurements.get(cell.id) ?? null,
    isModelled: system.isModelled,
    isMetered: system.isMetered,
    whyNoCost: books.whyNoCost,
  }))
}

interface Judged {
  readonly checks: readonly CheckResult[]
  readonly notExamined: readonly NotExamined[]
}

const noChunks: NotExamined = {
  id: 'corpus.canary-in-every-chunk',
  reason:
    'the target does not show its chunks; the canary stands in the title and before each ' +
    'paragraph of what it was given',
}
const noConfiguration: NotExamined = {
  id: 'config.unchanged',
  reason: 'the target does not say which configuration answered',
}

function runChecks(products: RunProducts, measured: readonly MeasuredCell[]): Judged {
  const { books, provisioned, system, oracle, extraChecks } = products
  const answered = Map.groupBy(
    books.samples.filter(({ outcome }) => outcome === 'answered'),
    ({ tenant }) => tenant,
  )
  const tenants = [...provisioned].map(([tenant, { chunks, documents }]) => ({
    tenant,
    chunks: chunks ?? documents,
    answered: answered.get(tenant)?.length ?? 0,
  }))
  const canaries = checkCanaries([...provisioned.values()])
  const isTold = system.isMetered || books.samples.some(({ asLabelled }) => asLabelled !== null)
  const states = measured.map(({ cell, figures }) => ({
    tenant: cell.tenantId,
    versions: cell.isCurrent ? figures.configVersions : [],
    mislabelled: figures.mislabelled,
  }))
  return {
    checks: [
      checkIsolation(oracle),
      ...books.checks,
      checkTenants(
        tenants,
        extraChecks.some(({ id }) => id === 'spend.cap'),
      ),
      ...(products.load === null
        ? []
        : [
            checkGenerator(products.load.facts),
            ...(products.load.saturation === null ? [] : [checkSearch(products.load.saturation)]),
          ]),
      checkFailures(failuresOf(products.load, measured)),
      ...(canaries === null ? [] : [canaries]),
      ...(isTold ? [checkConfigurations(states, system.isMetered ? 'database' : 'target')] : []),
      ...extraChecks,
    ],
    notExamined: [
      ...books.notExamined,
      ...(canaries === null ? [noChunks] : []),
      ...(isTold ? [] : [noConfiguration]),
    ],
  }
}

function tenantLines({ options, provisioned, facts }: RunProducts): RunRecord['tenants'] {
  return options.scenario.tenants.map(({ id }) => {
    const report = provisioned.get(parseTenantId(id))
    const chunks = report === undefined ? 0 : report.chunks
    return {
      tenant: id,
      documents: report?.documents ?? 0,
      words: report?.words ?? 0,
      chunks,
      ...facts.placeOf(id),
    }
  })
}

function comparisonLines(
  { prepared, options, provisioned, books, facts, system }: RunProducts,
  measured: readonly MeasuredCell[],
): RunRecord['comparison'] {
  const reading = prepared.measurements.size === 0 ? readingAssumed : readingMeasured
  const assumptions = [...(system.isModelled ? [reading] : []), ...facts.assumptions]
  return options.scenario.tenants.flatMap((tenant) => {
    const report = provisioned.get(parseTenantId(tenant.id))
    return report === undefined
      ? []
      : [
          comparisonLine(tenant, measured, {
            report,
            sharedByCell: books.sharedByCell,
            assumptions,
          }),
        ]
  })
}

function isolationOf({
  checks,
  leaks,
  upperBound95,
  boundaries,
  witnesses,
}: OracleReport): Omit<RunRecord['isolation'], 'canary'> {
  return {
    checks,
    leaks,
    upperBound95,
    boundaries: boundaries.map((each) => ({ ...each })),
    witnesses: witnesses.map((each) => ({ ...each })),
  }
}

/** What the canaries cost in tokens: stated, because they are in every prompt. */
function canaryShare({ prepared, provisioned }: RunProducts): RunRecord['isolation']['canary'] {
  const reports = prepared.corpora.map(({ tenantId, canary }) => ({
    report: provisioned.get(tenantId),
    tokens: countTokens(` (${canary})`),
  }))
  if (reports.some(({ report }) => report?.marked === null))
    return { chunks: null, marked: null, tokenSharePct: null, reason: noChunks.reason }
  const chunks = reports.reduce((sum, { report }) => sum + (report?.chunks ?? 0), 0)
  const marked = reports.reduce((sum, { report }) => sum + (report?.marked ?? 0), 0)
  const all = reports.reduce((sum, { report }) => sum + (report?.chunkTokens ?? 0), 0)
  const ours = reports.reduce((sum, { report, tokens }) => sum + (report?.marked ?? 0) * tokens, 0)
  return { chunks, marked, tokenSharePct: all === 0 ? 0 : (100 * ours) / all, reason: null }
}

function reconciliationOf({ options, books }: RunProducts): RunRecord['reconciliation'] {
  const { month, reconciliation, notExamined } = books
  const method = options.scenario.allocation
  if (reconciliation === null)
    return {
      month,
      verdict: null,
      reason:
        notExamined.find(({ id }) => id === 'cost.reconciliation')?.reason ??
        'the month of your own was reconciled in its place',
      method,
      components: [],
      usage: null,
      total: null,
      incidents: null,
    }
  const {
    found: { verdict, components, usage, total },
    incidents,
  } = reconciliation
  const line = ({
    allocated,
    billed,
    ...rest
  }: ComponentDrift): RunRecord['reconciliation']['components'][number] => ({
    ...rest,
    allocatedUsd: formatUsd(allocated),
    billedUsd: formatUsd(billed),
  })
  return {
    month,
    verdict,
    reason: null,
    method,
    components: components.map(line),
    usage: line(usage),
    total: line(total),
    incidents,
  }
}
