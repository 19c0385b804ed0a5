/**
 * Telling somebody outside about an index that fills: one POST per alert. It never keeps a signup
 * waiting, and never fails one.
 */
import { isoTime, type Clock } from '../base/clock.ts'
import type { CapacityEvent } from './placement.ts'

/** Where to post, and who hears that it did not arrive. `url` may hold a secret. */
export interface WebhookOptions {
  readonly url: string
  readonly clock: Clock
  onFailure(message: string): void
}

const timeoutMs = 5_000

/**
 * A listener for capacity events that posts alerts and refused placements, as JSON. `settled` waits
 * for what is under way.
 */
export function capacityWebhook({ url, clock, onFailure }: WebhookOptions): {
  onEvent(event: CapacityEvent): void
  settled(): Promise<void>
} {
  const underWay = new Set<Promise<void>>()
  const post = async (event: CapacityEvent): Promise<void> => {
    const { atMs, indexName, namespaces, event: kind } = event
    const body = JSON.stringify({ event: kind, index: indexName, namespaces, at: isoTime(atMs) })
    const [late, answered] = [new AbortController(), new AbortController()]
    void clock.sleep(timeoutMs, answered.signal).then(
      () => late.abort(),
      () => undefined,
    )
    try {
      // A redirect could lead anywhere: we connect only where we were told to.
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: late.signal,
      })
      if (!answer.ok) onFailure(`it answered ${answer.status}`)
    } catch (error) {
      onFailure(late.signal.aborted ? `no answer in ${timeoutMs / 1_000} s` : reasonOf(error))
    } finally {
      answered.abort()
    }
  }
  return {
    onEvent(event) {
      if (event.event !== 'alert' && event.event !== 'placement-refused') return
      const sent = post(event).finally(() => underWay.delete(sent))
      underWay.add(sent)
    },
    settled: async () => void (await Promise.all(underWay)),
  }
}

/**
 * The system's code for what went wrong; messages of fetch may hold the URL, and with it a secret.
 */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  return typeof cause === 'object' && cause !== null && 'code' in cause
    ? `it could not be reached (${String(cause.code)})`
    : 'it could not be reached, or it redirects'
}
