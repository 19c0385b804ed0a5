/**
 * comparison.xlsx, read again by another library: numbers are numbers, text is text, also text that
 * begins like a formula.
 */
import { readSheet } from 'read-excel-file/node'
import { describe, expect, it } from 'vitest'
import { comparisonCsv } from '../../reports/views/comparison/csv.ts'
import { comparisonWorkbook } from '../../reports/views/comparison/workbook.ts'
import { runRecord } from '../unit/support/record.ts'
import { hostileRecord } from './hostile-record.ts'

type Sheet = readonly (readonly unknown[])[]
const sheet = async (record: typeof hostileRecord, name: string): Promise<Sheet> =>
  readSheet(Buffer.from(await comparisonWorkbook.render(record)), name)

describe('comparison.xlsx', () => {
  it(
    "has the user's seven columns on its first sheet, the same as comparison.csv, with " +
      'numbers as numbers',
    async () => {
      const record = runRecord()
      const [head, first] = await sheet(record, 'Comparison')
      expect(head).toEqual(comparisonCsv.render(record).split('\n')[0]?.split(','))
      expect(first).toEqual(['A', 60, 425.5, 0.045, 'gpt-3.5-turbo', 5, 0.008])
    },
  )

  it('asks the same question on its second sheet', async () => {
    const [head, first] = await sheet(runRecord(), 'Same question')
    expect(head).toEqual([
      'Tenant',
      'Question',
      'Response time (s)',
      'Prompt tokens',
      'Completion tokens',
      'Cost',
      'Top source',
      'Right',
    ])
    expect(first).toEqual(['A', 'How high is the fee?', 0.9, 3_000, 250, 0.04, 'A-00001', 'yes'])
  })

  it('says who would gain, from what and why', async () => {
    const [, first] = await sheet(runRecord(), 'Who would gain')
    expect(first).toEqual([
      'A',
      'gpt-4-turbo, top_k 10, rerank',
      'gpt-3.5-turbo, top_k 5',
      -0.037,
      -185,
      runRecord().comparison[0]?.reason,
      null,
    ])
  })

  it('leaves empty what cannot be recommended, and keeps hostile text as text', async () => {
    const rows = await sheet(hostileRecord, 'Comparison')
    expect(rows).toHaveLength(hostileRecord.comparison.length + 1)
    expect(rows[2]?.slice(4)).toEqual([null, null, null])
    // A formula would be read as its missing result, null.
    expect(rows.slice(1).map((row) => row[4])).toContain("+1+cmd|' /C calc'!A0")
    expect(rows.slice(1).map((row) => row[4])).toContain('@SUM(A1)')
  })
})
