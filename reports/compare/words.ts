/** Words that all views of a comparison share. */
import type { ComparedMetric, CompareReport } from '../record/compare-report.ts'

/** The verdict, and what to do next. */
export function verdictWords({ verdict, comparisons, incomparable, changes }: CompareReport): string {
  const broken = comparisons.filter(({ gates, verdict: own }) => gates && own === 'regression').length
  const open = comparisons.filter(({ gates, verdict: own }) => gates && own === 'inconclusive').length
  const gone = changes.filter(({ what }) => what === 'cell').length
  switch (verdict) {
    case 'pass':
      return 'PASS: nothing that gates has worsened beyond its tolerance.'
    case 'improvement':
      return 'PASS, improved: nothing that gates has worsened, and something has become better. Keep this run as the next baseline.'
    case 'regression':
      return broken === 0 ? 'REGRESSION: the candidate leaked; look at its own report first.' : `REGRESSION: ${broken} of ${comparisons.filter(({ gates }) => gates).length} gating comparisons worsened beyond tolerance. Begin with the first below.`
    case 'inconclusive':
      if (gone > 0) return `INCONCLUSIVE: ${gone} cells of the baseline are not in the candidate. Run the same scenario, or take a new baseline.`
      return open === 0 ? 'INCONCLUSIVE: nothing gates. Give tolerancesPct in the scenario, or --tolerance metric=percent.' : `INCONCLUSIVE: ${open} gating comparisons are neither clear of their tolerance nor beyond it. Ask more questions (the column "needs" says how many), or run on a quieter machine.`
    case 'invalid':
      return `INVALID: these runs cannot be compared: ${incomparable.join('; ')}.`
  }
}

/** What is worth a line, in the order to look at it: what gates first, by verdict, and the largest changes before the smaller. */
export function shownComparisons({ comparisons }: CompareReport): readonly ComparedMetric[] {
  const order = ['regression', 'inconclusive', 'improvement', 'pass'] as const
  return comparisons.filter(({ gates, verdict, deltaPct }) => gates || (verdict !== 'pass' && (deltaPct ?? 0) !== 0)).toSorted((one, other) => Number(other.gates) - Number(one.gates) || order.indexOf(one.verdict) - order.indexOf(other.verdict) || Math.abs(other.deltaPct ?? 0) - Math.abs(one.deltaPct ?? 0))
}

/** The columns of a table. */
export const headings = ['verdict', 'metric', 'cell', 'baseline', 'candidate', 'change', '95 %', 'tolerance', 'sees', 'needs'] as const

/** One line of the table. */
export function rowOf({ verdict, metric, unit, cell, baseline, candidate, deltaPct, low95Pct, high95Pct, tolerancePct, minimumDetectableEffectPct, questions, questionsNeeded, gates }: ComparedMetric): readonly string[] {
  return [
    gates ? verdict : `(${verdict})`,
    `${metric} ${unit}`,
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
  return unit === 'share' ? `${(100 * value).toFixed(1)} %` : value.toFixed(1)
}

function percent(value: number | null): string {
  if (value === null) return '-'
  return `${value > 0 ? '+' : ''}${value.toFixed(1)} %`
}

/** What the columns mean. */
export const legend = '"sees" is the change that this many questions find nine times of ten; "needs" how many would find one of the tolerance (now asked). Brackets: shown, does not gate.'
