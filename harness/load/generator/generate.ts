/**
 * A generator: sends its shard at its times and tells what came of each arrival. It judges nothing,
 * so that judging cannot slow it.
 */
import { watchEventLoop, type EventLoopDelay } from '../../../src/base/event-loop.ts'
import type { Asker } from '../../target/recipe.ts'
import type { AskTimes } from '../../execute/observe.ts'
import { pace, type PaceOptions, type SendTimes } from './pace.ts'
import { questionAt, type Shard } from './shard.ts'

/** What came of an arrival. Times are milliseconds since the load began. */
export type LoadEvent = { readonly position: number } & (
  | { readonly kind: 'answered'; readonly times: AskTimes; readonly told: unknown }
  /** Never sent: it was held longer than anybody would wait. */
  | { readonly kind: 'dropped'; readonly times: AskTimes }
  /** Sent, and not answered for as long as anybody would wait. */
  | { readonly kind: 'unanswered'; readonly times: AskTimes }
)

/** How a generator is to work. */
export interface GenerateOptions extends Pick<
  PaceOptions,
  'clock' | 'startMs' | 'maxInFlight' | 'timeoutMs' | 'stop'
> {
  readonly shard: Shard
  readonly asker: Pick<Asker, 'ask'>
  onEvent(event: LoadEvent): void
}

/** Sends everything, or until it is stopped. Returns how its event loop did. */
export async function generate(options: GenerateOptions): Promise<EventLoopDelay> {
  const { shard, asker, clock, startMs, onEvent } = options
  const out = new Map<number, SendTimes>()
  const sinceStart = (): number => clock.monotonicMs() - startMs
  const positionOf = (at: number): number => shard.positions[at] as number
  const endWatching = watchEventLoop()
  await pace({
    ...options,
    atMs: shard.atMs,
    async send(at, times) {
      out.set(at, times)
      const told = await asker.ask(questionAt(shard, at))
      if (out.delete(at))
        onEvent({
          kind: 'answered',
          position: positionOf(at),
          times: { ...times, endedMs: sinceStart() },
          told,
        })
    },
    // What is left when a load is ended early was not refused by anybody.
    drop(at, times) {
      if (!options.stop.aborted)
        onEvent({
          kind: 'dropped',
          position: positionOf(at),
          times: { ...times, sentMs: sinceStart(), endedMs: sinceStart() },
        })
    },
  })
  for (const [at, times] of out)
    onEvent({
      kind: 'unanswered',
      position: positionOf(at),
      times: { ...times, endedMs: sinceStart() },
    })
  out.clear()
  return endWatching()
}
