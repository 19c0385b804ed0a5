/**
 * An embedding without a network: a pure function of text, model and dimensions. Stems and the
 * character 3- and 4-grams of each stem, weighted 1 + log(1 + count), each added with a sign at
 * four hashed places, then scaled to length 1. It is lexical: retrieval quality measured with it
 * says nothing about a vendor's model, relative changes and everything around it do.
 */
import { stemsOf } from './stems.ts'

const placesPerFeature = 4
const gramWeight = 0.5

/** The vector of a text. */
export function embedText(text: string, model: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  const modelSeed = hash32(model, 0x811c9dc5)
  for (const [feature, weight] of featuresOf(text))
    addFeature(vector, hash32(feature, modelSeed), weight)
  const length = Math.hypot(...vector)
  return length === 0 ? unitVector(dimensions) : vector.map((value) => value / length)
}

/** A text without words still gets a direction: a zero vector has no cosine. */
function unitVector(dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  vector[0] = 1
  return vector
}

function featuresOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const stem of stemsOf(text)) counts.set(stem, (counts.get(stem) ?? 0) + 1)
  const weights = new Map<string, number>()
  for (const [stem, count] of counts) {
    const weight = 1 + Math.log(1 + count)
    weights.set(stem, (weights.get(stem) ?? 0) + weight)
    for (const gram of gramsOf(`^${stem}$`))
      weights.set(`#${gram}`, (weights.get(`#${gram}`) ?? 0) + weight * gramWeight)
  }
  return weights
}

function gramsOf(marked: string): readonly string[] {
  const grams: string[] = []
  for (const size of [3, 4])
    for (let start = 0; start + size <= marked.length; start++)
      grams.push(marked.slice(start, start + size))
  return grams
}

function addFeature(vector: Float32Array, feature: number, weight: number): void {
  let state = feature
  for (let place = 0; place < placesPerFeature; place++) {
    state = mix32(state + 0x9e3779b9)
    const index = (state >>> 1) % vector.length
    vector[index] = (vector[index] ?? 0) + ((state & 1) === 0 ? weight : -weight)
  }
}

/** FNV-1a over UTF-16 units, started from a seed. */
function hash32(text: string, seed: number): number {
  let hash = seed | 0
  for (let position = 0; position < text.length; position++)
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193)
  return mix32(hash)
}

/** The finalizer of MurmurHash3. */
function mix32(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) | 0
}
