/**
 * A corpus of the user's: a folder of .md, .txt or .jsonl files, and beside them `questions.jsonl`
 * with known answers. Files are read, never written; links are not followed, and refused. The
 * canary goes into the titles of what is ingested, the texts stay as they are.
 */
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join, relative } from 'node:path'
import { z } from 'zod'
import { messageOf, TenantbenchError, type Fault } from '../../src/base/errors.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import type { SourceDocument } from '../../src/index.ts'
import { markedTitle } from './canary.ts'
import type { PlannedQuestion, TenantCorpus } from './corpus.ts'

// Ids go into headers and idempotency keys.
const identifier = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'printable ASCII without blanks, at most 200 characters')
const questionLine = z
  .strictObject({
    id: identifier,
    question: z.string().min(1),
    answers: z.array(z.string().min(1)),
    source: z.union([z.string(), z.array(z.string())]),
    answerable: z.boolean(),
    kind: z.enum(['literal', 'paraphrase', 'two-hop', 'unanswerable']),
  })
  .refine(({ answerable, kind }) => answerable === (kind !== 'unanswerable'), {
    path: ['kind'],
    message: 'answerable is true for every kind but unanswerable',
  })
  .refine(({ answerable, answers }) => answerable === answers.length > 0, {
    path: ['answers'],
    message: 'an answerable question has answers, another has none',
  })
const storable = z
  .string()
  .refine((text) => !text.includes('\0'), 'a NUL character cannot be stored')
const documentLine = z.strictObject({ id: storable.min(1), title: storable.min(1), text: storable })
const questionsFile = 'questions.jsonl'
const readable = new Set(['.md', '.txt', '.jsonl'])

/** Whose corpus, where, and under which mark. */
export interface FolderOptions {
  readonly tenantId: TenantId
  readonly canary: string
  readonly path: string
}

/** Reads a corpus. Throws TB_CORPUS_UNREADABLE, TB_QUESTIONS_INVALID with every fault. */
export async function readCorpusFolder(options: FolderOptions): Promise<TenantCorpus> {
  const files = await listFiles(options.path)
  const documents = (await Promise.all(files.map((file) => readDocuments(options, file)))).flat()
  const twice = repeated(documents.map(({ id }) => id))
  if (twice.length > 0)
    throw new TenantbenchError('TB_CORPUS_UNREADABLE', {
      detail: `${options.path}: document ids that are there twice: ${twice.join(', ')}.`,
    })
  if (documents.length === 0)
    throw new TenantbenchError('TB_CORPUS_UNREADABLE', {
      detail: `${options.path} has no text in .md, .txt or .jsonl files.`,
    })
  const questions = await readQuestions(options, new Set(documents.map(({ id }) => id)))
  return {
    tenantId: options.tenantId,
    canary: options.canary,
    documents: documents.map((document) => ({
      ...document,
      title: markedTitle(document.title, options.canary),
    })),
    questions,
    baitStock: questions.filter(({ kind }) => kind === 'literal'),
  }
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true })
    const links = entries
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    if (links.length > 0)
      throw new TenantbenchError('TB_CORPUS_UNREADABLE', {
        detail:
          `${folder}: ${links.sort().join(', ')}: links are not followed, for they may lead ` +
          'out of the folder; put the file there, or take the link away.',
      })
    const files = entries.filter(
      (entry) =>
        entry.isFile() && readable.has(extname(entry.name)) && entry.name !== questionsFile,
    )
    return files.map((entry) => join(entry.parentPath, entry.name)).sort()
  } catch (error) {
    if (error instanceof TenantbenchError) throw error
    throw new TenantbenchError('TB_CORPUS_UNREADABLE', {
      detail: `${folder}: ${messageOf(error)}.`,
      cause: error,
    })
  }
}

