/** Writing a run folder: the record, its views, the samples. */
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, TenantbenchError } from '../src/base/errors.ts'
import { encodeRecord } from './record/codec.ts'
import type { RunRecord } from './record/record.ts'
import { comparisonCsv } from './views/comparison-csv.ts'
import { reportMarkdown } from './views/report-markdown.ts'
import type { View } from './views/view.ts'

/** Every view that a run folder gets. A new report is one file in views/ and one entry here. */
export const views: readonly View[] = [comparisonCsv, reportMarkdown]

/** Claims a folder for a run: it is made, or is there and empty. Throws TB_OUT_NOT_OURS, TB_OUT_UNWRITABLE. */
export async function claimFolder(folder: string): Promise<void> {
  const entries = await naming(async () => {
    await mkdir(folder, { recursive: true })
    return readdir(folder)
  })
  if (entries.length > 0) throw new TenantbenchError('TB_OUT_NOT_OURS', { detail: `${folder}.` })
}

/** Gives a claimed folder back if nothing was written into it. */
export async function unclaimFolder(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined)
}

/** Writes the record and all views. Throws TB_OUT_UNWRITABLE. */
export async function writeReports(folder: string, record: RunRecord): Promise<void> {
  const files = [{ file: 'run.json', text: encodeRecord(record) }, ...views.map((view) => ({ file: view.file, text: view.render(record) }))]
  for (const { file, text } of files) await naming(() => writeFile(join(folder, file), text))
}

/** Writes lines of JSON. Throws TB_OUT_UNWRITABLE. */
export async function writeJsonLines(folder: string, file: string, lines: readonly object[]): Promise<void> {
  await naming(() => writeFile(join(folder, file), lines.map((line) => `${JSON.stringify(line)}\n`).join('')))
}

async function naming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new TenantbenchError('TB_OUT_UNWRITABLE', { detail: `${messageOf(error)}.`, cause: error })
  }
}
