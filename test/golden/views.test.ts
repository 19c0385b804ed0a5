/**
 * Every view of a record as it reads today, and that no user's text becomes a formula, markup, a
 * link or a command in it.
 */
import { describe, expect, test } from 'vitest'
import { decodeRecord, encodeRecord } from '../../reports/record/codec.ts'
import { comparisonCsv } from '../../reports/views/comparison/csv.ts'
import { junitXml } from '../../reports/views/junit-xml.ts'
import { reportMarkdown } from '../../reports/views/report-markdown.ts'
import { terminalComparison } from '../../reports/views/terminal.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import { printable } from '../../src/base/text.ts'
import { hostileRecord } from './hostile-record.ts'

const views: readonly (readonly [string, (record: RunRecord) => string])[] = [
  ['comparison.golden.csv', (record) => comparisonCsv.render(record)],
  ['report.golden.md', (record) => reportMarkdown.render(record)],
  ['junit.golden.xml', (record) => junitXml.render(record)],
  ['terminal.golden.txt', (record) => `${terminalComparison(record)}\n`],
]

test.each(views)('%s', async (file, render) => {
  await expect(render(hostileRecord)).toMatchFileSnapshot(`./${file}`)
})

test('the record is one that the codec accepts, and comes back as it was', () => {
  expect(decodeRecord(encodeRecord(hostileRecord))).toEqual(hostileRecord)
})

describe('a hostile text stays text', () => {
  test.each(views)('in %s: no control character, no reversed writing', (_file, render) => {
    for (const line of render(hostileRecord).split('\n')) expect(printable(line)).toBe(line)
  })

  test.each(views)('in %s: no line is a command to a CI log', (_file, render) => {
    expect(
      render(hostileRecord)
        .split(/\r?\n/)
        .filter((each) => each.trimStart().startsWith('::')),
    ).toEqual([])
    expect(render(hostileRecord)).not.toMatch(/##(\[|vso\[)/)
  })

  test('no field of comparison.csv begins like a formula', () => {
    const fields = fieldsOf(comparisonCsv.render(hostileRecord))
    expect(fields).toHaveLength(hostileRecord.comparison.length + 1)
    expect(fields.flat().filter((field) => /^[=+\-@\t\r]/.test(field))).toEqual([])
    expect(new Set(fields.map(({ length }) => length))).toEqual(new Set([7]))
  })

  test('report.md has no HTML, no link, no mention and no heading but its own', () => {
    const text = reportMarkdown.render(hostileRecord)
    expect(text).not.toMatch(/<(?!br)/)
    expect(text).not.toMatch(/(?<!\\)\[[^\]\\]*\]\(/)
    expect(text).not.toMatch(/https?:\/\/|@someone/)
    expect(
      text
        .split('\n')
        .filter((each) => each.startsWith('#'))
        .map((each) => each.split(' ')[1]),
    ).toEqual([
      '\\[click\\](https&#58;//evil.example/):',
      'Comparison',
      'Why',
      'Figures',
      'What',
      'Cells',
      'Quality',
      'The',
      'Isolation',
      'Ledger',
      'Capacity',
      'Checks',
      'How',
    ])
  })

  test('every table of report.md has as many columns in each row', () => {
    const tables = reportMarkdown
      .render(hostileRecord)
      .split('\n\n')
      .filter((block) => block.startsWith('|'))
    expect(tables).toHaveLength(10)
    for (const table of tables)
      expect(new Set(table.split('\n').map((row) => row.split(/(?<!\\)\|/).length)).size).toBe(1)
  })

  test('the terminal table fits 120 columns', () => {
    const widths = terminalComparison(hostileRecord)
      .split('\n')
      .map((each) => [...each].length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(120)
    expect(new Set(widths).size).toBe(1)
  })
})

/** Reads CSV of quoted fields: enough for what csv-stringify writes. */
function fieldsOf(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]]
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n"]*))(,|\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '')
    if (end === '\n') rows.push([])
  }
  return rows.filter(({ length }) => length > 0)
}
