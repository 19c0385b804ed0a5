/**
 * Anthropic's wire, seen by its SDK without our adapters and by plain HTTP. Its types are the only
 * published description.
 */
import Anthropic, {
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  dataLines,
  largeHeader,
  rawRequest,
  type RawAnswer,
  type RawRequest,
} from './support/raw.ts'
import { testVendors, type TestVendors } from './support/vendors.ts'

const model = 'claude-haiku-4-5'
const request: Anthropic.MessageCreateParamsNonStreaming = {
  model,
  max_tokens: 300,
  system: 'Answer from the passages.',
  messages: [
    {
      role: 'user',
      content:
        'Passages:\n\n[1] Opening hours\n\nThe shop opens at nine.\n\nQuestion: When does the shop open?',
    },
  ],
}

let vendors: TestVendors
let sdk: Anthropic

function clientOf({ endpoints: { anthropic } }: TestVendors, apiKey = anthropic.apiKey): Anthropic {
  return new Anthropic({ apiKey, authToken: null, baseURL: anthropic.baseUrl, maxRetries: 0 })
}

function raw(path: string, sent: RawRequest = {}): Promise<RawAnswer> {
  const { anthropic } = vendors.endpoints
  return rawRequest(anthropic, path, {
    ...sent,
    headers: { 'x-api-key': anthropic.apiKey, ...sent.headers },
  })
}

beforeAll(async () => {
  vendors = await testVendors()
  sdk = clientOf(vendors)
})
afterAll(() => vendors.close())

describe('messages', () => {
  it('come whole when no stream is asked for', async () => {
    const message = await sdk.messages.create(request)
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model,
      stop_reason: 'end_turn',
      stop_sequence: null,
    })
    expect(message.content).toHaveLength(1)
    expect(message.content[0]).toMatchObject({
      type: 'text',
      text: expect.stringContaining('opens at nine') as string,
    })
    expect(vendors.booked().at(-1)).toEqual({
      kind: 'chat',
      model,
      inputTokens: message.usage.input_tokens,
      outputTokens: message.usage.output_tokens,
    })
  })

  it("stream as named events in the vendor's order", async () => {
    const { headers, text } = await raw('/v1/messages', { body: { ...request, stream: true } })
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/)
    const named = text
      .split('\n')
      .filter((line) => line.startsWith('event: '))
      .map((line) => line.slice('event: '.length))
    expect(dataLines(text).map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(
      named,
    )
    const deltas = named.filter((name) => name === 'content_block_delta')
    expect(deltas.length).toBeGreaterThan(1)
    expect(named).toEqual([
      'message_start',
      'content_block_start',
      ...deltas,
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
  })

  it('add up, streamed through the SDK, to the whole message', async () => {
    const streamed = await sdk.messages.stream(request).finalMessage()
    const whole = await sdk.messages.create(request)
    const textOf = ({ content }: Anthropic.Message): string =>
      content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    expect(textOf(streamed)).toBe(textOf(whole))
    expect([streamed.usage.input_tokens, streamed.usage.output_tokens]).toEqual([
      whole.usage.input_tokens,
      whole.usage.output_tokens,
    ])
    expect(streamed.stop_reason).toBe(whole.stop_reason)
  })

  it('are cut at max_tokens', async () => {
    const message = await sdk.messages.create({ ...request, max_tokens: 5 })
    expect(message.stop_reason).toBe('max_tokens')
    expect(message.usage.output_tokens).toBeLessThanOrEqual(5)
  })

  it('break off for the SDK as a dropped connection does', async () => {
    await using broken = await testVendors({ faults: { abortedStreams: 1 } })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const event of await clientOf(broken).messages.create({
        ...request,
        stream: true,
      }))
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          text += event.delta.text
    }
    await expect(read()).rejects.toThrow()
    expect(text).not.toBe('')
    expect(broken.booked()).toHaveLength(1)
  })
})

describe('refusals', () => {
  it.each([
    {
      name: 'a wrong key',
      errorClass: AuthenticationError,
      status: 401,
      type: 'authentication_error',
      work: (): unknown => clientOf(vendors, 'sk-wrong').messages.create(request),
    },
    {
      name: 'an unknown model',
      errorClass: NotFoundError,
      status: 404,
      type: 'not_found_error',
      work: (): unknown => sdk.messages.create({ ...request, model: 'claude-9' }),
    },
    {
      name: "another vendor's model",
      errorClass: NotFoundError,
      status: 404,
      type: 'not_found_error',
      work: (): unknown => sdk.messages.create({ ...request, model: 'gpt-4o-mini' }),
    },
    {
      name: 'a prompt over the window',
      errorClass: BadRequestError,
      status: 400,
      type: 'invalid_request_error',
      work: (): unknown =>
        sdk.messages.create({
          ...request,
          messages: [{ role: 'user', content: ' word'.repeat(200_000) }],
        }),
    },
    {
      name: 'no messages',
      errorClass: BadRequestError,
      status: 400,
      type: 'invalid_request_error',
      work: (): unknown => sdk.messages.create({ ...request, messages: [] }),
    },
  ])('are typed by the SDK: $name', async ({ errorClass, status, type, work }) => {
    const error: unknown = await Promise.resolve(work()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(errorClass)
    expect(error).toMatchObject({
      status,
      error: { type: 'error', error: { type, message: expect.any(String) as string } },
    })
  })

  it('are a rate limit with the wait in its headers when throttled', async () => {
    await using busy = await testVendors({ faults: { throttled: 1 } })
    const error: unknown = await clientOf(busy)
      .messages.create(request)
      .catch((thrown: unknown) => thrown)
    if (!(error instanceof RateLimitError)) throw error
    expect(error.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(busy.booked()).toEqual([])
  })

  it("have the vendor's body on every path", async () => {
    const answers = [
      await raw('/no/such/route'),
      await raw('/v1/messages'),
      await raw('/v1/messages', { body: '{"model":' }),
      await raw('/v1/messages', { body: { ...request, max_tokens: undefined } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400, 400])
    for (const { json } of answers)
      expect(json).toMatchObject({
        type: 'error',
        error: { type: expect.any(String) as string, message: expect.any(String) as string },
      })
  })

  it('are all that a request without a key gets, on every path', async () => {
    await using fresh = await testVendors({ faults: { throttled: 1 } })
    for (const [path, sent] of [
      ['/v1/messages', { body: request }],
      ['/v1/messages', { body: '{"broken":' }],
      ['/no/such/route', {}],
    ] as const) {
      for (const headers of [
        {},
        { 'x-api-key': '' },
        { 'x-api-key': fresh.endpoints.openai.apiKey },
      ]) {
        const answer = await rawRequest(fresh.endpoints.anthropic, path, { ...sent, headers })
        expect([path, answer.status, Object.keys(answer.json as object)]).toEqual([
          path,
          401,
          ['type', 'error', 'request_id'],
        ])
      }
    }
    expect(fresh.booked()).toEqual([])
    expect(fresh.world.served).toEqual([])
  })

  it('do not strike a header of 200 KiB', async () => {
    expect((await raw('/v1/messages', { body: request, headers: largeHeader })).status).toBe(200)
  })
})
