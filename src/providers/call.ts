/**
 * What every provider call shares: the client's request id goes along as a header, and throttled or
 * failing attempts are repeated after the wait the provider asks for. One place for all SDKs, whose
 * own retries are switched off: Pinecone's ignores 429 and Retry-After, OpenAI's hides attempts
 * from the meter.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../base/clock.ts'
import { randomFor } from '../base/random.ts'

interface Call {
  readonly requestId: string
  attempt: number
}

const calls = new AsyncLocalStorage<Call>()

/**
 * Runs one provider call; the SDK's requests inside carry the request id and are counted as
 * attempts.
 */
export async function asCall<T>(requestId: string, run: () => Promise<T>): Promise<T> {
  return calls.run({ requestId, attempt: 0 }, run)
}

/** How many attempts the current call has made so far. */
export function attemptsSoFar(): number {
  return calls.getStore()?.attempt ?? 0
}

/** Options of the repeating fetch. */
export interface RetryOptions {
  readonly clock: Clock
  readonly maxAttempts?: number
  /**
   * Hears of every attempt that did not succeed and could be repeated: its status, or null when no
   * answer came.
   */
  readonly onFailedAttempt?: ((requestId: string, status: number | null) => void) | undefined
}

const retriedStatus = new Set([408, 429, 500, 502, 503, 504])
const longestWaitMs = 60_000
const firstWaitMs = 200

/**
 * A `fetch` for the SDKs: adds the request id and repeats what can be repeated. All our calls may
 * be sent twice safely.
 */
export function retryingFetch(options: RetryOptions): typeof fetch {
  const maxAttempts = options.maxAttempts ?? 4
  return async (input, init) => {
    const call = calls.getStore() ?? { requestId: 'unnamed', attempt: 0 }
    for (let round = 1; ; round++) {
      call.attempt++
      const outcome = await attempt(input, init, call)
      noteFailure(options, call, outcome)
      const isLast = round >= maxAttempts || init?.signal?.aborted === true
      if (outcome instanceof Response && (isLast || !retriedStatus.has(outcome.status)))
        return outcome
      if (!(outcome instanceof Response) && isLast) throw outcome
      await options.clock.sleep(waitMs(outcome, call), init?.signal ?? undefined)
    }
  }
}

function noteFailure(
  { onFailedAttempt }: RetryOptions,
  { requestId }: Call,
  outcome: unknown,
): void {
  if (!(outcome instanceof Response)) onFailedAttempt?.(requestId, null)
  else if (retriedStatus.has(outcome.status)) onFailedAttempt?.(requestId, outcome.status)
}

async function attempt(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  call: Call,
): Promise<unknown> {
  const headers = new Headers(init?.headers)
  headers.set('x-client-request-id', call.requestId)
  headers.set('x-client-attempt', String(call.attempt))
  try {
    return await fetch(input, { ...init, headers })
  } catch (error) {
    return error
  }
}

/**
 * What the provider asks for (milliseconds go before seconds), else 200 ms doubled per attempt with
 * a keyed quarter of jitter.
 */
function waitMs(outcome: unknown, call: Call): number {
  const asked = outcome instanceof Response ? askedWaitMs(outcome.headers) : null
  if (asked !== null && asked <= longestWaitMs) return asked
  return (
    firstWaitMs *
    2 ** (call.attempt - 1) *
    (0.75 + 0.25 * randomFor(['retry', call.requestId, call.attempt]).unit())
  )
}

function askedWaitMs(headers: Headers): number | null {
  const milliseconds = Number.parseFloat(headers.get('retry-after-ms') ?? '')
  if (milliseconds >= 0) return milliseconds
  const seconds = Number.parseFloat(headers.get('retry-after') ?? '')
  return seconds >= 0 ? seconds * 1_000 : null
}
