/**
 * How long the event loop of a thread keeps work waiting: whether who measures kept up. It can only
 * be had from Node.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Delays since watching began, in milliseconds. */
export interface EventLoopDelay {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const resolutionMs = 2

/** Begins to watch; the function returned ends it and says what was seen. */
export function watchEventLoop(): () => EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  // Node measures the time between two looks; the look's own interval is no delay.
  const milliseconds = (nanoseconds: number): number =>
    Math.max(0, nanoseconds / 1e6 - resolutionMs)
  return () => {
    histogram.disable()
    return {
      p50Ms: milliseconds(histogram.percentile(50)),
      p99Ms: milliseconds(histogram.percentile(99)),
      maxMs: milliseconds(histogram.max),
    }
  }
}
