/** The files of the audit corpus are well formed, and a mistyped label is found with its line. */
import { describe, expect, it } from 'vitest'
import { parseCorpusFile, readCorpus } from '../../support/audit-corpus.ts'

const { cases, faults } = readCorpus()
const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`
const good = [
  '-- title: t',
  '-- kind: hole',
  '-- expect: B05',
  '-- expect: D01|D02',
  '-- logins: app worker',
  'create role app login;',
  '-- @data',
  'select 1;',
  '-- @exploit state=recycled',
  'select 2;',
] as const

describe('the corpus', () => {
  it('has no faults', () => expect(faults).toEqual([]))
  it('holds holes and safe schemas', () => {
    expect(cases.filter(({ kind }) => kind === 'hole').length).toBeGreaterThanOrEqual(110)
    expect(cases.filter(({ kind }) => kind === 'safe').length).toBeGreaterThanOrEqual(45)
  })
  it('keeps a hole in the folder of a vector that it expects', () => {
    const strays = cases.filter(
      ({ kind, path, expect: vectors }) =>
        kind === 'hole' &&
        !vectors.flat().some((vector) => path.startsWith(`${vector.toLowerCase()}/`)),
    )
    expect(strays.map(({ path }) => path)).toEqual([])
  })
  it('names the hole that a twin mends', () => {
    const folders = new Set(
      cases.filter(({ kind }) => kind === 'hole').map(({ path }) => path.split('/')[0]),
    )
    const twins = cases.filter(({ path }) => /^safe\/[a-d]\d/.test(path))
    expect(
      twins
        .filter(({ path }) => !folders.has(path.slice(5).split('-')[0] ?? ''))
        .map(({ path }) => path),
    ).toEqual([])
  })
  it('gives each case a title of its own', () => {
    const titles = cases.map(({ title }) => title)
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
  })
})

describe('a file', () => {
  it('is read', () => {
    expect(parseCorpusFile('b05/x.sql', lines(...good)).parsed).toMatchObject({
      kind: 'hole',
      expect: [['B05'], ['D01', 'D02']],
      logins: ['app', 'worker'],
      postgres: { from: 15, to: 18 },
      sections: [
        { kind: 'data', role: 'superuser', state: 'fresh', line: 7 },
        { kind: 'exploit', role: 'app', state: 'recycled', sql: 'select 2;', line: 9 },
      ],
    })
  })

  it('may hold on some versions only', () => {
    const of = (label: string): unknown =>
      parseCorpusFile('b05/x.sql', lines(`-- postgres: ${label}`, ...good)).parsed?.postgres
    expect([of('16+'), of('-15')]).toEqual([
      { from: 16, to: 18 },
      { from: 15, to: 15 },
    ])
  })

  it.each([
    ['an unknown label', ['-- titel: t', ...good], '1 no such label: -- titel: t'],
    ['a vector that is none', ['-- expect: Z9', ...good], '1 expect is not well formed: Z9'],
    ['an unknown section', [...good, '-- @atack', 'select 1;'], '11 no such section: -- @atack'],
    [
      'an unknown state',
      [...good, '-- @exploit state=stale', 'select 1;'],
      '11 no such section: -- @exploit state=stale',
    ],
    ['an empty section', [...good, '-- @data'], '11 the section is empty'],
    ['no exploit', good.slice(0, 8), '1 there is no @exploit, so the label cannot be proven'],
    ['no logins', good.filter((line) => !line.includes('logins')), '1 there are no logins'],
    [
      'a safe file among holes',
      good.map((line) => line.replace('kind: hole', 'kind: safe')),
      '1 kind and folder disagree',
    ],
  ])('with %s is refused', (_what, text, fault) => {
    const { parsed, faults: found } = parseCorpusFile('b05/x.sql', lines(...text))
    expect(parsed).toBeNull()
    expect(found.map(({ line, what }) => `${line} ${what}`)).toContain(fault)
  })
})
