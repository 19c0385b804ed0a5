/**
 * OpenAI's wire, seen by its SDK without our adapters and by plain HTTP; bodies checked against
 * OpenAI's API document.
 */
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  dataLines,
  largeHeader,
  rawRequest,
  type RawAnswer,
  type RawRequest,
} from './support/raw.ts'
import { faultsBy } from './support/schemas.ts'
import { testVendors, type TestVendors } from './support/vendors.ts'

const model = 'gpt-4o-mini'
const messages: OpenAI.ChatCompletionMessageParam[] = [
  {
    role: 'user',
    content:
      'Passages:\n\n[1] Opening hours\n\nThe shop opens at nine.\n\nQuestion: When does the shop open?',
  },
]
const embeddingModel = 'text-embedding-3-small'

let vendors: TestVendors
let sdk: OpenAI

function clientOf({ endpoints: { openai } }: TestVendors, apiKey = openai.apiKey): OpenAI {
  return new OpenAI({ apiKey, baseURL: openai.baseUrl, maxRetries: 0 })
}

function raw(path: string, request: RawRequest = {}): Promise<RawAnswer> {
  const { openai } = vendors.endpoints
  return rawRequest(openai, path, {
    ...request,
    headers: { authorization: `Bearer ${openai.apiKey}`, ...request.headers },
  })
}

beforeAll(async () => {
  vendors = await testVendors()
  sdk = clientOf(vendors)
})
afterAll(() => vendors.close())

describe('chat completions', () => {
  it('come whole when no stream is asked for', async () => {
    const answer = await sdk.chat.completions.create({ model, messages })
    expect(faultsBy('openai', 'CreateChatCompletionResponse', answer)).toEqual([])
    expect(answer.choices[0]?.message.content).toContain('opens at nine')
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    )
  })

  it('stream as server-sent events that end with [DONE]', async () => {
    const { headers, text } = await raw('/chat/completions', {
      body: { model, messages, stream: true },
    })
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    const chunks = dataLines(text)
      .slice(0, -1)
      .map((line) => JSON.parse(line) as OpenAI.ChatCompletionChunk)
    expect(
      chunks.flatMap((chunk) => faultsBy('openai', 'CreateChatCompletionStreamResponse', chunk)),
    ).toEqual([])
    expect(chunks.every((chunk) => !('usage' in chunk) && chunk.choices.length === 1)).toBe(true)
    expect(
      chunks
        .map(({ choices }) => choices[0]?.finish_reason ?? null)
        .filter((reason) => reason !== null),
    ).toEqual(['stop'])
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  })

  it('give usage in one last chunk without choices, only when it is asked for', async () => {
    const chunks: OpenAI.ChatCompletionChunk[] = []
    for await (const chunk of await sdk.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    }))
      chunks.push(chunk)
    expect(
      chunks.flatMap((chunk) => faultsBy('openai', 'CreateChatCompletionStreamResponse', chunk)),
    ).toEqual([])
    const last = chunks.at(-1)
    expect(last?.choices).toEqual([])
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
    const whole = await sdk.chat.completions.create({ model, messages })
    expect(last?.usage).toEqual(whole.usage)
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
      whole.choices[0]?.message.content,
    )
  })

  it.each(['max_tokens', 'max_completion_tokens'])('are cut at %s', async (limit) => {
    const answer = await sdk.chat.completions.create({ model, messages, [limit]: 5 })
    expect(answer.choices[0]?.finish_reason).toBe('length')
    expect(answer.usage?.completion_tokens).toBeLessThanOrEqual(5)
  })

  it('break off for the SDK as a dropped connection does', async () => {
    await using broken = await testVendors({ faults: { abortedStreams: 1 } })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const chunk of await clientOf(broken).chat.completions.create({
        model,
        messages,
        stream: true,
      }))
        text += chunk.choices[0]?.delta.content ?? ''
    }
    await expect(read()).rejects.toThrow()
    expect(text).not.toBe('')
    expect(broken.booked()).toHaveLength(1)
  })
})

