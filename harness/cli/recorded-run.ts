/**
 * Reading what earlier commands wrote: a run, a store of runs, a bench report; and writing a file
 * that must not be there yet.
 */
import { readdir, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { decodeBenchReport, type BenchReport } from '../../reports/record/bench-report.ts'
import { decodeRecord } from '../../reports/record/codec.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import { decodeSamples } from '../../reports/record/sample-lines.ts'
import type { RecordedRun } from '../compare/compare-runs.ts'
import { chooseBaselines, type StoredRun } from '../compare/history/choose.ts'
import type { History } from '../compare/history/compare-history.ts'
import { mostRuns } from '../compare/history/series.ts'
import { readText } from '../scenario/read-text.ts'

/** The record of a run. Throws TB_RECORD_INVALID. */
export async function readRecord(folder: string): Promise<RunRecord> {
  return decodeRecord(await readText(join(folder, 'run.json'), 'TB_RECORD_INVALID'))
}

/** The record with every query. Throws TB_RECORD_INVALID. */
export async function readRecordedRun(folder: string): Promise<RecordedRun> {
  const [record, samples] = await Promise.all([
    readRecord(folder),
    readText(join(folder, 'samples.jsonl'), 'TB_RECORD_INVALID'),
  ])
  return { record, samples: decodeSamples(samples) }
}

/** A report that `bench` wrote. Throws TB_RECORD_INVALID. */
export async function readBenchReport(file: string): Promise<BenchReport> {
  return decodeBenchReport(await readText(file, 'TB_RECORD_INVALID'))
}

/**
 * What is at a path: a file, the folder of one run, or a folder of runs. Throws TB_RECORD_INVALID
 * where nothing is.
 */
export async function kindOfRecord(path: string): Promise<'file' | 'run' | 'store'> {
  try {
    if ((await stat(path)).isFile()) return 'file'
    return (await readdir(path)).includes('run.json') ? 'run' : 'store'
  } catch (error) {
    throw new TenantbenchError('TB_RECORD_INVALID', {
      detail: `${path}: ${messageOf(error)}.`,
      cause: error,
    })
  }
}

/**
 * The runs of a store that a candidate can be compared with. Of the others no samples are read;
 * what is broken is left out by name.
 */
export async function readHistory(
  store: string,
  candidate: RunRecord,
  last: number,
): Promise<History> {
  const folders = (await readdir(store, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted()
  const stored: StoredRun[] = []
  for (const name of folders)
    stored.push({ name, record: await unlessInvalid(() => readRecord(join(store, name))) })
  const { comparable, leftOut } = chooseBaselines(stored, candidate)
  const runs: RecordedRun[] = []
  const broken: { readonly run: string; readonly reason: string }[] = []
  for (const { name } of comparable.slice(0, Math.max(last, mostRuns))) {
    const run = await unlessInvalid(() => readRecordedRun(join(store, name)))
    if (run === null) broken.push({ run: name, reason: 'its samples cannot be read' })
    else runs.push(run)
  }
  return { runs, leftOut: [...leftOut, ...broken], last }
}

async function unlessInvalid<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof TenantbenchError && error.code === 'TB_RECORD_INVALID') return null
    throw error
  }
}

/**
 * Refuses a file that is there already, before anything is measured for it. Throws
 * TB_OUT_UNWRITABLE.
 */
export async function refuseExisting(file: string): Promise<void> {
  const found = await stat(file).catch(() => null)
  if (found !== null)
    throw new TenantbenchError('TB_OUT_UNWRITABLE', { detail: `${basename(file)} exists already.` })
}

/** Writes a new file. Throws TB_OUT_UNWRITABLE, also where it exists. */
export async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (error) {
    throw new TenantbenchError('TB_OUT_UNWRITABLE', {
      detail: `${messageOf(error)}.`,
      cause: error,
    })
  }
}
