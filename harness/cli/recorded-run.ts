/** Reading a run's folder again. */
import { join } from 'node:path'
import { decodeRecord } from '../../reports/record/codec.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import { decodeSamples } from '../../reports/record/sample-lines.ts'
import type { RecordedRun } from '../check/compare/compare-runs.ts'
import { readText } from '../scenario/read-text.ts'

/** The record of a run. Throws TB_RECORD_INVALID. */
export async function readRecord(folder: string): Promise<RunRecord> {
  return decodeRecord(await readText(join(folder, 'run.json'), 'TB_RECORD_INVALID'))
}

/** The record with every query. Throws TB_RECORD_INVALID. */
export async function readRecordedRun(folder: string): Promise<RecordedRun> {
  const [record, samples] = await Promise.all([readRecord(folder), readText(join(folder, 'samples.jsonl'), 'TB_RECORD_INVALID')])
  return { record, samples: decodeSamples(samples) }
}
