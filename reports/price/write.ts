/**
 * The folder of a price report: price.json, price.md, and the user's spreadsheet as comparison.csv
 * and comparison.xlsx.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import type { ComparisonLine, RunRecord } from '../record/record.ts'
import { comparisonCsv } from '../views/comparison/csv.ts'
import { comparisonWorkbook } from '../views/comparison/workbook.ts'
import type { View } from '../views/view.ts'
import { claimFolder } from '../write.ts'
import { priceMarkdown } from './markdown.ts'
import type { PriceReport } from './price-report.ts'

/**
 * What is written: the report, the comparison that it comes to, and the same question to all where
 * it was asked.
 */
export interface PriceFiles {
  readonly report: PriceReport
  readonly comparison: readonly ComparisonLine[]
  readonly sameQuestion: RunRecord['sameQuestion']
}

/** Of a record the spreadsheet shows these two alone; a simulation has no record. */
interface Spreadsheet {
  readonly file: string
  render(from: Pick<RunRecord, 'comparison' | 'sameQuestion'>): ReturnType<View['render']>
}

const spreadsheets: readonly Spreadsheet[] = [comparisonCsv, comparisonWorkbook]

/**
 * Writes them into a new or empty folder. Throws TB_OUT_NOT_OURS, TB_OUT_UNWRITABLE. Returns the
 * files.
 */
export async function writePrice(
  folder: string,
  { report, comparison, sameQuestion }: PriceFiles,
): Promise<readonly string[]> {
  await using _claim = await claimFolder(folder)
  const files = [
    { file: 'price.json', content: `${JSON.stringify(report, null, 2)}\n` },
    { file: 'price.md', content: priceMarkdown(report) },
    ...(await Promise.all(
      spreadsheets.map(async (view) => ({
        file: view.file,
        content: await view.render({ comparison: [...comparison], sameQuestion }),
      })),
    )),
  ].map(({ file, content }) => ({ path: join(folder, file), content }))
  try {
    for (const { path, content } of files) await writeFile(path, content, { flag: 'wx' })
  } catch (error) {
    throw new TenantbenchError('TB_OUT_UNWRITABLE', {
      detail: `${messageOf(error)}.`,
      cause: error,
    })
  }
  return files.map(({ path }) => path)
}
