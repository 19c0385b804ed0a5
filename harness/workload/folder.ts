/**
 * A corpus of the user's: a folder of .md, .txt or .jsonl files, and beside them `questions.jsonl` with known answers. Files are
 * read, never written; links are not followed. The canary goes into the titles of what is ingested, the texts stay as they are.
 */
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join, relative } from 'node:path'
import { z } from 'zod'
import { messageOf, TenantbenchError, type Fault } from '../../src/base/errors.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import type { SourceDocument } from '../../src/index.ts'
import { markedTitle } from './canary.ts'
import type { PlannedQuestion, TenantCorpus } from './corpus.ts'

const questionLine = z.strictObject({
  id: z.string().min(1),
  question: z.string().min(1),
  answers: z.array(z.string().min(1)),
  source: z.union([z.string(), z.array(z.string())]),
  answerable: z.boolean(),
  kind: z.enum(['literal', 'paraphrase', 'two-hop', 'unanswerable']),
})
const documentLine = z.strictObject({ id: z.string().min(1), title: z.string().min(1), text: z.string() })
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
  if (documents.length === 0) throw new TenantbenchError('TB_CORPUS_UNREADABLE', { detail: `${options.path} has no text in .md, .txt or .jsonl files.` })
  const questions = await readQuestions(options, new Set(documents.map(({ id }) => id)))
  return {
    tenantId: options.tenantId,
    canary: options.canary,
    documents: documents.map((document) => ({ ...document, title: markedTitle(document.title, options.canary) })),
    questions,
    baitStock: questions.filter(({ kind }) => kind === 'literal'),
  }
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true })
    const files = entries.filter((entry) => entry.isFile() && readable.has(extname(entry.name)) && entry.name !== questionsFile)
    return files.map((entry) => join(entry.parentPath, entry.name)).sort()
  } catch (error) {
    throw new TenantbenchError('TB_CORPUS_UNREADABLE', { detail: `${folder}: ${messageOf(error)}.`, cause: error })
  }
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    throw new TenantbenchError('TB_CORPUS_UNREADABLE', { detail: `${path}: ${messageOf(error)}.`, cause: error })
  }
}

async function readDocuments(options: FolderOptions, file: string): Promise<readonly SourceDocument[]> {
  const text = await readText(file)
  const id = relative(options.path, file)
  if (extname(file) !== '.jsonl') return text.trim() === '' ? [] : [{ id, title: titleOf(text, file), text }]
  return jsonLines(text).map(({ line, value }) => parsedLine(documentLine, { value, line, path: file }, 'TB_CORPUS_UNREADABLE'))
}

/** The first heading, the front matter's title, or the file's name. */
function titleOf(text: string, file: string): string {
  const heading = /^#{1,2} (.+)$/m.exec(text)?.[1] ?? /^title: (.+)$/m.exec(text)?.[1]
  return heading?.trim() ?? basename(file, extname(file))
}

function jsonLines(text: string): readonly { readonly line: number; readonly value: string }[] {
  return text.split('\n').map((value, at) => ({ line: at + 1, value })).filter(({ value }) => value.trim() !== '')
}

interface Line {
  readonly value: string
  readonly line: number
  readonly path: string
}

function parsedLine<T>(schema: z.ZodType<T>, { value, line, path }: Line, code: 'TB_CORPUS_UNREADABLE' | 'TB_QUESTIONS_INVALID'): T {
  const found = faultsIn(schema, { value, line, path })
  if ('data' in found) return found.data
  throw new TenantbenchError(code, { detail: path, faults: found.faults })
}

function faultsIn<T>(schema: z.ZodType<T>, { value, line, path }: Line): { readonly data: T } | { readonly faults: readonly Fault[] } {
  try {
    const parsed = schema.safeParse(JSON.parse(value))
    if (parsed.success) return { data: parsed.data }
    return { faults: parsed.error.issues.map((issue) => ({ path: `${path}: ${issue.path.join('.')}`, line, message: issue.message })) }
  } catch (error) {
    return { faults: [{ path, line, message: messageOf(error) }] }
  }
}

async function readQuestions(options: FolderOptions, documentIds: ReadonlySet<string>): Promise<readonly PlannedQuestion[]> {
  const path = join(options.path, questionsFile)
  const lines = jsonLines(await readText(path)).map(({ line, value }) => faultsIn(questionLine, { value, line, path }))
  const faults = lines.flatMap((found) => ('faults' in found ? found.faults : []))
  if (faults.length > 0) throw new TenantbenchError('TB_QUESTIONS_INVALID', { detail: `${path}.`, faults })
  const questions = lines.flatMap((found) => ('data' in found ? [found.data] : []))
  const missing = questions.flatMap(({ id, source }) => [source].flat().filter((name) => !documentIds.has(name)).map((name): Fault => ({ path: `${path}: ${id}.source`, line: null, message: `no document ${name}` })))
  if (missing.length > 0) throw new TenantbenchError('TB_QUESTIONS_INVALID', { detail: `${path}.`, faults: missing })
  return questions.map(({ id, question, answers, source, answerable, kind }) => ({ id, kind, text: question, answers: answerable ? answers : [], sources: [source].flat() }))
}
