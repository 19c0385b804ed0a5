/**
 * Local vendors for one test, with what they booked, and a client side whose waits are recorded
 * instead of waited.
 */
import { vi } from 'vitest'
import type { BookedUse } from '../../../harness/services/books/books.ts'
import { startVendors, type Vendors } from '../../../harness/services/vendors/server.ts'
import type { FaultRates, WorldOptions } from '../../../harness/services/vendors/world.ts'
import { systemClock, type Clock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { retryingFetch } from '../../../src/providers/call.ts'
import { ProviderError } from '../../../src/providers/provider-error.ts'

/** Vendors under test. */
export interface TestVendors extends Vendors {
  /** Everything the vendors booked so far, in order. */
  booked(): readonly BookedUse[]
}

/** How a test wants them; without faults unless it says so. */
export interface TestWorld extends Partial<Pick<WorldOptions, 'seed' | 'namespacesPerIndex'>> {
  readonly faults?: Partial<FaultRates>
}

const noFaults: FaultRates = { abortedStreams: 0, lateEvents: 0, throttled: 0 }

/** Starts them in this process. */
export async function testVendors(world: TestWorld = {}): Promise<TestVendors> {
  const { seed = 7, namespacesPerIndex = 100 } = world
  const vendors = await startVendors({
    seed,
    timeScale: 0,
    faults: { ...noFaults, ...world.faults },
    namespacesPerIndex,
    clock: systemClock,
  })
  const book = vi.spyOn(vendors.world.books, 'book')
  return { ...vendors, booked: () => book.mock.calls.map(([use]) => use) }
}

/**
 * The client's side: the fetch that adapters are given, what went through it, and the waits between
 * attempts.
 */
export interface ClientSide {
  readonly fetch: typeof fetch
  /** Requests as the SDK made them; attempts at one request are not counted here. */
  readonly requests: { readonly method: string; readonly url: string; readonly body: string }[]
  readonly waitsMs: number[]
}

/** A client side whose clock does not wait. */
export function clientSide(): ClientSide {
  const waitsMs: number[] = []
  const clock: Clock = {
    ...systemClock,
    sleep: async (durationMs) => void waitsMs.push(durationMs),
  }
  const inner = retryingFetch({ clock })
  const requests: ClientSide['requests'] = []
  const outer: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    requests.push({
      method: init?.method ?? 'GET',
      url,
      body: typeof init?.body === 'string' ? init.body : '',
    })
    return inner(input, init)
  }
  return { fetch: outer, requests, waitsMs }
}

/** The registered error that work ends with. Anything else, success too, fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<TenantbenchError> {
  const outcome = await work.then(
    (value) => new Error(`It did not fail but gave ${JSON.stringify(value)}.`),
    (error: unknown) => error,
  )
  if (outcome instanceof TenantbenchError) return outcome
  throw outcome
}

/** The provider error that work ends with, with its usage. */
export async function providerFailureOf(work: Promise<unknown>): Promise<ProviderError> {
  const error = await failureOf(work)
  if (error instanceof ProviderError) return error
  throw error
}
