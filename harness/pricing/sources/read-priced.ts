/**
 * Reading what is to be priced: the record of a run, or the report of a simulation. Each says what
 * it is.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { decodeRecord } from '../../../reports/record/codec.ts'
import type { RunRecord } from '../../../reports/record/record.ts'
import {
  simulateReportSchema,
  type SimulateReport,
} from '../../../reports/simulate/simulate-report.ts'
import { readText } from '../../scenario/read-text.ts'

/** What was read. */
export type Priced =
  | { readonly kind: 'run'; readonly record: RunRecord }
  | { readonly kind: 'simulation'; readonly report: SimulateReport }

/** Tenants of a simulation that are priced one by one. */
export const mostTenants = 5_000

/**
 * Reads the folder of a run, its run.json, or what `simulate --out` wrote. Throws
 * TB_RECORD_INVALID, TB_USAGE.
 */
export async function readPriced(path: string): Promise<Priced> {
  const text = await readText(
    (await isFolder(path)) ? join(path, 'run.json') : path,
    'TB_RECORD_INVALID',
  )
  const value = parsedJson(text)
  if (typeof value !== 'object' || value === null || !('simulationVersion' in value))
    return { kind: 'run', record: decodeRecord(text) }
  const checked = simulateReportSchema.safeParse(value)
  if (!checked.success)
    throw new TenantbenchError('TB_RECORD_INVALID', {
      detail: `${path} is a simulation with ${checked.error.issues.length} faults.`,
      faults: checked.error.issues
        .slice(0, mostFaults)
        .map(({ path: place, message }) => ({ path: place.join('.'), line: null, message })),
    })
  const { tenants } = checked.data
  if (tenants.length > mostTenants)
    throw new TenantbenchError('TB_USAGE', {
      detail:
        `${path} has ${tenants.length.toLocaleString('en')} tenants, and each is priced by ` +
        `itself: simulate at most ${mostTenants.toLocaleString('en')} of them, e.g. with ` +
        '--set population.count=1000.',
    })
  return { kind: 'simulation', report: checked.data }
}

/**
 * Records of runs that measured quality. Throws TB_RECORD_INVALID, TB_USAGE for a simulation, which
 * measures none.
 */
export async function readMeasured(paths: readonly string[]): Promise<readonly RunRecord[]> {
  return Promise.all(
    paths.map(async (path) => {
      const priced = await readPriced(path)
      if (priced.kind === 'run') return priced.record
      throw new TenantbenchError('TB_USAGE', {
        detail: `--measured ${path}: a simulation measures no quality; name the folder of a run.`,
      })
    }),
  )
}

const mostFaults = 20

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    throw new TenantbenchError('TB_RECORD_INVALID', {
      detail: `${path}: ${messageOf(error)}.`,
      cause: error,
    })
  }
}

/** What is no JSON is left to the reader of records to tell. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
