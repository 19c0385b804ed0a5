/** Words that all views of a comparison share. */
import type { ComparedMetric, CompareReport, HistoryChange } from '../record/compare-report.ts'

/** The verdict, and what to do next. */
export function verdictWords(report: CompareReport): string {
  const { verdict, comparisons, incomparable } = report
  const broken = comparisons.filter(
    ({ gates, verdict: own }) => gates && own === 'regression',
  ).length
  switch (verdict) {
    case 'pass':
      return 'PASS: nothing that gates has worsened beyond its tolerance.'
    case 'improvement':
      return (
        'PASS, improved: nothing that gates has worsened, and something has become better. ' +
        `Keep this ${report.kind === 'bench' ? 'report' : 'run'} as the next baseline.`
      )
    case 'regression':
      return broken === 0
        ? 'REGRESSION: the candidate leaked; look at its own report first.'
        : `REGRESSION: ${broken} of ${comparisons.filter(({ gates }) => gates).length} gating ` +
            'comparisons worsened beyond tolerance. Begin with the first below.'
    case 'inconclusive':
      return `INCONCLUSIVE: ${whyInconclusive(report)}`
    case 'invalid':
      return `INVALID: these cannot be compared: ${incomparable.join('; ')}.`
  }
}

function whyInconclusive({
  kind,
  comparisons,
  changes,
  baselineRuns,
  leftOut,
}: CompareReport): string {
  const [units, things, command] =
    kind === 'bench'
      ? ['Measure more rounds', 'cases', 'bench']
      : ['Ask more questions', 'cells', 'scenario']
  if (kind === 'runs' && baselineRuns.length === 0) {
    const found =
      leftOut.length === 0
        ? 'the baseline folder holds no run'
        : `none of the ${leftOut.length} runs in the baseline folder can be compared with (${leftOutWords(leftOut)})`
    return (
      `${found}, so nothing was compared. Fill it: run the same scenario on code that you ` +
      'trust, before the candidate, with --out a new folder inside the baseline folder.'
    )
  }
  const gone = changes.filter(({ what }) => what === 'cell' || what === 'case').length
  if (gone > 0)
    return (
      `${gone} ${things} of the baseline are not in the candidate. Run the same ` +
      `${command}, or take a new baseline.`
    )
  const open = comparisons.filter(
    ({ gates, verdict }) => gates && verdict === 'inconclusive',
  ).length
  if (open === 0)
    return 'nothing gates. Give tolerancesPct in the scenario, or --tolerance metric=percent.'
  return (
    `${open} gating comparisons are neither clear of their tolerance nor beyond it. ` +
    `${units} (the column "needs" says how many), or run on a quieter machine.`
  )
}

/**
 * Who was compared with whom, without what the candidate's writer could mark up: the caller makes
 * the names safe.
 */
export function subjectWords(
  { baseline, candidate, baselineRuns }: CompareReport,
  safe: (text: string) => string,
): string {
  const others = baselineRuns.length > 1 ? `${baselineRuns.length} runs together, the newest ` : ''
  return (
    `Baseline ${others}${safe(baseline.runId)} (${baseline.verdict}), candidate ` +
    `${safe(candidate.runId)} (${candidate.verdict}).`
  )
}

/** How many runs of a store were left out, by reason; the commonest first. */
export function leftOutWords(leftOut: CompareReport['leftOut']): string {
  const reasons = [...Map.groupBy(leftOut, ({ reason }) => reason)].toSorted(
    ([, one], [, other]) => other.length - one.length,
  )
  return reasons.map(([reason, runs]) => `${runs.length}: ${reason}`).join('; ')
}

/** The columns of a table of changes of level. */
export const changePointHeadings = [
  'metric',
  'cell',
  'since',
  'run',
  'commit',
  'before',
  'after',
  'change',
  'p',
] as const

/** One line of that table. */
export function changePointRow({
  metric,
  cell,
  startedAt,
  runId,
  commit,
  beforeMean,
  afterMean,
  deltaPct,
  pValue,
}: HistoryChange): readonly string[] {
  return [
    metric,
    cell,
    startedAt,
    runId,
    commit?.slice(0, 12) ?? 'unknown',
    beforeMean.toPrecision(4),
    afterMean.toPrecision(4),
    percent(deltaPct),
    pValue < 0.0001 ? '< 0.0001' : pValue.toFixed(4),
  ]
}

/** What that table is. */
export const changePointLegend =
  'Levels changed in the history of the baseline; this decides nothing. "all cells" is relative to the first run.'

/**
 * What is worth a line, in the order to look at it: what gates first, by verdict, and the largest
 * changes before the smaller.
 */
export function shownComparisons({ comparisons }: CompareReport): readonly ComparedMetric[] {
  const order = ['regression', 'inconclusive', 'improvement', 'pass'] as const
  return comparisons
    .filter(
      ({ gates, verdict, deltaPct }) => gates || (verdict !== 'pass' && (deltaPct ?? 0) !== 0),
    )
    .toSorted(
      (one, other) =>
        Number(other.gates) - Number(one.gates) ||
        order.indexOf(one.verdict) - order.indexOf(other.verdict) ||
        Math.abs(other.deltaPct ?? 0) - Math.abs(one.deltaPct ?? 0),
    )
}

/** The columns of a table. */
export const headings = [
  'verdict',
  'metric',
  'cell',
  'baseline',
  'candidate',
  'change',
  '95 %',
  'tolerance',
  'sees',
  'needs',
] as const

/** One line of the table. */
export function rowOf({
  verdict,
  metric,
  unit,
  cell,
  baseline,
  candidate,
  deltaPct,
  low95Pct,
  high95Pct,
  tolerancePct,
  minimumDetectableEffectPct,
  questions,
  questionsNeeded,
  gates,
}: ComparedMetric): readonly string[] {
  return [
    gates ? verdict : `(${verdict})`,
    metric === unit ? metric : `${metric} ${unit}`,
    cell,
    figure(baseline, unit),
    figure(candidate, unit),
    percent(deltaPct),
    low95Pct === null || high95Pct === null ? '-' : `${percent(low95Pct)} to ${percent(high95Pct)}`,
    tolerancePct === null ? '-' : tolerancePct === 0 ? 'none' : `${tolerancePct} %`,
    minimumDetectableEffectPct === null ? '-' : `${minimumDetectableEffectPct.toFixed(1)} %`,
    `${questionsNeeded ?? '-'} (${questions})`,
  ]
}

function figure(value: number | null, unit: string): string {
  if (value === null) return '-'
  if (unit === 'USD') return value.toPrecision(4)
  if (unit === 'ratio') return value.toFixed(3)
  return unit === 'share' ? `${(100 * value).toFixed(1)} %` : value.toFixed(1)
}

function percent(value: number | null): string {
  if (value === null) return '-'
  return `${value > 0 ? '+' : ''}${value.toFixed(1)} %`
}

/** What the columns mean. */
export function legendOf({ kind }: CompareReport): string {
  const units = kind === 'bench' ? 'rounds' : 'questions'
  return (
    `"sees" is the change that this many ${units} find nine times of ten; "needs" how ` +
    'many would find one of the tolerance (now ' +
    `${kind === 'bench' ? 'measured' : 'asked'}). Brackets: shown, does not gate.`
  )
}
