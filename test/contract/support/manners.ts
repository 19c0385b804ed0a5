/** What every provider port does alike: refusals, repeated attempts, a server that is gone. */
import { describe, expect, it } from 'vitest'
import type { Metered } from '../../../src/base/usage.ts'
import type { Endpoint } from '../../../src/providers/openai/client.ts'
import {
  clientSide,
  failureOf,
  providerFailureOf,
  testVendors,
  type TestVendors,
} from './vendors.ts'

/** Opens an implementation of a port: where it is reached and with which fetch. */
export type Factory<Port> = (endpoint: Endpoint, fetch: typeof globalThis.fetch) => Port

/** A port in the shape that its manners need. */
export interface Mannered<Port> {
  readonly factory: Factory<Port>
  endpointOf(vendors: TestVendors): Endpoint
  /** Brings about, on the vendor's side, what `call` needs. */
  prepare?(vendors: TestVendors): void
  /** One call that succeeds when nothing is wrong. */
  call(port: Port, requestId: string): Promise<Metered>
}

/** The waits the local vendors ask for with `retry-after-ms`. */
const askedWaitMs = 20

/** Declares the tests. */
export function describeManners<Port>(subject: Mannered<Port>): void {
  const { factory, endpointOf, call } = subject
  const start = async (world: Parameters<typeof testVendors>[0] = {}): Promise<TestVendors> => {
    const vendors = await testVendors(world)
    subject.prepare?.(vendors)
    return vendors
  }

  describe('manners', () => {
    it('refuses a wrong key without naming it, and nothing is booked', async () => {
      await using vendors = await start()
      const apiKey = 'sk-wrong-7c1f0e'
      const error = await failureOf(
        call(factory({ ...endpointOf(vendors), apiKey }, clientSide().fetch), 'wrong-key'),
      )
      expect(error.code).toBe('TB_PROVIDER_REFUSED')
      expect(`${error.message} ${error.stack}`).not.toContain(apiKey)
      expect(vendors.booked()).toEqual([])
    })

    it('repeats a throttled attempt after the wait that is asked for, and counts it', async () => {
      await using vendors = await start({ faults: { throttled: 1 } })
      const side = clientSide()
      const { usage } = await call(factory(endpointOf(vendors), side.fetch), 'throttled')
      expect(side.waitsMs.length).toBeGreaterThan(0)
      expect(new Set(side.waitsMs)).toEqual(new Set([askedWaitMs]))
      expect(usage.map(({ attempt, outcome }) => ({ attempt, outcome }))).toEqual([
        { attempt: 2, outcome: 'completed' },
      ])
      expect(vendors.booked()).toHaveLength(1)
    })

    it('sends the request id and the attempt along', async () => {
      await using vendors = await start()
      await call(factory(endpointOf(vendors), clientSide().fetch), 'named')
      expect(
        vendors.world.served.map(({ requestId, attempt }) => ({ requestId, attempt })),
      ).toEqual([{ requestId: expect.stringMatching(/^named/) as string, attempt: 1 }])
    })

    it('keeps the attempts of simultaneous calls apart', async () => {
      await using vendors = await start({ faults: { throttled: 1 } })
      const port = factory(endpointOf(vendors), clientSide().fetch)
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, at) => call(port, `call-${at}`)),
      )
      expect(answers.flatMap(({ usage }) => usage.map(({ attempt }) => attempt))).toEqual(
        Array.from({ length: 8 }, () => 2),
      )
    })

    it('gives up on a server that is gone, after attempts, with no usage', async () => {
      const vendors = await start()
      const side = clientSide()
      const port = factory(endpointOf(vendors), side.fetch)
      await vendors.close()
      const error = await providerFailureOf(call(port, 'gone'))
      expect(error.code).toBe('TB_PROVIDER_UNAVAILABLE')
      expect(error.usage).toEqual([])
      expect(side.waitsMs.length).toBeGreaterThan(0)
    })
  })
}
