/**
 * A generator's thread: opens its asker, waits for the beginning, sends its shard, and hands over
 * what came of it now and then.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../../src/base/clock.ts'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { openAsker } from '../../target/open-asker.ts'
import { generate, type LoadEvent } from './generate.ts'
import type { FromThread, ThreadTask, ToThread } from './thread-protocol.ts'

const handOverMs = 10
const clock = systemClock

function say(message: FromThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin; windows do
  parentPort?.postMessage(message)
}

async function work({ recipe, shard, maxInFlight, timeoutMs }: ThreadTask): Promise<void> {
  const begun = Promise.withResolvers<number>()
  const stop = new AbortController()
  parentPort?.on('message', (message: ToThread) => {
    if (message.kind === 'begin') begun.resolve(message.atEpochMs)
    else stop.abort()
  })
  await using asker = await openAsker(recipe, clock)
  say({ kind: 'ready' })
  const atEpochMs = await begun.promise
  let events: LoadEvent[] = []
  const handOver = (): void => {
    if (events.length > 0) say({ kind: 'events', events })
    events = []
  }
  const over = new AbortController()
  const handing = handOverNowAndThen(handOver, over.signal)
  const startMs = clock.monotonicMs() + (atEpochMs - clock.nowMs())
  const loop = await generate({
    shard,
    asker,
    clock,
    startMs,
    maxInFlight,
    timeoutMs,
    stop: stop.signal,
    onEvent: (event) => void events.push(event),
  })
  over.abort()
  await handing
  handOver()
  say({ kind: 'ended', loop })
}

async function handOverNowAndThen(handOver: () => void, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await clock.sleep(handOverMs, over).catch(() => undefined)
    handOver()
  }
}

work(workerData as ThreadTask)
  .catch((error: unknown) =>
    say({
      kind: 'failed',
      code: error instanceof TenantbenchError ? error.code : 'TB_BUG',
      detail: error instanceof TenantbenchError ? (error.detail ?? '') : messageOf(error),
    }),
  )
  .finally(() => parentPort?.close())
