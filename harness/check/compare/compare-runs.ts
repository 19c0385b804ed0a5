/**
 * Two runs against each other: first whether they can be compared at all, then what is not the same in them, then every metric in
 * every cell that both have. Metrics without a tolerance are shown and never decide.
 */
import { exitCodes, type ExitCode } from '../../../src/base/errors.ts'
import type { Change, ComparedMetric, CompareReport, ComparisonVerdict } from '../../../reports/record/compare-report.ts'
import type { RecordCell, RunRecord } from '../../../reports/record/record.ts'
import type { SampleLine } from '../../../reports/record/sample-lines.ts'
import { holmAdjusted } from '../../measure/compare-means.ts'
import { compareMetric, judgeMetric, type CellPair } from './judge.ts'
import { compareMetrics, type CompareMetricName } from './metrics.ts'

/** A run with its samples. */
export interface RecordedRun {
  readonly record: RunRecord
  readonly samples: readonly SampleLine[]
}

/** Tolerances in percent by metric; what is not named does not gate. */
export type Tolerances = Partial<Readonly<Record<CompareMetricName, number>>>

/** Compares. Never throws for what the runs are: runs that cannot be compared are `invalid`, with why. */
export function compareRuns(baseline: RecordedRun, candidate: RecordedRun, tolerances: Tolerances): CompareReport {
  const { pairs, missing } = pairCells(baseline, candidate)
  const incomparable = whyIncomparable(baseline.record, candidate.record, pairs)
  const comparisons = incomparable.length > 0 ? [] : compareAll(pairs, { tolerances, isSameSeed: baseline.record.seed === candidate.record.seed, seed: candidate.record.seed })
  const verdict = incomparable.length > 0 ? 'invalid' : verdictOf({ comparisons, missing, leaks: candidate.record.isolation.leaks })
  return {
    verdict,
    exitCode: exitCodeOfComparison(verdict, candidate.record),
    incomparable,
    baseline: { runId: baseline.record.runId, verdict: baseline.record.verdict },
    candidate: { runId: candidate.record.runId, verdict: candidate.record.verdict },
    changes: [...changesBetween(baseline.record, candidate.record), ...missing.map((cell) => ({ what: 'cell', baseline: cell, candidate: 'is not there' }))],
    comparisons,
  }
}

/** A tenant's own configuration is compared with its own, whatever it is now; others by what they set. */
function cellName({ tenant, variant, isCurrent }: RecordCell): string {
  return isCurrent ? `${tenant}/current` : `${tenant}/${variant.model} k${variant.topK}${variant.rerank ? ' rerank' : ''}`
}

function pairCells(baseline: RecordedRun, candidate: RecordedRun): { readonly pairs: readonly CellPair[]; readonly missing: readonly string[] } {
  const samplesOf = ({ samples }: RecordedRun): ReadonlyMap<string, readonly SampleLine[]> => Map.groupBy(samples, ({ cell }) => cell)
  const [before, after] = [samplesOf(baseline), samplesOf(candidate)]
  const others = new Map(candidate.record.cells.map((cell) => [cellName(cell), cell]))
  const found = baseline.record.cells.map((cell) => ({ cell, name: cellName(cell), other: others.get(cellName(cell)) }))
  return {
    pairs: found.flatMap(({ cell, name, other }) => (other === undefined ? [] : [{ cell: name, baseline: before.get(cell.id) ?? [], candidate: after.get(other.id) ?? [] }])),
    missing: found.filter(({ other }) => other === undefined).map(({ name }) => name),
  }
}

function whyIncomparable(baseline: RunRecord, candidate: RunRecord, pairs: readonly CellPair[]): readonly string[] {
  const same = (what: string, one: unknown, other: unknown): readonly string[] => (one === other ? [] : [`${what} is ${String(one)} in the baseline and ${String(other)} in the candidate`])
  const sources = (record: RunRecord): string => [...new Set(record.cells.map(({ latencySource }) => latencySource))].toSorted().join(', ')
  return [
    ...same('the scenario', baseline.scenario, candidate.scenario),
    ...same('the kind of system', baseline.subject.kind, candidate.subject.kind),
    ...same('what the services are', baseline.services, candidate.services),
    ...same('the time scale', baseline.timeScale, candidate.timeScale),
    ...same('where latency comes from', sources(baseline), sources(candidate)),
    ...(baseline.verdict === 'invalid' ? ['the baseline is an invalid run'] : []),
    ...(candidate.verdict === 'invalid' ? ['the candidate is an invalid run'] : []),
    ...(pairs.length === 0 ? ['no cell is in both runs'] : []),
  ]
}

function compareAll(pairs: readonly CellPair[], { tolerances, isSameSeed, seed }: { readonly tolerances: Tolerances; readonly isSameSeed: boolean; readonly seed: number }): readonly ComparedMetric[] {
  const raw = pairs.flatMap((pair) => compareMetrics.map((metric) => compareMetric({ metric, pair, tolerancePct: tolerances[metric.name] ?? null, isSameSeed, seed })))
  // What gates is one family; what is only shown must not make it harder to find a regression.
  const families = [true, false].map((gates) => raw.filter(({ question, pValue }) => (question.tolerancePct !== null) === gates && pValue !== null))
  const adjusted = new Map(families.flatMap((family) => holmAdjusted(family.map(({ pValue }) => pValue ?? 1)).map((pValue, at) => [family[at], pValue] as const)))
  return raw.map((each) => judgeMetric(each, adjusted.get(each) ?? null))
}

interface Found {
  readonly comparisons: readonly ComparedMetric[]
  readonly missing: readonly string[]
  readonly leaks: number
}

/** Cells that are gone are not judged, and so nothing passes; without a single gate nothing was asked. */
function verdictOf({ comparisons, missing, leaks }: Found): ComparisonVerdict {
  const gating = comparisons.filter(({ gates }) => gates).map(({ verdict }) => verdict)
  if (leaks > 0 || gating.includes('regression')) return 'regression'
  if (gating.length === 0 || missing.length > 0 || gating.includes('inconclusive')) return 'inconclusive'
  return gating.includes('improvement') ? 'improvement' : 'pass'
}

/** A candidate that leaked is a leak here too: no comparison averages it away. */
function exitCodeOfComparison(verdict: ComparisonVerdict, candidate: RunRecord): ExitCode {
  if (candidate.verdict === 'leak') return exitCodes.leak
  if (verdict === 'regression') return exitCodes.failed
  return verdict === 'inconclusive' || verdict === 'invalid' ? exitCodes.inconclusive : exitCodes.pass
}

function changesBetween(baseline: RunRecord, candidate: RunRecord): readonly Change[] {
  const facts = ({ code, environment, priceBook, scenarioSha256, seed, trials, verdict, isolation }: RunRecord): Readonly<Record<string, string>> => ({
    version: code.version,
    commit: `${code.commit ?? 'unknown'}${code.dirty === true ? ' with changes' : ''}`,
    scenario: scenarioSha256.slice(0, 12),
    'price book': `${priceBook.id} ${priceBook.sha256.slice(0, 12)}`,
    seed: String(seed),
    trials: String(trials),
    node: environment.node,
    machine: `${environment.platform} ${environment.architecture}, ${environment.processors} processors`,
    postgres: `${environment.postgres ?? 'none'} ${environment.database}`,
    'verdict of the run': verdict,
    leaks: String(isolation.leaks),
  })
  const [before, after] = [facts(baseline), facts(candidate)]
  return Object.keys(before).filter((what) => before[what] !== after[what]).map((what) => ({ what, baseline: before[what] ?? '', candidate: after[what] ?? '' }))
}
