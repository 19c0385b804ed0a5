import { afterEach, describe, expect, it, vi } from 'vitest'
import { asCall, attemptsSoFar, retryingFetch } from '../../../src/providers/call.ts'
import { fakeClock } from '../support/fake-clock.ts'

type Reply =
  Error | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }

/** Plays replies in turn, the last one for ever, and keeps what was asked. */
function stubFetch(...replies: readonly [Reply, ...Reply[]]): Headers[] {
  const asked: Headers[] = []
  vi.stubGlobal(
    'fetch',
    async (_input: unknown, init: RequestInit | undefined): Promise<Response> => {
      asked.push(new Headers(init?.headers))
      const reply = replies[Math.min(asked.length, replies.length) - 1] as Reply
      if (reply instanceof Error) throw reply
      return new Response('{}', { status: reply.status, headers: { ...reply.headers } })
    },
  )
  return asked
}

const url = 'http://127.0.0.1:1/v1'

afterEach(() => vi.unstubAllGlobals())

describe('what is repeated', () => {
  it.each([408, 429, 500, 502, 503, 504])('status %i, until it is answered', async (status) => {
    const asked = stubFetch({ status }, { status }, { status: 200 })
    const clock = fakeClock()
    const answer = await retryingFetch({ clock })(url)
    expect([answer.status, asked.length, clock.sleeps.length]).toEqual([200, 3, 2])
  })

  it.each([200, 201, 204, 301, 400, 401, 403, 404, 409, 422, 501])(
    'not status %i',
    async (status) => {
      vi.stubGlobal(
        'fetch',
        vi.fn(async () => new Response(null, { status })),
      )
      const clock = fakeClock()
      expect((await retryingFetch({ clock })(url)).status).toBe(status)
      expect(fetch).toHaveBeenCalledTimes(1)
      expect(clock.sleeps).toEqual([])
    },
  )

  it('a network error', async () => {
    const asked = stubFetch(new TypeError('fetch failed'), { status: 200 })
    expect((await retryingFetch({ clock: fakeClock() })(url)).status).toBe(200)
    expect(asked).toHaveLength(2)
  })

  it.each([
    [4, undefined],
    [2, 2],
    [1, 1],
  ])('for %i attempts at most', async (most, maxAttempts) => {
    const asked = stubFetch({ status: 503 })
    const clock = fakeClock()
    const answer = await retryingFetch(
      maxAttempts === undefined ? { clock } : { clock, maxAttempts },
    )(url)
    expect([answer.status, asked.length, clock.sleeps.length]).toEqual([503, most, most - 1])
  })

  it('and after the last network error that error is thrown', async () => {
    const failure = new TypeError('fetch failed')
    const asked = stubFetch(failure)
    await expect(retryingFetch({ clock: fakeClock() })(url)).rejects.toBe(failure)
    expect(asked).toHaveLength(4)
  })

  it('nothing more once the request is aborted', async () => {
    const asked = stubFetch(new DOMException('aborted', 'AbortError'))
    await expect(
      retryingFetch({ clock: fakeClock() })(url, { signal: AbortSignal.abort() }),
    ).rejects.toThrow('aborted')
    expect(asked).toHaveLength(1)
  })
})

describe('how long is waited', () => {
  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '37' }, 37],
    [{ 'retry-after-ms': '37', 'retry-after': '2' }, 37],
    [{ 'retry-after': '60' }, 60_000],
  ])('%j asks for %i ms', async (headers, expected) => {
    stubFetch({ status: 429, headers }, { status: 200 })
    const clock = fakeClock()
    await retryingFetch({ clock })(url)
    expect(clock.sleeps).toEqual([expected])
  })

  it.each([
    { 'retry-after': '3600' },
    { 'retry-after': 'soon' },
    { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' },
    {},
  ])('%j: doubled waits of our own, each with jitter', async (headers) => {
    stubFetch({ status: 429, headers })
    const clock = fakeClock()
    await asCall('r1', () => retryingFetch({ clock })(url))
    expect(clock.sleeps).toHaveLength(3)
    for (const [at, wait] of clock.sleeps.entries())
      expect(wait / (200 * 2 ** at)).toSatisfy((share: number) => share >= 0.75 && share <= 1)
  })

  it.each([{ 'retry-after': '-5' }, { 'retry-after-ms': '-1' }])(
    '%j is no time to wait: never a negative one',
    async (headers) => {
      stubFetch({ status: 429, headers }, { status: 200 })
      const clock = fakeClock()
      await retryingFetch({ clock })(url)
      for (const wait of clock.sleeps) expect(wait).toBeGreaterThanOrEqual(0)
    },
  )

  it('is keyed by request: the same again, other requests at other times', async () => {
    const waitsOf = async (requestId: string): Promise<readonly number[]> => {
      stubFetch({ status: 503 })
      const clock = fakeClock()
      await asCall(requestId, () => retryingFetch({ clock })(url))
      return clock.sleeps
    }
    expect(await waitsOf('r1')).toEqual(await waitsOf('r1'))
    expect(await waitsOf('r1')).not.toEqual(await waitsOf('r2'))
  })
})

describe('what goes along', () => {
  const sent = (asked: readonly Headers[]): readonly (readonly (string | null)[])[] =>
    asked.map((headers) => [headers.get('x-client-request-id'), headers.get('x-client-attempt')])

  it('is the request id and the number of the attempt, beside the headers of the SDK', async () => {
    const asked = stubFetch({ status: 500 }, { status: 200 })
    await asCall('A.v1.q1.1', () =>
      retryingFetch({ clock: fakeClock() })(url, { headers: { authorization: 'Bearer x' } }),
    )
    expect(sent(asked)).toEqual([
      ['A.v1.q1.1', '1'],
      ['A.v1.q1.1', '2'],
    ])
    expect(asked.map((headers) => headers.get('authorization'))).toEqual(['Bearer x', 'Bearer x'])
  })

  it('counts attempts on over all requests of a call, and keeps simultaneous calls apart', async () => {
    const asked = stubFetch({ status: 200 })
    const fetcher = retryingFetch({ clock: fakeClock() })
    const counted = await Promise.all(
      ['r1', 'r2'].map((id) =>
        asCall(id, async () => {
          await fetcher(url)
          await fetcher(url)
          return attemptsSoFar()
        }),
      ),
    )
    expect(counted).toEqual([2, 2])
    expect(
      sent(asked)
        .map((each) => each.join(' '))
        .sort(),
    ).toEqual(['r1 1', 'r1 2', 'r2 1', 'r2 2'])
    expect(attemptsSoFar()).toBe(0)
  })
})
