/**
 * The indexes of a fleet in virtual time. The rule is that of placement (`decidePlacement`): the
 * first index with room takes the tenant, the last one calls for the next at its alert mark. One
 * thing differs: there, the signup that finds everything full makes an index itself and waits for
 * it; here it is refused unless an index is ready at once, for a person does not wait for hours.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import {
  fill,
  hasRoom,
  type CapacityEvent,
  type CapacityLimits,
  type IndexLoad,
} from '../../../src/index.ts'
import { eventHeap, type EventHeap } from '../engine/event-heap.ts'

/** How a fleet grows. */
export interface FleetOptions {
  readonly limits: CapacityLimits
  /** From the start of provisioning until the index is ready; 0 is at once. */
  readonly leadTimeSeconds: number
  /** Indexes that are ready at 0. */
  readonly initialIndexes: number
  /** The vendor's quota; once there are so many, provisioning never starts. Null: there is none. */
  readonly maxIndexes: number | null
  /** Indexes are called `<prefix>-1`, `<prefix>-2`, ... */
  readonly indexPrefix: string
}

/**
 * A step in the life of an index. As in placement, provisioning is told of the index that called
 * for it, and a refusal of the prefix.
 */
export interface FleetEvent {
  readonly atSeconds: number
  readonly index: string
  readonly namespaces: number
  readonly event: CapacityEvent['event']
}

/** An index and what it went through. */
export interface FleetIndex extends IndexLoad {
  readonly name: string
  readonly readyAtSeconds: number
  readonly peakNamespaces: number
  readonly alertedAtSeconds: number | null
}

/** A fleet. Moments must not go back. */
export interface Fleet {
  /** Those that are ready, in the order in which they became so. */
  readonly indexes: readonly FleetIndex[]
  /** Position of the index that takes the tenant, or -1: refused. */
  signUp(atSeconds: number): number
  leave(position: number): void
  /** Lets time pass: an index under construction may become ready. */
  passTo(atSeconds: number): void
}

/** A fleet at 0. `onEvent` hears each event, in the order of time. */
export function openFleet(options: FleetOptions, onEvent: (event: FleetEvent) => void): Fleet {
  const state: State = {
    options,
    onEvent,
    indexes: [],
    withRoom: eventHeap(),
    readyAtSeconds: Infinity,
  }
  for (let made = 0; made < options.initialIndexes; made++) openIndex(state, 0)
  return {
    indexes: state.indexes,
    passTo: (atSeconds) => passTo(state, atSeconds),
    signUp(atSeconds) {
      passTo(state, atSeconds)
      if (state.withRoom.size === 0) provision(state, atSeconds)
      if (state.withRoom.size > 0) return place(state, atSeconds)
      tell(state, { event: 'placement-refused', atSeconds })
      return -1
    },
    leave(position) {
      const index = indexAt(state, position)
      if (!hasRoom(index)) state.withRoom.push(position, position)
      index.namespaces--
    },
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface State {
  readonly options: FleetOptions
  readonly onEvent: (event: FleetEvent) => void
  readonly indexes: Mutable<FleetIndex>[]
  /**
   * Positions of the indexes with room, each once, by position. Only the first is ever filled, so
   * the one that is full is the one to take out.
   */
  readonly withRoom: EventHeap
  /** When the one index under construction is ready; Infinity: there is none. */
  readyAtSeconds: number
}

/** Places a tenant; there must be room. */
function place(state: State, atSeconds: number): number {
  const position = state.withRoom.nextMs()
  const index = indexAt(state, position)
  const { namespaces, alerts, needsNext } = fill(index, position === state.indexes.length - 1)
  index.namespaces = namespaces
  index.peakNamespaces = Math.max(index.peakNamespaces, namespaces)
  if (!hasRoom(index)) state.withRoom.pop()
  if (alerts) {
    index.hasAlerted = true
    index.alertedAtSeconds = atSeconds
    tell(state, { event: 'alert', atSeconds, index })
  }
  if (needsNext) provision(state, atSeconds)
  return position
}

/** Starts the next index, unless one is under construction or the quota is reached. */
function provision(state: State, atSeconds: number): void {
  const { leadTimeSeconds, maxIndexes } = state.options
  if (
    state.readyAtSeconds < Infinity ||
    (maxIndexes !== null && state.indexes.length >= maxIndexes)
  )
    return
  tell(state, { event: 'provision-started', atSeconds, index: state.indexes.at(-1) })
  state.readyAtSeconds = atSeconds + leadTimeSeconds
  passTo(state, atSeconds)
}

function passTo(state: State, atSeconds: number): void {
  if (state.readyAtSeconds > atSeconds) return
  openIndex(state, state.readyAtSeconds)
  state.readyAtSeconds = Infinity
}

function openIndex(state: State, atSeconds: number): void {
  const { limits, indexPrefix } = state.options
  const position = state.indexes.length
  const empty = {
    operatingLimit: limits.operatingLimit,
    alertAt: limits.alertAt,
    namespaces: 0,
    hasAlerted: false,
    peakNamespaces: 0,
    alertedAtSeconds: null,
  }
  const index = { name: `${indexPrefix}-${position + 1}`, readyAtSeconds: atSeconds, ...empty }
  state.indexes.push(index)
  state.withRoom.push(position, position)
  tell(state, { event: 'index-ready', atSeconds, index })
}

function tell(
  { options, onEvent }: State,
  {
    event,
    atSeconds,
    index,
  }: {
    readonly event: CapacityEvent['event']
    readonly atSeconds: number
    readonly index?: FleetIndex | undefined
  },
): void {
  onEvent({
    atSeconds,
    index: index?.name ?? options.indexPrefix,
    namespaces: index?.namespaces ?? 0,
    event,
  })
}

function indexAt({ indexes }: State, position: number): Mutable<FleetIndex> {
  const index = indexes[position]
  if (index === undefined)
    throw new TenantbenchError('TB_BUG', { detail: `No index at ${position}.` })
  return index
}
