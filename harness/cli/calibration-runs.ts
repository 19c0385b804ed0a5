/** Recorded runs as a calibration reads them: records with the text of their samples. */
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { TenantbenchError } from '../../src/base/errors.ts'
import type { CalibrationRun } from '../calibrate/calibrate.ts'
import { readText } from '../scenario/read-text.ts'
import { kindOfRecord, readRecord } from './recorded-run.ts'

/**
 * Every run of a folder, by name, or the one that the folder is. Throws TB_USAGE,
 * TB_RECORD_INVALID.
 */
export async function readRuns(path: string): Promise<readonly CalibrationRun[]> {
  const kind = await kindOfRecord(path)
  if (kind === 'file')
    throw new TenantbenchError('TB_USAGE', { detail: `${path} is a file; name a folder of runs.` })
  if (kind === 'run') return [await readRun(path)]
  const names = (await readdir(path, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
  const found = await Promise.all(
    names
      .toSorted()
      .map(async (name) =>
        (await kindOfRecord(join(path, name))) === 'run' ? await readRun(join(path, name)) : null,
      ),
  )
  return found.filter((run) => run !== null)
}

async function readRun(folder: string): Promise<CalibrationRun> {
  const [record, samples] = await Promise.all([
    readRecord(folder),
    readText(join(folder, 'samples.jsonl'), 'TB_RECORD_INVALID'),
  ])
  return { name: basename(resolve(folder)), record, samples }
}
