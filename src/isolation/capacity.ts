/**
 * The rule that fills indexes, without a database: which index holds the next tenant, when the
 * alert fires, and when the next index must be made. Placement follows it under a lock, the
 * simulator in virtual time.
 */

/** Namespaces an index can hold, may hold, and holds when the alert fires; e.g. 100, 90 and 72. */
export interface CapacityLimits {
  readonly namespaceLimit: number
  readonly operatingLimit: number
  readonly alertAt: number
}

/** A step in the life of an index. */
export interface CapacityEvent {
  readonly atMs: number
  readonly indexName: string
  readonly namespaces: number
  readonly event: 'alert' | 'provision-started' | 'index-ready' | 'placement-refused'
}

/** How full an index is, by the limits that were its own when it was made. */
export interface IndexLoad {
  readonly operatingLimit: number
  readonly alertAt: number
  readonly namespaces: number
  /** An index alerts once in its life. */
  readonly hasAlerted: boolean
}

/** What one more namespace does to an index. */
export interface Filling {
  /** Namespaces of the index, the new one included. */
  readonly namespaces: number
  /** This namespace is the one that raises the alert. */
  readonly alerts: boolean
  /** The index is the last one and at or over its alert mark: the next one must be made. */
  readonly needsNext: boolean
}

/**
 * Where the next tenant goes. Where no index has room: `index` is null, there are no namespaces to
 * tell, and the next index is needed.
 */
export interface PlacementDecision extends Filling {
  /** Position among the indexes. */
  readonly index: number | null
}

/**
 * Decides for indexes in the order in which they were made: the first with room below its operating
 * limit.
 */
export function decidePlacement(indexes: readonly IndexLoad[]): PlacementDecision {
  const position = indexes.findIndex(hasRoom)
  const index = indexes[position]
  if (index === undefined) return { index: null, namespaces: 0, alerts: false, needsNext: true }
  return { index: position, ...fill(index, position === indexes.length - 1) }
}

/** Whether an index may take another namespace. */
export function hasRoom({
  namespaces,
  operatingLimit,
}: Pick<IndexLoad, 'namespaces' | 'operatingLimit'>): boolean {
  return namespaces < operatingLimit
}

/**
 * What one more namespace does to an index that has room. Only the last index calls for another
 * one.
 */
export function fill(index: IndexLoad, isLast: boolean): Filling {
  const namespaces = index.namespaces + 1
  const needsNext = isLast && namespaces >= index.alertAt
  return { namespaces, needsNext, alerts: needsNext && !index.hasAlerted }
}
