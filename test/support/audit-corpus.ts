/**
 * The labelled corpus for `tenantbench audit`: SQL files whose first lines say what they hold. This
 * module reads files into cases; whether the labels are true is decided by audit-corpus-proof.ts on
 * real servers. test/corpus/audit/README.md describes the format.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * In what condition a session is before its statements run: never had a context, or had one that
 * ended with its transaction.
 */
export type SessionState = 'fresh' | 'recycled'

/** Who runs a section, on what kind of connection. */
export interface ProofSession {
  /** A login role of the case, or `superuser`. */
  readonly role: string
  readonly state: SessionState
}

/**
 * A part of the file that only the proof runs. `works` is what a tenant may do, `exploit` what it
 * may not.
 */
export interface CorpusSection extends ProofSession {
  readonly kind: 'data' | 'works' | 'exploit'
  readonly sql: string
  readonly line: number
}

/** One file. */
export interface CorpusCase {
  /** Folder and file, e.g. `b05/empty-string.sql`. */
  readonly path: string
  readonly title: string
  readonly kind: 'hole' | 'safe'
  /** What has to be reported: one of each inner list. Empty for safe files. */
  readonly expect: readonly (readonly string[])[]
  /** Other true findings that may be reported beside. */
  readonly also: readonly string[]
  /** What the finding has to name, where that is certain. */
  readonly object: string | null
  /** Login roles of tenants. */
  readonly logins: readonly string[]
  /**
   * Whether the audit has to be told the logins, because the catalogue cannot say which they are.
   */
  readonly isRoleNeeded: boolean
  /** Major versions on which the label holds, both included. */
  readonly postgres: { readonly from: number; readonly to: number }
  /** All before the first section: what an audit is shown. */
  readonly schema: string
  readonly sections: readonly CorpusSection[]
}

/** What is wrong with a file, and where. */
export interface CorpusFault {
  readonly path: string
  /** From 1. */
  readonly line: number
  readonly what: string
}

/** Major versions that the corpus speaks of. */
export const corpusVersions = [15, 16, 17, 18] as const

const corpusFolder = fileURLToPath(new URL('../corpus/audit', import.meta.url))

/** Reads all files, in order of their paths. */
export function readCorpus(): {
  readonly cases: readonly CorpusCase[]
  readonly faults: readonly CorpusFault[]
} {
  const read = sqlFiles(corpusFolder).map((file) =>
    parseCorpusFile(`${basename(dirname(file))}/${basename(file)}`, readFileSync(file, 'utf8')),
  )
  return {
    cases: read.flatMap(({ parsed }) => parsed ?? []),
    faults: read.flatMap(({ faults }) => faults),
  }
}

function sqlFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => join(folder, name))
}

/**
 * Reads one file. With any fault there is no case, so that a mistyped label cannot pass for a
 * missing one.
 */
export function parseCorpusFile(
  path: string,
  text: string,
): { readonly parsed: CorpusCase | null; readonly faults: readonly CorpusFault[] } {
  const faults: CorpusFault[] = []
  const fault = (line: number, what: string): void => void faults.push({ path, line, what })
  const labels = readLabels(text, fault)
  const last = (name: string): string | null =>
    labels.findLast((label) => label.name === name)?.value ?? null
  const kind = last('kind') === 'hole' ? 'hole' : 'safe'
  const proof = sessionOf(last('proof') ?? '', { role: 'app', state: 'fresh' })
  if (proof === null) fault(1, 'proof: write role=NAME state=fresh|recycled')
  const { schema, sections } = readSections(text, proof ?? { role: 'app', state: 'fresh' }, fault)
  const parsed: CorpusCase = {
    path,
    title: last('title') ?? '',
    kind,
    expect: labels.filter(({ name }) => name === 'expect').map(({ value }) => value.split('|')),
    also: words(last('also')),
    object: last('object'),
    logins: words(last('logins')),
    isRoleNeeded: last('roles') === 'needed',
    postgres: versionsOf(last('postgres') ?? '15+'),
    schema,
    sections,
  }
  for (const what of whatIsMissing(parsed, last('kind'))) fault(1, what)
  return { parsed: faults.length === 0 ? parsed : null, faults }
}

