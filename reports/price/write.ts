/** The folder of a price report: price.json, price.md, and the user's spreadsheet as comparison.csv and comparison.xlsx. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import type { ComparisonLine, RunRecord } from '../record/record.ts'
import { comparisonCsv } from '../views/comparison/csv.ts'
import { comparisonWorkbook } from '../views/comparison/workbook.ts'
import { claimFolder } from '../write.ts'
import { priceMarkdown } from './markdown.ts'
import type { PriceReport } from './price-report.ts'

/** What is written: the report, and the record with the comparison that the report comes to. */
export interface PriceFiles {
  readonly report: PriceReport
  readonly record: RunRecord
  readonly comparison: readonly ComparisonLine[]
}

/** Writes them into a new or empty folder. Throws TB_OUT_NOT_OURS, TB_OUT_UNWRITABLE. Returns the files. */
export async function writePrice(folder: string, { report, record, comparison }: PriceFiles): Promise<readonly string[]> {
  await using _claim = await claimFolder(folder)
  const priced: RunRecord = { ...record, comparison: [...comparison] }
  const files = [
    { file: 'price.json', content: `${JSON.stringify(report, null, 2)}\n` },
    { file: 'price.md', content: priceMarkdown(report) },
    ...(await Promise.all([comparisonCsv, comparisonWorkbook].map(async (view) => ({ file: view.file, content: await view.render(priced) })))),
  ].map(({ file, content }) => ({ path: join(folder, file), content }))
  try {
    for (const { path, content } of files) await writeFile(path, content, { flag: 'wx' })
  } catch (error) {
    throw new TenantbenchError('TB_OUT_UNWRITABLE', { detail: `${messageOf(error)}.`, cause: error })
  }
  return files.map(({ path }) => path)
}
