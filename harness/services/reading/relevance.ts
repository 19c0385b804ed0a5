/**
 * How well texts fit a question, by words: rarer words count more, as in BM25. Used to rerank and
 * to find the sentence that answers.
 */
import { conceptsOf } from './concepts.ts'

const saturation = 1.2
const lengthPenalty = 0.75

/** A scorer for one question over one set of texts. */
export interface Relevance {
  /** BM25 of each text, in order. */
  readonly scores: readonly number[]
  /** The weighted share of the question's words that each text has, from 0 to 1. */
  readonly coverage: readonly number[]
}

/** Scores texts against a question; word weights come from these texts alone. */
export function relevanceOf(question: string, texts: readonly string[]): Relevance {
  const wanted = [...new Set(conceptsOf(question))]
  const documents = texts.map(countStems)
  const meanLength =
    documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length)
  const weights = wanted.map((stem) =>
    weightOf(documents.filter(({ counts }) => counts.has(stem)).length, documents.length),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const scores = documents.map(({ counts, length }) =>
    wanted.reduce((sum, stem, at) => {
      const count = counts.get(stem) ?? 0
      const norm =
        saturation * (1 - lengthPenalty + (lengthPenalty * length) / Math.max(1, meanLength))
      return sum + ((weights[at] ?? 0) * count * (saturation + 1)) / (count + norm)
    }, 0),
  )
  const coverage = documents.map(({ counts }) =>
    total === 0
      ? 0
      : wanted.reduce((sum, stem, at) => sum + (counts.has(stem) ? (weights[at] ?? 0) : 0), 0) /
        total,
  )
  return { scores, coverage }
}

function countStems(text: string): {
  readonly counts: ReadonlyMap<string, number>
  readonly length: number
} {
  const counts = new Map<string, number>()
  const stems = conceptsOf(text)
  for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1)
  return { counts, length: stems.length }
}

// A word that stands nowhere may be a paraphrase of one that does: it counts, but less than a rare
// word that is there.
const unseenShare = 0.5

/** Inverse document frequency. */
function weightOf(having: number, all: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5)) * (having === 0 ? unseenShare : 1)
}

/** Texts in order of fit: position and a score in (0, 1); ties keep their order. */
export function rankTexts(
  question: string,
  texts: readonly string[],
): readonly { readonly index: number; readonly score: number }[] {
  const { scores, coverage } = relevanceOf(question, texts)
  return scores
    .map((score, index) => ({
      index,
      score: 1 / (1 + Math.exp(-(score / 4 + 4 * (coverage[index] ?? 0) - 3))),
    }))
    .sort((one, other) => other.score - one.score || one.index - other.index)
}