interface Label {
  readonly name: string
  readonly value: string
}

type Fault = (line: number, what: string) => void

const patterns: Readonly<Record<string, RegExp>> = {
  title: /^\S.*$/,
  kind: /^(?:hole|safe)$/,
  expect: /^[A-D]\d\d[a-z]?(?:\|[A-D]\d\d[a-z]?)*$/,
  also: /^[A-D]\d\d[a-z]?(?: [A-D]\d\d[a-z]?)*$/,
  object: /^\S.*$/,
  logins: /^\S.*$/,
  roles: /^needed$/,
  postgres: /^(?:1[5-8]\+|-1[5-8])$/,
  proof: /^role=/,
}

function readLabels(text: string, fault: Fault): readonly Label[] {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('-- '))
  return lines.slice(0, end).flatMap((line, index) => {
    const [, name = '', value = ''] = /^-- ([a-z]+): *(.*)$/.exec(line) ?? []
    const pattern = patterns[name]
    if (pattern === undefined) fault(index + 1, `no such label: ${line}`)
    else if (!pattern.test(value)) fault(index + 1, `${name} is not well formed: ${value}`)
    return pattern === undefined ? [] : [{ name, value }]
  })
}

function readSections(
  text: string,
  proof: ProofSession,
  fault: Fault,
): Pick<CorpusCase, 'schema' | 'sections'> {
  const lines = text.split('\n')
  const starts = lines.flatMap((line, index) => (line.startsWith('-- @') ? [index] : []))
  const sections = starts.flatMap((start, index) => {
    const [, name = '', rest = ''] = /^-- @([a-z]+) *(.*)$/.exec(lines[start] ?? '') ?? []
    const session = sessionOf(rest, name === 'data' ? { role: 'superuser', state: 'fresh' } : proof)
    const kind = (['data', 'works', 'exploit'] as const).find((each) => each === name)
    if (kind === undefined || session === null) fault(start + 1, `no such section: ${lines[start]}`)
    const sql = lines
      .slice(start + 1, starts[index + 1])
      .join('\n')
      .trim()
    if (sql === '') fault(start + 1, 'the section is empty')
    return kind === undefined || session === null
      ? []
      : [{ kind, sql, line: start + 1, ...session }]
  })
  return { schema: lines.slice(0, starts[0]).join('\n'), sections }
}

function sessionOf(text: string, fallback: ProofSession): ProofSession | null {
  if (text === '') return fallback
  const match = /^(?:role=("[^"]+"|\S+))?(?: ?state=(fresh|recycled))?$/.exec(text)
  if (match === null) return null
  return {
    role: match[1]?.replaceAll('"', '') ?? fallback.role,
    state: match[2] === 'recycled' ? 'recycled' : match[2] === 'fresh' ? 'fresh' : fallback.state,
  }
}

function versionsOf(text: string): CorpusCase['postgres'] {
  const version = Number(text.replace(/\D/g, ''))
  return text.startsWith('-') ? { from: 15, to: version } : { from: version, to: 18 }
}

function words(text: string | null): readonly string[] {
  return text === null ? [] : text.split(/[ ,]+/)
}

function whatIsMissing(parsed: CorpusCase, kind: string | null): readonly string[] {
  const proofs = parsed.sections.filter((section) => section.kind === 'exploit')
  return [
    ...(parsed.title === '' ? ['there is no title'] : []),
    ...(kind === null ? ['there is no kind'] : []),
    ...(parsed.kind === 'hole' && parsed.expect.length === 0 ? ['a hole needs expect'] : []),
    ...(parsed.kind === 'safe' && parsed.expect.length + parsed.also.length > 0
      ? ['a safe file expects nothing']
      : []),
    ...(parsed.logins.length === 0 ? ['there are no logins'] : []),
    ...(proofs.length === 0 ? ['there is no @exploit, so the label cannot be proven'] : []),
    ...((parsed.kind === 'safe') !== parsed.path.startsWith('safe/')
      ? ['kind and folder disagree']
      : []),
  ]
}
