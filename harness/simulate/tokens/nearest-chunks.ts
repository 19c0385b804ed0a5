/**
 * Which chunks a question brings, by words alone: which are nearest to it, and in which order a
 * reranker would put those. It decides only how many tokens a prompt is simulated with. A retriever
 * prefers short chunks, and some chunks to all others, so a mean over all chunks is up to 11 % too
 * high; this is within 5 % of what the embedded services bring (each cell of scenarios/quick.yaml).
 */
import { stemmer } from 'stemmer'

/** Chunks by their positions. */
export interface NearestChunks {
  /** The nearest first, at most `mostNearest`. */
  readonly nearest: readonly number[]
  /** The place of each of them, were all reranked: 0 is the best. */
  readonly rerankPlaces: readonly number[]
}

/** Pinecone reranks at most 100 documents, and top_k is at most 100. */
export const mostNearest = 100

// Term frequency as 1 + log(1 + count); character 3- and 4-grams of stems at half its weight make
// other forms of a word alike.
const gramWeight = 0.5
const gramSizes = [3, 4] as const
// Okapi BM25 with the usual k1 and b (Robertson and Zaragoza 2009).
const saturation = 1.2
const lengthShare = 0.75
const stopWords = new Set(
  (
    'a an and are as at be been but by can could did do does for from had has have how i if in ' +
    'into is it its may of on or our shall should than that the their them there these they this ' +
    'to under was we were what when where which who whom whose why will with within would you ' +
    'your'
  ).split(' '),
)

interface Held {
  readonly length: number
  /** Of the stems that are asked for, how often each stands there. */
  readonly counts: ReadonlyMap<string, number>
}

/**
 * Ranks the chunks for each question, in order. Chunks are read one by one: only what the questions
 * ask for is kept of them.
 */
export function nearestChunks(
  questions: readonly string[],
  bodies: readonly string[],
): readonly NearestChunks[] {
  const words = wordReader()
  const asked = questions.map((text) => {
    const counts = words.countsOf(text)
    return {
      stems: [...counts.keys()],
      features: words.featuresOf(counts),
      likeness: new Float64Array(bodies.length),
    }
  })
  const wanted = new Set(asked.flatMap(({ stems }) => stems))
  const held = bodies.map((body, chunk): Held => {
    const counts = words.countsOf(body)
    const features = words.featuresOf(counts)
    const norm = Math.hypot(...features.values()) || 1
    for (const question of asked)
      question.likeness[chunk] = product(question.features, features) / norm
    return {
      length: [...counts.values()].reduce((sum, count) => sum + count, 0),
      counts: new Map([...counts].filter(([stem]) => wanted.has(stem))),
    }
  })
  const weights = new Map([...wanted].map((stem) => [stem, inverseFrequency(held, stem)]))
  const meanLength =
    held.reduce((sum, { length }) => sum + length, 0) / Math.max(1, held.length) || 1
  return asked.map(({ stems, likeness }) => {
    const nearest = bestFirst(held.map((_each, chunk) => likeness[chunk] ?? 0)).slice(
      0,
      mostNearest,
    )
    const scores = nearest.map((chunk) => fitOf(held[chunk], { stems, weights, meanLength }))
    const places = new Array<number>(nearest.length).fill(0)
    for (const [place, at] of bestFirst(scores).entries()) places[at] = place
    return { nearest, rerankPlaces: places }
  })
}

/** Positions by their scores, the highest first; ties keep their order. */
function bestFirst(scores: readonly number[]): readonly number[] {
  return scores
    .map((score, at) => ({ score, at }))
    .sort((one, other) => other.score - one.score || one.at - other.at)
    .map(({ at }) => at)
}

function product(
  asked: ReadonlyMap<string, number>,
  features: ReadonlyMap<string, number>,
): number {
  let sum = 0
  for (const [feature, weight] of asked) sum += weight * (features.get(feature) ?? 0)
  return sum
}

function inverseFrequency(held: readonly Held[], stem: string): number {
  const having = held.filter(({ counts }) => counts.has(stem)).length
  return Math.log(1 + (held.length - having + 0.5) / (having + 0.5))
}

function fitOf(
  chunk: Held | undefined,
  {
    stems,
    weights,
    meanLength,
  }: {
    readonly stems: readonly string[]
    readonly weights: ReadonlyMap<string, number>
    readonly meanLength: number
  },
): number {
  if (chunk === undefined) return 0
  const norm = saturation * (1 - lengthShare + (lengthShare * chunk.length) / meanLength)
  return stems.reduce((sum, stem) => {
    const count = chunk.counts.get(stem) ?? 0
    return sum + ((weights.get(stem) ?? 0) * count * (saturation + 1)) / (count + norm)
  }, 0)
}

interface WordReader {
  countsOf(text: string): ReadonlyMap<string, number>
  featuresOf(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number>
}

/**
 * Reads texts; remembers stems and grams, since the texts of a tenant use the same words again and
 * again.
 */
function wordReader(): WordReader {
  const stems = new Map<string, string>()
  const grams = new Map<string, readonly string[]>()
  const stemOf = (word: string): string => remembered(stems, word, stemmer)
  return {
    countsOf(text) {
      const counts = new Map<string, number>()
      for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
        if (stopWords.has(word)) continue
        const stem = stemOf(word)
        counts.set(stem, (counts.get(stem) ?? 0) + 1)
      }
      return counts
    },
    featuresOf(counts) {
      const weights = new Map<string, number>()
      for (const [stem, count] of counts) {
        const weight = 1 + Math.log(1 + count)
        weights.set(stem, weight)
        for (const gram of remembered(grams, stem, gramsOf))
          weights.set(gram, (weights.get(gram) ?? 0) + weight * gramWeight)
      }
      return weights
    },
  }
}

function remembered<T>(known: Map<string, T>, key: string, make: (key: string) => T): T {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make(key)
  known.set(key, made)
  return made
}

/** Marked, so that no gram is taken for a stem. */
function gramsOf(stem: string): readonly string[] {
  const text = `^${stem}$`
  return gramSizes.flatMap((size) =>
    Array.from(
      { length: Math.max(0, text.length - size + 1) },
      (_each, start) => `#${text.slice(start, start + size)}`,
    ),
  )
}