describe('embeddings', () => {
  const input = ['bill of lading', 'port of call']

  it('are the same as floats and as base64', async () => {
    const floats = await sdk.embeddings.create({
      model: embeddingModel,
      input,
      dimensions: 32,
      encoding_format: 'float',
    })
    const decoded = await sdk.embeddings.create({ model: embeddingModel, input, dimensions: 32 })
    expect(floats.data.map(({ embedding }) => embedding)).toEqual(
      decoded.data.map(({ embedding }) => [...embedding]),
    )
    expect(faultsBy('openai', 'CreateEmbeddingResponse', floats)).toEqual([])
    expect(floats.usage).toEqual(decoded.usage)
    const { json } = await raw('/embeddings', {
      body: { model: embeddingModel, input, dimensions: 32, encoding_format: 'base64' },
    })
    const [first] = (json as { data: readonly { embedding: string }[] }).data
    expect(Buffer.from(first?.embedding ?? '', 'base64')).toHaveLength(4 * 32)
  })

  it("take one text as well as a list, and have the model's dimensions by default", async () => {
    const { data } = await sdk.embeddings.create({ model: embeddingModel, input: 'one' })
    expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([[0, 1_536]])
    await expect(
      sdk.embeddings.create({
        model: embeddingModel,
        input: Array.from({ length: 2_049 }, () => 'x'),
      }),
    ).rejects.toBeInstanceOf(BadRequestError)
  })
})

describe('refusals', () => {
  it.each([
    {
      name: 'a wrong key',
      errorClass: AuthenticationError,
      status: 401,
      code: 'invalid_api_key',
      work: (): unknown =>
        clientOf(vendors, 'sk-wrong').chat.completions.create({ model, messages }),
    },
    {
      name: 'an unknown model',
      errorClass: NotFoundError,
      status: 404,
      code: 'model_not_found',
      work: (): unknown => sdk.chat.completions.create({ model: 'gpt-9', messages }),
    },
    {
      name: "another vendor's model",
      errorClass: NotFoundError,
      status: 404,
      code: 'model_not_found',
      work: (): unknown => sdk.chat.completions.create({ model: 'claude-haiku-4-5', messages }),
    },
    {
      name: 'a prompt over the window',
      errorClass: BadRequestError,
      status: 400,
      code: 'context_length_exceeded',
      work: (): unknown =>
        sdk.chat.completions.create({
          model: 'gpt-4',
          messages: [{ role: 'user', content: ' word'.repeat(9_000) }],
        }),
    },
    {
      name: 'no messages',
      errorClass: BadRequestError,
      status: 400,
      code: null,
      work: (): unknown => sdk.chat.completions.create({ model, messages: [] }),
    },
  ])('are typed by the SDK: $name', async ({ errorClass, status, code, work }) => {
    const error: unknown = await Promise.resolve(work()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(errorClass)
    expect(error).toMatchObject({ status, code })
  })

  it('are a rate limit with the wait in its headers when throttled', async () => {
    await using busy = await testVendors({ faults: { throttled: 1 } })
    const error: unknown = await clientOf(busy)
      .embeddings.create({ model: embeddingModel, input: 'x' })
      .catch((thrown: unknown) => thrown)
    if (!(error instanceof RateLimitError)) throw error
    expect(error.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(error.headers.get('retry-after-ms')).toMatch(/^\d+$/)
    expect(busy.booked()).toEqual([])
    expect(
      (
        await clientOf(busy).embeddings.create(
          { model: embeddingModel, input: 'x' },
          { headers: { 'x-client-attempt': '2' } },
        )
      ).data,
    ).toHaveLength(1)
  })

  it("have the vendor's body on every path", async () => {
    const answers = [
      await raw('/no/such/route'),
      await raw('/chat/completions'),
      await raw('/chat/completions', { body: '{"model":' }),
      await raw('/chat/completions', { body: { model: 'gpt-9', messages } }),
      await raw('/embeddings', { body: { model: embeddingModel, input: [] } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400, 404, 400])
    expect(answers.flatMap(({ json }) => faultsBy('openai', 'ErrorResponse', json))).toEqual([])
  })

  it('are all that a request without a key gets, on every path', async () => {
    await using fresh = await testVendors({ faults: { throttled: 1 } })
    for (const [path, request] of [
      ['/chat/completions', { body: { model, messages } }],
      ['/embeddings', { body: { model: embeddingModel, input: 'x' } }],
      ['/embeddings', { body: '{"broken":' }],
      ['/no/such/route', {}],
    ] as const) {
      for (const headers of [
        {},
        { authorization: 'Bearer ' },
        { authorization: `Bearer ${fresh.endpoints.pinecone.apiKey}` },
      ]) {
        const answer = await rawRequest(fresh.endpoints.openai, path, { ...request, headers })
        expect([path, answer.status, Object.keys(answer.json as object)]).toEqual([
          path,
          401,
          ['error'],
        ])
      }
    }
    expect(fresh.booked()).toEqual([])
    expect(fresh.world.served).toEqual([])
  })

  it('do not strike a header of 200 KiB', async () => {
    const { status } = await raw('/embeddings', {
      body: { model: embeddingModel, input: 'x' },
      headers: largeHeader,
    })
    expect(status).toBe(200)
  })
})
