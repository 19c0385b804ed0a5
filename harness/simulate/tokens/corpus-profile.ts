/**
 * What a corpus is in tokens and bytes: all that a simulation needs to know of a tenant's texts, as
 * plain data that a file can keep. Chunks are cut and counted by the modules under test; nothing is
 * embedded or stored.
 */
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { chunkDocument, countTokens, countWords, type Chunk } from '../../../src/index.ts'
import type { PlannedQuestion, TenantCorpus } from '../../workload/corpus.ts'
import { nearestChunks, type NearestChunks } from './nearest-chunks.ts'

/** A question in tokens. Chunks are positions in `chunkTokens`. */
export interface QuestionProfile extends NearestChunks {
  readonly tokens: number
  /** Chunks of the documents that hold the answer. */
  readonly goldChunks: readonly number[]
}

/** A corpus in tokens and bytes. Tokens are cl100k where nothing else is said. */
export interface CorpusProfile {
  readonly documents: number
  readonly words: number
  /** Of every chunk, in the order of the documents: what embedding it is billed. */
  readonly chunkTokens: readonly number[]
  /** Of every chunk as it stands in a prompt: with its label and the break after it. */
  readonly passageTokens: readonly number[]
  readonly questions: readonly QuestionProfile[]
  /** All chunks: what embedding on ingest is billed. */
  readonly ingestTokens: number
  /**
   * Bytes of all records as sent on ingest, and as stored after it: the same, for no id comes
   * twice.
   */
  readonly upsertBytes: number
  readonly storedBytes: number
  /** Tokens that gpt-4o and later count (o200k) per cl100k token of these texts. */
  readonly o200kPerCl100k: number
}

/** What a profile needs to know beside the texts. */
export interface ProfileOptions {
  /** Of a vector. */
  readonly dimensions: number
}

/** Profiles a corpus with the questions that are asked about it. */
export function profileCorpus(
  corpus: TenantCorpus,
  questions: readonly PlannedQuestion[],
  { dimensions }: ProfileOptions,
): CorpusProfile {
  const chunks = corpus.documents.flatMap((document) => chunkDocument(corpus.tenantId, document))
  const bodies = chunks.map(({ body }) => body)
  const nearest = nearestChunks(
    questions.map(({ text }) => text),
    bodies,
  )
  const bytes = chunks.reduce((sum, chunk) => sum + recordBytes(chunk, dimensions), 0)
  return {
    documents: corpus.documents.length,
    words: corpus.documents.reduce((sum, { text }) => sum + countWords(text), 0),
    chunkTokens: chunks.map(({ tokens }) => tokens),
    passageTokens: bodies.map(passageTokens),
    questions: questions.map(({ text, sources }, at) => ({
      tokens: countTokens(text),
      goldChunks: chunksOf(sources, chunks),
      nearest: nearest[at]?.nearest ?? [],
      rerankPlaces: nearest[at]?.rerankPlaces ?? [],
    })),
    ingestTokens: chunks.reduce((sum, { tokens }) => sum + tokens, 0),
    upsertBytes: bytes,
    storedBytes: bytes,
    o200kPerCl100k: ratioOfVocabularies(bodies),
  }
}

function chunksOf(documents: readonly string[], chunks: readonly Chunk[]): readonly number[] {
  const wanted = new Set(documents)
  return chunks.flatMap(({ documentId }, at) => (wanted.has(documentId) ? [at] : []))
}

/**
 * As src/rag/prompt.ts puts passages one after the other. The tokenizer breaks before each label,
 * so the parts add up; a label of three digits is as long as one of one.
 */
function passageTokens(body: string): number {
  return countTokens(`[1] ${body}\n\n`)
}

/**
 * Size of a stored record: id, metadata as JSON, and 4 bytes a dimension (Pinecone docs,
 * "Understanding cost", storage); the metadata are those of src/rag/ingest.ts.
 */
function recordBytes({ id, documentId, ordinal }: Chunk, dimensions: number): number {
  return (
    Buffer.byteLength(id) +
    Buffer.byteLength(JSON.stringify({ documentId, ordinal })) +
    4 * dimensions
  )
}

const bodiesCompared = 64
// Both tokenizers are quadratic in runs without a break; a body with such a run says nothing about
// ordinary text.
const longRun = /\S{1001}|\s{1001}/u
const asPlainText = { disallowedSpecial: new Set<string>() }

/** Over bodies spread evenly through the corpus; 1 where there is none. */
function ratioOfVocabularies(bodies: readonly string[]): number {
  const step = Math.max(1, Math.floor(bodies.length / bodiesCompared))
  const compared = bodies
    .filter((body, at) => at % step === 0 && !longRun.test(body))
    .slice(0, bodiesCompared)
  const ours = compared.reduce((sum, body) => sum + countTokens(body), 0)
  return ours === 0
    ? 1
    : compared.reduce((sum, body) => sum + encode(body, asPlainText).length, 0) / ours
}
