/** What the run's thread and a generator's thread say to each other. */
import type { ErrorCode } from '../../../src/base/errors.ts'
import type { EventLoopDelay } from '../../../src/base/event-loop.ts'
import type { TargetRecipe } from '../../target/recipe.ts'
import type { LoadEvent } from './generate.ts'
import type { Shard } from './shard.ts'

/** What a thread is started with. */
export interface ThreadTask {
  readonly recipe: TargetRecipe
  readonly shard: Shard
  readonly maxInFlight: number
  readonly timeoutMs: number
}

/**
 * To a generator's thread: all of them begin at one moment, told on the clock that threads share.
 */
export type ToThread =
  { readonly kind: 'begin'; readonly atEpochMs: number } | { readonly kind: 'stop' }

/** From a generator's thread. */
export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'events'; readonly events: readonly LoadEvent[] }
  | { readonly kind: 'ended'; readonly loop: EventLoopDelay }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string }
