/**
 * What a run is held against: another run's folder, or a folder of runs. Read as far as it can be
 * before the run begins.
 */
import { TenantbenchError } from '../../src/base/errors.ts'
import type { CheckResult, Verdict } from '../../src/base/verdict.ts'
import type { CompareReport } from '../../reports/record/compare-report.ts'
import { compareRuns, type RecordedRun, type Tolerances } from '../compare/compare-runs.ts'
import { compareWithHistory } from '../compare/history/compare-history.ts'
import { kindOfRecord, readHistory, readRecordedRun } from './recorded-run.ts'

/** How many of the newest runs of a store are the baseline. */
export const usualLast = 5

/** A baseline that can be read. */
export interface Baseline {
  compare(
    run: RecordedRun,
    options?: { readonly tolerances?: Tolerances; readonly last?: number },
  ): Promise<CompareReport>
}

/**
 * Opens it: whether it is there and can be read is known before anything is started. Throws
 * TB_RECORD_INVALID.
 */
export async function openBaseline(folder: string): Promise<Baseline> {
  const kind = await kindOfRecord(folder)
  if (kind === 'file')
    throw new TenantbenchError('TB_USAGE', {
      detail: `--baseline ${folder} is a file: give the folder of a run, or a folder of such folders.`,
    })
  const isRun = kind === 'run'
  const single = isRun ? await readRecordedRun(folder) : null
  return {
    async compare(run, { tolerances, last = usualLast } = {}) {
      const all = tolerances ?? run.record.tolerancesPct
      return single === null
        ? compareWithHistory(await readHistory(folder, run.record, last), run, all)
        : compareRuns(single, run, all)
    },
  }
}

const verdicts: Readonly<Record<CompareReport['verdict'], Verdict>> = {
  pass: 'pass',
  improvement: 'pass',
  regression: 'fail',
  inconclusive: 'inconclusive',
  invalid: 'invalid',
}

/** The comparison as a check of the run. */
export function checkBaseline(report: CompareReport): CheckResult {
  const { verdict, incomparable, comparisons, baselineRuns } = report
  const gating = comparisons.filter(({ gates }) => gates)
  const against =
    baselineRuns.length > 1 ? `${baselineRuns.length} earlier runs` : report.baseline.runId
  const leaked = report.changes.flatMap(({ what, baseline, candidate }) =>
    what === 'leaks' ? [`leaks ${baseline} -> ${candidate}`] : [],
  )
  const worse = [
    ...leaked,
    ...gating
      .filter((each) => each.verdict === 'regression')
      .map(
        ({ metric, cell, deltaPct }) =>
          `${metric} of ${cell}${deltaPct === null ? '' : ` ${deltaPct > 0 ? '+' : ''}${deltaPct.toFixed(1)} %`}`,
      ),
  ]
  const why =
    incomparable.length > 0
      ? `: ${incomparable.join('; ')}`
      : worse.length > 0
        ? `: ${worse.slice(0, mostNamed).join(', ')}` +
          `${worse.length > mostNamed ? ` and ${worse.length - mostNamed} more` : ''}`
        : ''
  return {
    id: 'compare.baseline',
    verdict: verdicts[verdict],
    evidence: `${verdict} against ${against}, ${gating.length} comparisons that gate${why}.`,
  }
}

const mostNamed = 5