async function readText(path: string): Promise<string> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
    if (text.includes('\0'))
      throw new TenantbenchError('TB_CORPUS_UNREADABLE', {
        detail: `${path}: a NUL character cannot be stored.`,
      })
    return text
  } catch (error) {
    if (error instanceof TenantbenchError) throw error
    throw new TenantbenchError('TB_CORPUS_UNREADABLE', {
      detail: `${path}: ${messageOf(error)}.`,
      cause: error,
    })
  }
}

async function readDocuments(
  options: FolderOptions,
  file: string,
): Promise<readonly SourceDocument[]> {
  const text = await readText(file)
  const id = relative(options.path, file)
  if (extname(file) !== '.jsonl')
    return text.trim() === '' ? [] : [{ id, title: titleOf(text, file), text }]
  return parsedLines(documentLine, { path: file, text, code: 'TB_CORPUS_UNREADABLE' }).map(
    ({ data }) => data,
  )
}

/** Values that come more than once, once each. */
function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))]
}

/** The first heading, the front matter's title, or the file's name. */
function titleOf(text: string, file: string): string {
  const heading = /^#{1,2} (.+)$/m.exec(text)?.[1] ?? /^title: (.+)$/m.exec(text)?.[1]
  return heading?.trim() ?? basename(file, extname(file))
}

function jsonLines(text: string): readonly { readonly line: number; readonly value: string }[] {
  return text
    .split('\n')
    .map((value, at) => ({ line: at + 1, value }))
    .filter(({ value }) => value.trim() !== '')
}

interface Line {
  readonly value: string
  readonly line: number
  readonly path: string
}

interface JsonLines {
  readonly path: string
  readonly text: string
  readonly code: 'TB_CORPUS_UNREADABLE' | 'TB_QUESTIONS_INVALID'
}

/** All lines, or all their faults at once. */
function parsedLines<T>(
  schema: z.ZodType<T>,
  { path, text, code }: JsonLines,
): readonly { readonly line: number; readonly data: T }[] {
  const lines = jsonLines(text).map(({ line, value }) => ({
    line,
    found: faultsIn(schema, { value, line, path }),
  }))
  const faults = lines.flatMap(({ found }) => ('faults' in found ? found.faults : []))
  if (faults.length > 0) throw new TenantbenchError(code, { detail: `${path}.`, faults })
  return lines.flatMap(({ line, found }) => ('data' in found ? [{ line, data: found.data }] : []))
}

function faultsIn<T>(
  schema: z.ZodType<T>,
  { value, line, path }: Line,
): { readonly data: T } | { readonly faults: readonly Fault[] } {
  try {
    const parsed = schema.safeParse(JSON.parse(value))
    if (parsed.success) return { data: parsed.data }
    return {
      faults: parsed.error.issues.map((issue) => ({
        path: `${path}: ${issue.path.join('.')}`,
        line,
        message: issue.message,
      })),
    }
  } catch (error) {
    return { faults: [{ path, line, message: messageOf(error) }] }
  }
}

async function readQuestions(
  options: FolderOptions,
  documentIds: ReadonlySet<string>,
): Promise<readonly PlannedQuestion[]> {
  const path = join(options.path, questionsFile)
  const lines = parsedLines(questionLine, {
    path,
    text: await readText(path),
    code: 'TB_QUESTIONS_INVALID',
  })
  const ids = lines.map(({ data }) => data.id)
  const faults = lines.flatMap(({ line, data: { id, source } }, at): readonly Fault[] => [
    ...(ids.indexOf(id) === at
      ? []
      : [{ path: `${path}: id`, line, message: `question ${id} is there already` }]),
    ...[source]
      .flat()
      .filter((name) => !documentIds.has(name))
      .map((name) => ({ path: `${path}: source`, line, message: `no document ${name}` })),
  ])
  if (faults.length > 0)
    throw new TenantbenchError('TB_QUESTIONS_INVALID', { detail: `${path}.`, faults })
  const questions = lines.map(({ data }) => data)
  return questions.map(({ id, question, answers, source, kind }) => ({
    id,
    kind,
    text: question,
    answers,
    sources: [source].flat(),
  }))
}
