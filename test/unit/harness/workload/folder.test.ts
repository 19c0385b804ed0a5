import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TenantCorpus } from '../../../../harness/workload/corpus.ts'
import { readCorpusFolder } from '../../../../harness/workload/folder.ts'
import { rejectionOf } from '../../support/failures.ts'
import { tenant } from '../../support/prices.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantbench-corpus-'))
})
afterEach(() => rm(folder, { recursive: true }))

const question = (change: object = {}): string =>
  JSON.stringify({
    id: 'q1',
    question: 'How high?',
    answers: ['$5'],
    source: 'fees.md',
    answerable: true,
    kind: 'literal',
    ...change,
  })
const feesFile = '# Fees of 2026\n\nThe fee is $5.\n'

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
}

const read = (path = folder): Promise<TenantCorpus> =>
  readCorpusFolder({ tenantId: tenant('A'), canary: 'zvaxkrox', path })
const faultsOf = async (): Promise<
  readonly { readonly path: string; readonly line: number | null }[]
> => (await rejectionOf(read())).faults

describe('a folder of texts', () => {
  it('is read with titles, canary and questions, in an order of its own', async () => {
    await write({
      'b.txt': 'title: From front matter\n\nText.',
      'a.txt': 'No title here.',
      'sub/fees.md': feesFile,
      'many.jsonl':
        `${JSON.stringify({ id: 'm1', title: 'One', text: 'First.' })}\n\n` +
        `${JSON.stringify({ id: 'm2', title: 'Two', text: 'Second.' })}\n`,
      'ignored.pdf': 'x',
      'empty.md': ' \n',
      'questions.jsonl':
        `${question({ source: 'sub/fees.md' })}\n` +
        `${question({ id: 'q2', kind: 'two-hop', source: ['m1', 'm2'] })}\n` +
        `${question({ id: 'q3', kind: 'unanswerable', answers: [], source: [], answerable: false })}` +
        '\n',
    })
    const corpus = await read()
    expect(corpus.documents.map(({ id, title }) => [id, title])).toEqual([
      ['a.txt', 'a (zvaxkrox)'],
      ['b.txt', 'From front matter (zvaxkrox)'],
      ['m1', 'One (zvaxkrox)'],
      ['m2', 'Two (zvaxkrox)'],
      ['sub/fees.md', 'Fees of 2026 (zvaxkrox)'],
    ])
    expect(corpus.documents.at(-1)?.text).toBe(feesFile)
    expect(
      corpus.questions.map(({ id, kind, answers, sources }) => [id, kind, answers, sources]),
    ).toEqual([
      ['q1', 'literal', ['$5'], ['sub/fees.md']],
      ['q2', 'two-hop', ['$5'], ['m1', 'm2']],
      ['q3', 'unanswerable', [], []],
    ])
    expect(corpus.baitStock.map(({ id }) => id)).toEqual(['q1'])
    expect(await readFile(join(folder, 'sub/fees.md'), 'utf8')).toBe(feesFile)
  })

  it('does not follow links, to files or to folders, and says so instead of leaving them out', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'tenantbench-outside-'))
    try {
      await writeFile(join(outside, 'secret.md'), '# Secret')
      await write({ 'fees.md': feesFile, 'questions.jsonl': question() })
      await symlink(join(outside, 'secret.md'), join(folder, 'link.md'))
      await symlink(outside, join(folder, 'linked'))
      const error = await rejectionOf(read())
      expect(error).toMatchObject({ code: 'TB_CORPUS_UNREADABLE', exitCode: 2 })
      expect(error.message).toContain('link.md, linked: links are not followed')
    } finally {
      await rm(outside, { recursive: true })
    }
  })

  it.each([
    ['no folder', {}, 'missing'],
    ['no text', { 'x.pdf': 'x', 'questions.jsonl': '' }, ''],
    ['only empty text', { 'a.md': '\n', 'questions.jsonl': '' }, ''],
    ['no questions', { 'fees.md': feesFile }, ''],
    [
      'a text that is not UTF-8',
      { 'fees.md': new Uint8Array([0x61, 0xff, 0xfe]), 'questions.jsonl': '' },
      '',
    ],
    [
      'questions that are not UTF-8',
      { 'fees.md': feesFile, 'questions.jsonl': new Uint8Array([0xff]) },
      '',
    ],
  ])('is refused with its path: %s', async (_case, files, path) => {
    await write(files)
    const error = await rejectionOf(read(join(folder, path)))
    expect(error).toMatchObject({ code: 'TB_CORPUS_UNREADABLE', exitCode: 2 })
    expect(error.detail).toContain(folder)
  })
})

describe('broken lines', () => {
  it('of questions are all told, each with its line', async () => {
    await write({
      'fees.md': feesFile,
      'questions.jsonl': [
        question(),
        '{ not json',
        '',
        question({ id: 'q2', extra: 1 }),
        question({ id: 'q3', kind: 'bait' }),
        '42',
        question({ id: 'q4', answers: 'x' }),
      ].join('\n'),
    })
    const error = await rejectionOf(read())
    expect(error).toMatchObject({ code: 'TB_QUESTIONS_INVALID', exitCode: 2 })
    expect(error.faults.map(({ line }) => line)).toEqual([2, 4, 5, 6, 7])
  })

  it('of documents are all told, each with its line', async () => {
    await write({
      'many.jsonl': [
        '{"id":"a","title":"t","text":"x"}',
        '{"id":"b"}',
        '[',
        '{"id":"","title":"t","text":"x"}',
      ].join('\n'),
      'questions.jsonl': '',
    })
    expect(new Set((await faultsOf()).map(({ line }) => line))).toEqual(new Set([2, 3, 4]))
  })

  it('that name a document which is not there are told with their line', async () => {
    await write({
      'fees.md': feesFile,
      'questions.jsonl':
        `${question()}\n${question({ id: 'q2', source: 'nowhere.md' })}\n` +
        `${question({ id: 'q3', source: ['fees.md', 'gone.md'] })}`,
    })
    expect((await faultsOf()).map(({ line }) => line)).toEqual([2, 3])
  })
})

describe('what would make figures wrong is refused', () => {
  it.each([
    [
      'two questions of one id: their requests could not be told apart',
      { 'questions.jsonl': `${question()}\n${question({ question: 'How low?' })}` },
    ],
    [
      'two documents of one id',
      { 'more.jsonl': '{"id":"fees.md","title":"t","text":"x"}', 'questions.jsonl': question() },
    ],
    ['an answerable question without an answer', { 'questions.jsonl': question({ answers: [] }) }],
    [
      'an unanswerable kind that has an answer',
      { 'questions.jsonl': question({ kind: 'unanswerable' }) },
    ],
    [
      'a literal question that is not answerable',
      { 'questions.jsonl': question({ answerable: false }) },
    ],
  ])('%s', async (_case, files) => {
    await write({ 'fees.md': feesFile, ...files })
    expect((await rejectionOf(read())).exitCode).toBe(2)
  })

  it('and an id that cannot go along as the header of a request', async () => {
    await write({ 'fees.md': feesFile, 'questions.jsonl': question({ id: '質問\n1' }) })
    expect((await rejectionOf(read())).exitCode).toBe(2)
  })
})
