/**
 * Cutting documents into chunks. A chunk is whole sentences up to a token budget, under the title
 * of its document: the title tells the embedding and the reader what the passage is about, and with
 * it every chunk carries whatever mark the title has.
 */
import { sha256 } from '../base/random.ts'
import { countTokens } from '../providers/tokens.ts'

/** A text as a tenant hands it in. The id is the tenant's own and unique within it. */
export interface SourceDocument {
  readonly id: string
  readonly title: string
  readonly text: string
}

/** A piece that is embedded. `body` begins with the document's title. */
export interface Chunk {
  readonly id: string
  readonly documentId: string
  readonly ordinal: number
  readonly body: string
  readonly tokens: number
}

/** How to cut. */
export interface ChunkOptions {
  /** Budget of a chunk without its title. */
  readonly maxTokens: number
}

/** About 230 words: small enough that ten fit a prompt, large enough to hold a paragraph. */
const defaultChunkOptions: ChunkOptions = { maxTokens: 310 }

interface Sentence {
  readonly text: string
  readonly tokens: number
}

/**
 * Cuts one document. `scope` (the tenant) makes ids unique across tenants that hand in the same
 * document.
 */
export function chunkDocument(
  scope: string,
  document: SourceDocument,
  options: ChunkOptions = defaultChunkOptions,
): readonly Chunk[] {
  const sentences = paragraphsOf(document.text).flatMap((paragraph) =>
    sentencesOf(paragraph, options.maxTokens),
  )
  return packed(sentences, options.maxTokens).map((text, ordinal) => {
    const body = `${document.title}\n\n${text}`
    const id = sha256(JSON.stringify([scope, document.id, ordinal])).slice(0, 32)
    return { id, documentId: document.id, ordinal, body, tokens: countTokens(body) }
  })
}

function paragraphsOf(text: string): readonly string[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
}

const sentenceSegmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/**
 * Sentences with their token counts; the last of a paragraph keeps the break. A sentence over the
 * budget is cut by words.
 */
function sentencesOf(paragraph: string, maxTokens: number): readonly Sentence[] {
  const sentences = [...sentenceSegmenter.segment(paragraph)].map(({ segment }) => segment)
  const pieces = sentences.flatMap((sentence) =>
    countTokens(sentence) <= maxTokens ? [sentence] : cutByWords(sentence, maxTokens),
  )
  const last = pieces.length - 1
  return pieces.map((text, position) => ({
    text: position === last ? `${text}\n\n` : text,
    tokens: countTokens(text),
  }))
}

// A code point is at most four tokens, so a piece of a quarter of the budget always fits.
const mostTokensPerCodePoint = 4

/** Whole words up to the budget; a word that alone is over it is cut between code points. */
function cutByWords(sentence: string, maxTokens: number): readonly string[] {
  const words = (sentence.match(/\S+\s*|\s+/gu) ?? []).map((text) => ({
    text,
    tokens: countTokens(text),
  }))
  const small = words.flatMap((word) =>
    word.tokens <= maxTokens
      ? [word]
      : cutEvery(word.text, Math.max(1, Math.floor(maxTokens / mostTokensPerCodePoint))),
  )
  return filled(small, maxTokens).map(({ text }) => text)
}

/** Joins texts in order, as many as fit the budget each time. */
function filled(texts: readonly Sentence[], maxTokens: number): { text: string; tokens: number }[] {
  const pieces: { text: string; tokens: number }[] = []
  for (const { text, tokens } of texts) {
    const open = pieces.at(-1)
    if (open !== undefined && open.tokens + tokens <= maxTokens) {
      open.text += text
      open.tokens += tokens
    } else {
      pieces.push({ text, tokens })
    }
  }
  return pieces
}

function cutEvery(text: string, codePoints: number): readonly Sentence[] {
  const all = [...text]
  const pieces: Sentence[] = []
  for (let start = 0; start < all.length; start += codePoints) {
    const piece = all.slice(start, start + codePoints).join('')
    pieces.push({ text: piece, tokens: countTokens(piece) })
  }
  return pieces
}

/**
 * Fills chunks in order. The rest at the end joins the chunk before it when both fit one and a
 * quarter budgets.
 */
function packed(sentences: readonly Sentence[], maxTokens: number): readonly string[] {
  const chunks = filled(sentences, maxTokens)
  const rest = chunks.at(-1)
  const before = chunks.at(-2)
  if (
    rest !== undefined &&
    before !== undefined &&
    before.tokens + rest.tokens <= maxTokens * 1.25
  ) {
    before.text += rest.text
    chunks.pop()
  }
  return chunks.map(({ text }) => text.trim())
}
