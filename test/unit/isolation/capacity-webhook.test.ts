import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { systemClock, type Clock } from '../../../src/base/clock.ts'
import { capacityWebhook, type CapacityEvent } from '../../../src/index.ts'

interface Posted {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Listener extends AsyncDisposable {
  readonly url: string
  readonly posted: readonly Posted[]
}

/**
 * A server on the loopback that keeps what it is sent; `answer` ends the response or leaves it
 * open.
 */
async function listener(
  answer: (response: ServerResponse, url: string) => void = (response) =>
    void response.writeHead(204).end(),
): Promise<Listener> {
  const posted: Posted[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => void parts.push(part))
    request.on('end', () => {
      posted.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      })
      answer(response, request.url ?? '')
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`,
    posted,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

const eventOf = (event: CapacityEvent['event'], indexName = 'index-1'): CapacityEvent => ({
  atMs: Date.UTC(2026, 10, 3, 12),
  indexName,
  namespaces: 72,
  event,
})

/** Tells a webhook of events and gives what it said of failures. */
async function tell(
  url: string,
  events: readonly CapacityEvent[],
  clock: Clock = systemClock,
): Promise<readonly string[]> {
  const failures: string[] = []
  const webhook = capacityWebhook({
    url,
    clock,
    onFailure: (message) => void failures.push(message),
  })
  for (const event of events) webhook.onEvent(event)
  await webhook.settled()
  return failures
}

describe('a webhook', () => {
  it('gets one POST per alert, as JSON', async () => {
    await using server = await listener()
    expect(await tell(`${server.url}/alerts?key=1`, [eventOf('alert')])).toEqual([])
    expect(server.posted).toMatchObject([
      { method: 'POST', url: '/alerts?key=1', headers: { 'content-type': 'application/json' } },
    ])
    expect(server.posted.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { event: 'alert', index: 'index-1', namespaces: 72, at: '2026-11-03T12:00:00.000Z' },
    ])
  })

  it('hears of alerts and of refusals, each once, and of nothing else', async () => {
    await using server = await listener()
    await tell(server.url, [
      eventOf('index-ready'),
      eventOf('alert'),
      eventOf('provision-started'),
      eventOf('alert', 'index-2'),
      eventOf('placement-refused', 'index'),
    ])
    const heard = server.posted
      .map(({ body }) => JSON.parse(body) as { readonly event: string; readonly index: string })
      .map(({ event, index }) => `${event} ${index}`)
    expect(heard.toSorted()).toEqual(['alert index-1', 'alert index-2', 'placement-refused index'])
  })

  it('keeps nobody waiting: telling it returns before it has answered', async () => {
    let release = (): void => undefined
    await using server = await listener(
      (response) => void (release = () => void response.writeHead(204).end()),
    )
    const failures: string[] = []
    const webhook = capacityWebhook({
      url: server.url,
      clock: systemClock,
      onFailure: (message) => void failures.push(message),
    })
    expect(webhook.onEvent(eventOf('alert'))).toBeUndefined()
    expect(server.posted).toEqual([])
    const settled = webhook.settled()
    await expect.poll(() => server.posted.length).toBe(1)
    release()
    await settled
    expect(failures).toEqual([])
  })

  it('has nothing to settle when nothing was told', async () =>
    expect(await tell('http://127.0.0.1:1', [])).toEqual([]))
})

describe('a failure is told and thrown to nobody:', () => {
  it.each([400, 404, 500, 503])('an answer of %i', async (status) => {
    await using server = await listener((response) => void response.writeHead(status).end('no'))
    expect(await tell(server.url, [eventOf('alert'), eventOf('alert', 'index-2')])).toEqual([
      `it answered ${status}`,
      `it answered ${status}`,
    ])
    expect(server.posted).toHaveLength(2)
  })

  it.each([301, 302, 307, 308])('a redirect by %i, which is not followed', async (status) => {
    await using elsewhere = await listener()
    await using server = await listener(
      (response) => void response.writeHead(status, { location: `${elsewhere.url}/stolen` }).end(),
    )
    expect(await tell(server.url, [eventOf('alert')])).toHaveLength(1)
    expect([server.posted.length, elsewhere.posted.length]).toEqual([1, 0])
  })

  it('a connection that is refused, and one that is cut', async () => {
    const gone = await listener()
    await gone[Symbol.asyncDispose]()
    expect(await tell(gone.url, [eventOf('alert')])).toHaveLength(1)
    await using server = await listener((response) => void response.destroy())
    expect(await tell(server.url, [eventOf('alert')])).toHaveLength(1)
  })

  it('an address that is none', async () =>
    expect(await tell('nowhere', [eventOf('alert')])).toHaveLength(1))

  it('no answer in five seconds', async () => {
    await using server = await listener(() => undefined)
    const waits: number[] = []
    const impatient: Clock = {
      ...systemClock,
      sleep: async (durationMs) => void waits.push(durationMs),
    }
    expect(await tell(server.url, [eventOf('alert')], impatient)).toEqual(['no answer in 5 s'])
    expect(waits).toEqual([5_000])
  })

  it('and the address is no part of what is told', async () => {
    await using server = await listener((response) => void response.writeHead(500).end())
    const gone = await listener()
    await gone[Symbol.asyncDispose]()
    for (const { url } of [server, gone])
      expect((await tell(`${url}/hook?token=secret`, [eventOf('alert')])).join()).not.toMatch(
        /secret|127\.0/,
      )
  })
})
