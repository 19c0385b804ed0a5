import { describe, expect, it } from 'vitest'
import {
  exchange,
  type ExchangeOptions,
  type Request,
} from '../../../../harness/target/http/exchange.ts'
import { maskFor } from '../../../../harness/target/http/secrets.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import { TenantbenchError } from '../../../../src/base/errors.ts'
import { testServer, type TestServer } from '../../../support/http-server.ts'
import { rejectionOf } from '../../support/failures.ts'

const request = (change: Partial<Request> = {}): Request => ({
  label: 'POST /ask',
  method: 'POST',
  path: '/ask',
  headers: { authorization: 'Bearer hush-hush' },
  body: { q: 1 },
  signal: null,
  ...change,
})
const options = (baseUrl: string, change: Partial<ExchangeOptions> = {}): ExchangeOptions => ({
  baseUrl: new URL(baseUrl),
  timeoutMs: 5_000,
  maxResponseBytes: 1_000,
  clock: systemClock,
  mask: maskFor(['hush-hush']),
  ...change,
})

function redirecting(
  status: number,
  where: (server: () => TestServer) => string,
): Promise<TestServer> {
  const held: { server?: TestServer } = {}
  return testServer(({ url }, response) => {
    if (url === '/ask')
      response.writeHead(status, { location: where(() => held.server as TestServer) }).end()
    else response.end('there')
  }).then((server) => (held.server = server))
}

describe('an exchange', () => {
  it('sends what it is given below the path of the base, and brings back any status', async () => {
    await using server = await testServer((_asked, response) => response.writeHead(418).end('tea'))
    expect(await exchange(options(`${server.url}/api/`), request({ path: '/ask?x=1' }))).toEqual({
      status: 418,
      text: 'tea',
    })
    expect(server.asked).toMatchObject([
      {
        method: 'POST',
        url: '/api/ask?x=1',
        body: '{"q":1}',
        headers: { authorization: 'Bearer hush-hush' },
      },
    ])
  })

  it('to nobody is unreachable, and names no address', async () => {
    const server = await testServer(() => undefined)
    await server[Symbol.asyncDispose]()
    const error = await rejectionOf(exchange(options(server.url), request()))
    expect(error).toMatchObject({
      code: 'TB_TARGET_UNREACHABLE',
      detail: 'POST /ask: ECONNREFUSED.',
    })
  })

  it('with one that never answers ends in time, and earlier when it is told to', async () => {
    await using server = await testServer(() => undefined)
    expect(
      await rejectionOf(exchange(options(server.url, { timeoutMs: 50 }), request())),
    ).toMatchObject({ code: 'TB_TARGET_UNREACHABLE', detail: 'POST /ask: no answer in 50 ms.' })
    const told = new AbortController()
    const ended = rejectionOf(exchange(options(server.url), request({ signal: told.signal })))
    told.abort(new TenantbenchError('TB_INTERRUPTED'))
    expect((await ended).code).toBe('TB_INTERRUPTED')
  })

  it('with one that begins to answer and never ends it ends in time, too', async () => {
    await using server = await testServer((_asked, response) => response.writeHead(200).write('{'))
    expect(
      (await rejectionOf(exchange(options(server.url, { timeoutMs: 50 }), request()))).code,
    ).toBe('TB_TARGET_UNREACHABLE')
  })

  it('reads no more than it may', async () => {
    await using server = await testServer((_asked, response) => response.end('x'.repeat(1_001)))
    expect(await rejectionOf(exchange(options(server.url), request()))).toMatchObject({
      code: 'TB_TARGET_ANSWER',
      detail: 'POST /ask: the response is longer than 1000 bytes.',
    })
    expect(
      (await exchange(options(server.url, { maxResponseBytes: 1_001 }), request())).text,
    ).toHaveLength(1_001)
  })
})

describe('a redirect', () => {
  it.each([307, 308])(
    'of a POST by %d is followed on the same host, as the same POST',
    async (status) => {
      await using server = await redirecting(status, () => '/there')
      expect(await exchange(options(server.url), request())).toEqual({ status: 200, text: 'there' })
      expect(server.asked[1]).toMatchObject({ method: 'POST', url: '/there', body: '{"q":1}' })
    },
  )

  it.each([301, 302, 303])('of a POST by %d is refused: it would become a GET', async (status) => {
    await using server = await redirecting(status, () => '/there')
    const error = await rejectionOf(exchange(options(server.url), request()))
    expect(error).toMatchObject({ code: 'TB_TARGET_REDIRECT' })
    expect(error.detail).toContain(`with status ${status}, which would make the POST a GET`)
    expect(server.asked).toHaveLength(1)
  })

  it('of a GET is followed on the same host', async () => {
    await using server = await redirecting(302, (own) => `${own().url}/there`)
    expect(
      (await exchange(options(server.url), request({ method: 'GET', body: undefined }))).text,
    ).toBe('there')
  })

  it.each([302, 307])(
    'to another host is refused by %d, and nobody is asked there',
    async (status) => {
      await using other = await testServer((_asked, response) => response.end('stolen'))
      await using server = await redirecting(status, () => `${other.url}/there`)
      const error = await rejectionOf(
        exchange(options(server.url), request({ method: 'GET', body: undefined })),
      )
      expect(error).toMatchObject({
        code: 'TB_TARGET_REDIRECT',
        detail:
          'POST /ask was redirected to another scheme, host or port; only what the scenario names is asked.',
      })
      expect(other.asked).toEqual([])
    },
  )

  it('is followed three times and no more', async () => {
    await using server = await testServer(({ url }, response) =>
      response.writeHead(307, { location: `${url}x` }).end(),
    )
    expect((await rejectionOf(exchange(options(server.url), request()))).detail).toBe(
      'POST /ask was redirected more than 3 times.',
    )
    expect(server.asked).toHaveLength(4)
  })
})
