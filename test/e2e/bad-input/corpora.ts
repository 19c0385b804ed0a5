/** Folders of documents and questions that cannot be read, or say what cannot be. */
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorCode } from '../../../src/base/errors.ts'
import { flagRow, type BadInput } from './row.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

const fee = {
  id: 'q1',
  question: 'What is the fee?',
  answers: ['$740'],
  source: 'a.md',
  answerable: true,
  kind: 'literal',
} as const
const question = (changes: object): string => `${JSON.stringify({ ...fee, ...changes })}\n`
const document = { 'corpus/a.md': '# Fees\n\nThe fee is $740.\n' } as const
const good = { ...document, 'corpus/questions.jsonl': question({}) } as const
const useCorpus = ['--set', 'tenants[0].corpus={ kind: folder, path: "{here}/corpus" }'] as const

function corpusRow(
  title: string,
  files: Files,
  says: readonly string[],
  code: ErrorCode = 'TB_CORPUS_UNREADABLE',
): BadInput {
  return { ...flagRow(title, useCorpus, { code, says }), files }
}

function questionsRow(
  title: string,
  questions: string | Uint8Array,
  says: readonly string[],
): BadInput {
  return corpusRow(
    title,
    { ...document, 'corpus/questions.jsonl': questions },
    says,
    'TB_QUESTIONS_INVALID',
  )
}

const long = 'fee '.repeat(9_000)

const documents: readonly BadInput[] = [
  corpusRow('a corpus folder that is not there', {}, ['{here}/corpus: ENOENT']),
  corpusRow('an empty corpus folder', { 'corpus/': '' }, [
    '{here}/corpus has no text in .md, .txt or .jsonl files',
  ]),
  corpusRow('a file for a corpus folder', { corpus: 'text' }, ['{here}/corpus: ENOTDIR']),
  corpusRow(
    'a document that is not UTF-8',
    { ...good, 'corpus/b.txt': Buffer.from('caf\u00e9', 'latin1') },
    ['{here}/corpus/b.txt: The encoded data was not valid'],
  ),
  corpusRow(
    'a document line that is not JSON',
    { ...good, 'corpus/b.jsonl': '{"id": "b1", "title": "B", "text": "b"}\n{"id": \n' },
    ['line 2: {here}/corpus/b.jsonl: ', 'JSON'],
  ),
  corpusRow(
    'a document id twice in a file',
    {
      ...good,
      'corpus/b.jsonl':
        '{"id": "b1", "title": "B", "text": "b"}\n{"id": "b1", "title": "B", "text": "b"}\n',
    },
    ['document ids that are there twice: b1'],
  ),
  {
    ...corpusRow('a link that leads out of the corpus folder', good, [
      '{here}/corpus: passwd.txt: links are not followed',
    ]),
    arrange: (folder) => symlinkSync('/etc/passwd', join(folder, 'corpus/passwd.txt')),
  },
  corpusRow(
    'a document title of more than 8,191 tokens',
    { ...good, 'corpus/b.md': `# ${long}\n\nText.\n` },
    ['tenant A: the title of document b.md is too long to be embedded'],
    'TB_INPUT_TOO_LONG',
  ),
]

const questions: readonly BadInput[] = [
  corpusRow('a corpus folder without questions', document, [
    '{here}/corpus/questions.jsonl: ENOENT',
  ]),
  questionsRow('questions that are not JSON', 'What is the fee?\n', [
    'line 1: {here}/corpus/questions.jsonl: ',
    'JSON',
  ]),
  questionsRow(
    'a question about a document that is not there',
    question({}) + question({ id: 'q2', source: ['a.md', 'b.md'] }),
    ['line 2: {here}/corpus/questions.jsonl: source: no document b.md'],
  ),
  questionsRow('an answerable question without answers', question({ answers: [] }), [
    'line 1: {here}/corpus/questions.jsonl: answers: an answerable question has answers',
  ]),
  questionsRow('a question id twice', question({}) + '\n' + question({}), [
    'line 3: {here}/corpus/questions.jsonl: id: question q1 is there already',
  ]),
  corpusRow(
    'a question of more than 8,191 tokens',
    { ...document, 'corpus/questions.jsonl': question({ question: long }) },
    ['tenant A: question q1 is too long to be embedded', '8191 tokens'],
    'TB_INPUT_TOO_LONG',
  ),
]

/** Corpora. */
export const corpora: readonly BadInput[] = [...documents, ...questions]
