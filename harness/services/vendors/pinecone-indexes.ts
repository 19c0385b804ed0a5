/**
 * Vectors in memory, searched exactly. One flat block per namespace; cosine over unit vectors; ties
 * go to the smaller id. Exact on purpose: an approximate index would mix its own misses into every
 * figure.
 */

/** A vector as it was sent. */
export interface StoredVector {
  readonly id: string
  readonly values: readonly number[]
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** A neighbour. */
export interface Neighbour {
  readonly id: string
  readonly score: number
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

interface Row {
  readonly id: string
  readonly unit: Float32Array
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  readonly bytes: number
}

/** The vectors of one namespace, with their size kept beside them. */
interface Namespace {
  readonly rows: Map<string, Row>
  bytes: number
}

/** An index with its namespaces. */
export interface VectorIndex {
  readonly name: string
  readonly dimension: number
  readonly metric: string
  readonly namespaces: Map<string, Namespace>
}

/** Why something cannot be done. */
export class IndexRefusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** All indexes of the project. */
export interface VectorIndexes {
  create(index: Omit<VectorIndex, 'namespaces'>): VectorIndex
  get(name: string): VectorIndex
  remove(name: string): void
  list(): readonly VectorIndex[]
  upsert(index: VectorIndex, namespace: string, vectors: readonly StoredVector[]): number
  query(
    index: VectorIndex,
    namespace: string,
    question: { readonly vector: readonly number[]; readonly topK: number },
  ): readonly Neighbour[]
  namespaceBytes(index: VectorIndex, namespace: string): number
  totalBytes(): number
}

/**
 * No indexes, of which there may be so many (null: any number), and each holds so many namespaces.
 */
export function createVectorIndexes(
  namespacesPerIndex: number,
  indexQuota: number | null = null,
): VectorIndexes {
  const indexes = new Map<string, VectorIndex>()
  return {
    create(index) {
      if (indexes.has(index.name))
        throw new IndexRefusal(
          409,
          'ALREADY_EXISTS',
          `Resource already exists: index ${index.name}`,
        )
      if (indexQuota !== null && indexes.size >= indexQuota)
        throw new IndexRefusal(
          403,
          'QUOTA_EXCEEDED',
          `Request failed. You've reached the max serverless indexes allowed in project (${indexQuota}).`,
        )
      const created = { ...index, namespaces: new Map<string, Namespace>() }
      indexes.set(index.name, created)
      return created
    },
    get(name) {
      const index = indexes.get(name)
      if (index === undefined)
        throw new IndexRefusal(404, 'NOT_FOUND', `Resource ${name} not found`)
      return index
    },
    remove(name) {
      if (!indexes.delete(name))
        throw new IndexRefusal(404, 'NOT_FOUND', `Resource ${name} not found`)
    },
    list: () => [...indexes.values()],
    upsert(index, namespace, vectors) {
      for (const { values } of vectors) checkDimension(index, values)
      const space =
        index.namespaces.get(namespace) ?? openNamespace(index, namespace, namespacesPerIndex)
      for (const vector of vectors) put(space, rowOf(vector))
      return vectors.length
    },
    query(index, namespace, { vector, topK }) {
      checkDimension(index, vector)
      return nearest(index.namespaces.get(namespace)?.rows.values() ?? [], unitOf(vector), topK)
    },
    namespaceBytes: (index, namespace) => index.namespaces.get(namespace)?.bytes ?? 0,
    totalBytes: () =>
      [...indexes.values()]
        .flatMap(({ namespaces }) => [...namespaces.values()])
        .reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

function put(space: Namespace, row: Row): void {
  space.bytes += row.bytes - (space.rows.get(row.id)?.bytes ?? 0)
  space.rows.set(row.id, row)
}

function openNamespace(index: VectorIndex, namespace: string, limit: number): Namespace {
  if (index.namespaces.size >= limit)
    throw new IndexRefusal(
      403,
      'QUOTA_EXCEEDED',
      `Request failed. You've reached the max namespaces allowed in serverless index (${limit}).`,
    )
  const space: Namespace = { rows: new Map(), bytes: 0 }
  index.namespaces.set(namespace, space)
  return space
}

function checkDimension(index: VectorIndex, values: readonly number[]): void {
  if (values.length === index.dimension) return
  throw new IndexRefusal(
    400,
    'INVALID_ARGUMENT',
    `Vector dimension ${values.length} does not match the dimension of the index ${index.dimension}`,
  )
}

function rowOf({ id, values, metadata }: StoredVector): Row {
  const metadataBytes = Buffer.byteLength(JSON.stringify(metadata ?? {}))
  return {
    id,
    unit: unitOf(values),
    metadata,
    bytes: Buffer.byteLength(id) + metadataBytes + 4 * values.length,
  }
}

function unitOf(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => (length === 0 ? 0 : value / length))
}

/**
 * The best so far are kept in order; a row that is worse than the last of them costs one
 * comparison.
 */
function nearest(rows: Iterable<Row>, wanted: Float32Array, topK: number): readonly Neighbour[] {
  const best: Neighbour[] = []
  for (const { id, unit, metadata } of rows) {
    const score = dot(unit, wanted)
    const last = best.at(-1)
    if (best.length === topK && last !== undefined && score < last.score) continue
    const found = { id, score, metadata }
    let at = best.length
    while (at > 0 && isBetter(found, best[at - 1] as Neighbour)) at--
    best.splice(at, 0, found)
    if (best.length > topK) best.pop()
  }
  return best
}

function isBetter(one: Neighbour, other: Neighbour): boolean {
  return one.score > other.score || (one.score === other.score && one.id < other.id)
}

/** Four sums side by side: half the time of one, since they do not wait for each other. */
function dot(one: Float32Array, other: Float32Array): number {
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  const whole = one.length - (one.length % 4)
  for (let at = 0; at < whole; at += 4) {
    first += (one[at] as number) * (other[at] as number)
    second += (one[at + 1] as number) * (other[at + 1] as number)
    third += (one[at + 2] as number) * (other[at + 2] as number)
    fourth += (one[at + 3] as number) * (other[at + 3] as number)
  }
  for (let at = whole; at < one.length; at++) first += (one[at] as number) * (other[at] as number)
  return first + second + third + fourth
}
