/**
 * OpenAI as its SDK sees it: chat completions (whole or streamed with the usage chunk) and
 * embeddings.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sha256 } from '../../../src/base/random.ts'
import { chatModelProfiles } from '../../profiles/chat-models.ts'
import { embeddingProfiles } from '../../profiles/retrieval.ts'
import { embedText } from '../reading/embedding.ts'
import { billedTokens } from '../reading/tokenizer.ts'
import { streamPieces, workChat, type ChatRefusal, type WorkedAnswer } from './chat-work.ts'
import { breakOff, isKey, type Routes } from './routes.ts'
import { drawLatency, identityOf, type World } from './world.ts'

const chatBody = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  max_completion_tokens: z.int().positive().nullish(),
  max_tokens: z.int().positive().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
})

const embeddingBody = z.object({
  model: z.string(),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2_048)]),
  dimensions: z.int().positive().nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
})

interface VendorError {
  readonly status: number
  readonly type: string
  readonly code: string | null
  readonly param: string | null
  readonly message: string
}

/** The routes under `/v1`. */
export function openaiRoutes(world: World, apiKey: string): Routes {
  return async (server) => {
    server.addHook('onRequest', async (request, reply) => {
      const given = request.headers.authorization?.replace(/^Bearer /, '')
      if (!isKey(given, apiKey))
        return refuse(reply, {
          status: 401,
          type: 'invalid_request_error',
          code: 'invalid_api_key',
          param: null,
          message: 'Incorrect API key provided.',
        })
      const identity = identityOf(request.headers)
      if (identity.attempt === 1 && world.strikes(identity, 'throttled')) {
        void reply.header('retry-after-ms', '20').header('retry-after', '1')
        return refuse(reply, {
          status: 429,
          type: 'requests',
          code: 'rate_limit_exceeded',
          param: null,
          message: 'Rate limit reached for requests.',
        })
      }
    })
    server.setErrorHandler((error, _request, reply) => {
      const message = error instanceof Error ? error.message : String(error)
      void refuse(reply, {
        status: 400,
        type: 'invalid_request_error',
        code: null,
        param: null,
        message,
      })
    })
    server.setNotFoundHandler((request, reply) => {
      void refuse(reply, {
        status: 404,
        type: 'invalid_request_error',
        code: 'unknown_url',
        param: null,
        message: `Unknown request URL: ${request.method} ${request.url}.`,
      })
    })
    server.post('/chat/completions', (request, reply) => chat(world, request, reply))
    server.post('/embeddings', (request, reply) => embeddings(world, request, reply))
  }
}

function refuse(reply: FastifyReply, { status, ...error }: VendorError): FastifyReply {
  return reply.code(status).send({ error })
}

async function chat(world: World, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const startedMs = world.options.clock.monotonicMs()
  const identity = identityOf(request.headers)
  const body = chatBody.parse(request.body)
  const maxOutputTokens = body.max_completion_tokens ?? body.max_tokens ?? 4_096
  const known = chatModelProfiles.some(
    ({ model, provider }) => provider === 'openai' && model === body.model,
  )
  const answer = known
    ? workChat(world, { identity, model: body.model, messages: body.messages, maxOutputTokens })
    : ({ refused: 'unknown-model' } as const)
  if ('refused' in answer) return refuse(reply, refusalOf(answer, body.model))
  const created = Math.floor(world.options.clock.nowMs() / 1_000)
  const head = {
    id: `chatcmpl-${sha256(`${identity.requestId}/${identity.attempt}`).slice(0, 24)}`,
    created,
    model: body.model,
  }
  const log = (): void =>
    world.log(identity, {
      operation: 'chat',
      modelledMs: answer.firstTokenMs + answer.decodeMs,
      firstTokenMs: answer.firstTokenMs,
      startedMs,
    })
  if (body.stream === true)
    return streamChat(reply, {
      world,
      head,
      answer,
      includeUsage: body.stream_options?.include_usage === true,
      log,
    })
  await world.wait(answer.firstTokenMs + answer.decodeMs)
  log()
  const message = { role: 'assistant', content: answer.text, refusal: null }
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: answer.finishReason, logprobs: null }],
    usage: usageOf(answer),
  }
}

interface StreamParts {
  readonly world: World
  readonly head: object
  readonly answer: WorkedAnswer
  readonly includeUsage: boolean
  log(): void
}

async function streamChat(reply: FastifyReply, parts: StreamParts): Promise<FastifyReply> {
  const { world, head, answer, includeUsage } = parts
  reply.hijack()
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  })
  const send = (choices: readonly object[], usage: object | null): void => {
    const chunk = {
      ...head,
      object: 'chat.completion.chunk',
      choices,
      ...(includeUsage ? { usage } : {}),
    }
    reply.raw.write(`data: ${JSON.stringify(chunk)}\n\n`)
  }
  const delta = (content: object, finishReason: string | null): readonly object[] => [
    { index: 0, delta: content, finish_reason: finishReason, logprobs: null },
  ]
  send(delta({ role: 'assistant', content: '', refusal: null }, null), null)
  for await (const content of streamPieces(world, answer)) send(delta({ content }, null), null)
  parts.log()
  if (answer.breaksOff) return breakOff(reply)
  send(delta({}, answer.finishReason), null)
  if (includeUsage) send([], usageOf(answer))
  reply.raw.end('data: [DONE]\n\n')
  return reply
}

function usageOf(answer: WorkedAnswer): object {
  return {
    prompt_tokens: answer.inputTokens,
    completion_tokens: answer.outputTokens,
    total_tokens: answer.inputTokens + answer.outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function refusalOf(refusal: ChatRefusal, model: string): VendorError {
  if (refusal.refused === 'unknown-model')
    return {
      status: 404,
      type: 'invalid_request_error',
      code: 'model_not_found',
      param: null,
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
    }
  const message =
    `This model's maximum context length is ${refusal.windowTokens} tokens. However, ` +
    `your messages resulted in ${refusal.inputTokens} tokens. Please reduce the length ` +
    'of the messages.'
  return {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: 'messages',
    message,
  }
}

async function embeddings(
  world: World,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const startedMs = world.options.clock.monotonicMs()
  const identity = identityOf(request.headers)
  const { model, input, dimensions, encoding_format: format } = embeddingBody.parse(request.body)
  const profile = embeddingProfiles.find((each) => each.model === model)
  if (profile === undefined) return refuse(reply, refusalOf({ refused: 'unknown-model' }, model))
  const texts = typeof input === 'string' ? [input] : input
  const counts = texts.map((text) => billedTokens(text, model, 1))
  const longest = Math.max(...counts)
  if (longest > profile.maxInputTokens) {
    const message =
      `This model's maximum context length is ${profile.maxInputTokens + 1} tokens, ` +
      `however you requested ${longest} tokens. Please reduce your prompt.`
    return refuse(reply, {
      status: 400,
      type: 'invalid_request_error',
      code: null,
      param: null,
      message,
    })
  }
  const tokens = counts.reduce((sum, count) => sum + count, 0)
  world.book(identity, { kind: 'embedding', model, tokens })
  const vectors = texts.map((text) => embedText(text, model, dimensions ?? profile.maxDimensions))
  const modelledMs = drawLatency(world.random(identity, 'embed'), profile.latency)
  await world.wait(modelledMs)
  world.log(identity, { operation: 'embed', modelledMs, startedMs })
  const data = vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: format === 'float' ? [...vector] : base64Of(vector),
  }))
  return { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } }
}

/** Little-endian float32, as the SDK decodes it. */
function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * 4))
  return bytes.toString('base64')
}
