/** Checks on the run itself: that it measured what it says it measured. */
import type { CheckResult } from '../../../src/base/verdict.ts'
import type { CellFigures } from '../../measure/cell-figures.ts'
import type { IngestReport } from '../../target/target.ts'

const mostFailuresPct = 1

/**
 * More than one request in a hundred failing is a failure; cells that cannot be run at all are
 * reported as infeasible instead.
 */
export function checkFailures(
  cells: readonly Pick<CellFigures, 'queries' | 'failures' | 'infeasible'>[],
): CheckResult {
  const id = 'requests.failures'
  const feasible = cells.filter(({ infeasible }) => !infeasible)
  const queries = feasible.reduce((sum, cell) => sum + cell.queries, 0)
  const failures = feasible.reduce((sum, cell) => sum + cell.failures, 0)
  if (queries === 0)
    return { id, verdict: 'inconclusive', evidence: 'No query was answered in any cell.' }
  const share = (100 * failures) / queries
  const infeasible = cells.length - feasible.length
  const evidence =
    `${failures} of ${queries} queries failed (${share.toFixed(2)} %, limit ` +
    `${mostFailuresPct} ` +
    `%)${infeasible === 0 ? '' : `; ${infeasible} cells do not fit their model`}.`
  return { id, verdict: share > mostFailuresPct ? 'fail' : 'pass', evidence }
}

/** A chunk without a canary could leak unseen. Null when a target does not show its chunks. */
export function checkCanaries(reports: readonly IngestReport[]): CheckResult | null {
  const id = 'corpus.canary-in-every-chunk'
  if (reports.length > 0 && reports.every((report) => report.marked === null)) return null
  const chunks = reports.reduce((sum, report) => sum + (report.chunks ?? 0), 0)
  const marked = reports.reduce((sum, report) => sum + (report.marked ?? 0), 0)
  const evidence = `${marked} of ${chunks} chunks carry their tenant's canary.`
  if (chunks === 0) return { id, verdict: 'inconclusive', evidence }
  return { id, verdict: marked === chunks ? 'pass' : 'inconclusive', evidence }
}

/**
 * A cell that two configurations answered measures neither. `saidBy` is who knows which
 * configuration answered.
 */
export function checkConfigurations(
  cells: readonly {
    readonly tenant: string
    readonly versions: readonly string[]
    readonly mislabelled: number
  }[],
  saidBy: 'database' | 'target' = 'database',
): CheckResult {
  const id = 'config.unchanged'
  const changed = cells
    .filter(({ versions }) => versions.length > 1)
    .map(({ tenant, versions }) => `${tenant} (${versions.join(', ')})`)
  if (changed.length > 0)
    return {
      id,
      verdict: 'inconclusive',
      evidence:
        `Configurations were changed while the run went on: ${changed.join('; ')}. The ` +
        'current cells of these tenants mix both.',
    }
  const mislabelled = cells
    .filter((cell) => cell.mislabelled > 0)
    .map((cell) => `${cell.tenant} (${cell.mislabelled} answers)`)
  if (mislabelled.length > 0)
    return {
      id,
      verdict: 'inconclusive',
      evidence:
        'The configuration ' +
        `${saidBy === 'database' ? 'in the database' : 'that the target says it answered by'} ` +
        `is not the one that the cell is called by: ${mislabelled.join(', ')}.`,
    }
  const states =
    saidBy === 'database'
      ? '; each current one by one state of the database'
      : ', as the target says'
  return {
    id,
    verdict: 'pass',
    evidence: `Every cell was answered by the configuration that it is called by${states}.`,
  }
}

/**
 * Isolation between tenants needs tenants: each must have been created, fed and queried. `isCut`:
 * it was ended by its cap.
 */
export function checkTenants(
  tenants: readonly {
    readonly tenant: string
    readonly chunks: number
    readonly answered: number
  }[],
  isCut = false,
): CheckResult {
  const id = 'tenants.provisioned'
  const idle = tenants
    .filter(({ chunks, answered }) => chunks === 0 || answered === 0)
    .map(({ tenant }) => tenant)
  if (tenants.length === 0)
    return { id, verdict: 'inconclusive', evidence: 'There were no tenants.' }
  if (isCut && idle.length > 0)
    return {
      id,
      verdict: 'inconclusive',
      evidence: `The run was ended before these were answered: ${idle.join(', ')}.`,
    }
  if (idle.length > 0)
    return { id, verdict: 'fail', evidence: `Not fed or not answered: ${idle.join(', ')}.` }
  return { id, verdict: 'pass', evidence: `${tenants.length} tenants created, fed and queried.` }
}
