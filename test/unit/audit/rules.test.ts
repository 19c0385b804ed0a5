/** The rules are a catalogue: one file a vector, each with what it needs, all in the docs. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rules } from '../../../src/audit/rules/rules.ts'
import { checkout } from '../../house/tree.ts'

const folder = join(checkout, 'src/audit/rules')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /(^|\/)[abcd]\d\d[a-z]*-.*\.ts$/.test(name),
)
const page = readFileSync(join(checkout, 'docs/vectors.md'), 'utf8')

it('every file of a vector is in the list, once', () => {
  const ids = rules.map(({ id }) => id.toLowerCase())
  expect(new Set(ids).size).toBe(ids.length)
  expect(
    files
      .map((name) => /([abcd]\d\d[a-z]*)-/.exec(name)?.[1])
      .filter((id) => !ids.includes(id ?? '')),
  ).toEqual([])
  expect(files.length).toBe(ids.filter((id) => /^[abcd]\d/.test(id)).length)
})

describe.each(rules)('$id', ({ id, title, severities, explanation, source, shownBy }) => {
  it('says what it is, and is in docs/vectors.md unless it is an advisory', () => {
    for (const text of [title, explanation, source]) expect(text.length).toBeGreaterThan(10)
    expect(Array.isArray(shownBy) ? shownBy.length : 1).toBeGreaterThan(0)
    if (/^[A-D]\d/.test(id))
      expect(page).toContain(
        `| ${id} | ${title} | ${severities.M1} | ${severities.M2} | ${severities.M3} |`,
      )
  })
})
