/** Anthropic as its SDK sees it: messages, whole or streamed. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sha256 } from '../../../src/base/random.ts'
import { chatModelProfiles } from '../../profiles/chat-models.ts'
import { streamPieces, workChat, type ChatRefusal, type WorkedAnswer } from './chat-work.ts'
import { breakOff, isKey, type Routes } from './routes.ts'
import { identityOf, type World } from './world.ts'

const messagesBody = z.object({
  model: z.string(),
  system: z.string().optional(),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.string() })).min(1),
  max_tokens: z.int().positive(),
  stream: z.boolean().optional(),
})

/** The routes under the base URL; the SDK adds `/v1/messages`. */
export function anthropicRoutes(world: World, apiKey: string): Routes {
  return async (server) => {
    server.addHook('onRequest', async (request, reply) => {
      if (!isKey(keyIn(request), apiKey))
        return refuse(reply, {
          status: 401,
          type: 'authentication_error',
          message: 'invalid x-api-key',
        })
      const identity = identityOf(request.headers)
      if (identity.attempt === 1 && world.strikes(identity, 'throttled')) {
        void reply.header('retry-after', '1').header('retry-after-ms', '20')
        return refuse(reply, {
          status: 429,
          type: 'rate_limit_error',
          message: 'Number of requests has exceeded your rate limit.',
        })
      }
    })
    server.setErrorHandler((error, _request, reply) => {
      void refuse(reply, {
        status: 400,
        type: 'invalid_request_error',
        message: error instanceof Error ? error.message : String(error),
      })
    })
    server.setNotFoundHandler(
      (_request, reply) =>
        void refuse(reply, { status: 404, type: 'not_found_error', message: 'Not Found' }),
    )
    server.post('/v1/messages', (request, reply) => messages(world, request, reply))
  }
}

/** Newer SDKs send the key as a bearer token, older ones as `x-api-key`. */
function keyIn(request: FastifyRequest): string | undefined {
  const own = request.headers['x-api-key']
  return (
    (Array.isArray(own) ? own[0] : own) ?? request.headers.authorization?.replace(/^Bearer /, '')
  )
}

interface VendorError {
  readonly status: number
  readonly type: string
  readonly message: string
}

function refuse(reply: FastifyReply, { status, ...error }: VendorError): FastifyReply {
  return reply.code(status).send({ type: 'error', error, request_id: 'req_local' })
}

async function messages(
  world: World,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const startedMs = world.options.clock.monotonicMs()
  const identity = identityOf(request.headers)
  const body = messagesBody.parse(request.body)
  const system = body.system === undefined ? [] : [{ role: 'system', content: body.system }]
  const known = chatModelProfiles.some(
    ({ model, provider }) => provider === 'anthropic' && model === body.model,
  )
  const work = {
    identity,
    model: body.model,
    messages: [...system, ...body.messages],
    maxOutputTokens: body.max_tokens,
  }
  const answer = known ? workChat(world, work) : ({ refused: 'unknown-model' } as const)
  if ('refused' in answer) return refuse(reply, refusalOf(answer, body.model))
  const log = (): void =>
    world.log(identity, {
      operation: 'chat',
      modelledMs: answer.firstTokenMs + answer.decodeMs,
      firstTokenMs: answer.firstTokenMs,
      startedMs,
    })
  const message = messageOf(answer, {
    id: `msg_${sha256(`${identity.requestId}/${identity.attempt}`).slice(0, 24)}`,
    model: body.model,
  })
  if (body.stream === true) return streamMessage(reply, { world, answer, message, log })
  await world.wait(answer.firstTokenMs + answer.decodeMs)
  log()
  return {
    ...message,
    content: [{ type: 'text', text: answer.text, citations: null }],
    stop_reason: stopReason(answer),
  }
}

function messageOf(
  answer: WorkedAnswer,
  head: { readonly id: string; readonly model: string },
): object {
  const usage = {
    input_tokens: answer.inputTokens,
    output_tokens: answer.outputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  }
  return {
    ...head,
    type: 'message',
    role: 'assistant',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  }
}

function stopReason(answer: WorkedAnswer): string {
  return answer.finishReason === 'length' ? 'max_tokens' : 'end_turn'
}

interface StreamParts {
  readonly world: World
  readonly answer: WorkedAnswer
  readonly message: object
  log(): void
}

async function streamMessage(
  reply: FastifyReply,
  { world, answer, message, log }: StreamParts,
): Promise<FastifyReply> {
  reply.hijack()
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  })
  const send = (type: string, body: object): void =>
    void reply.raw.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`)
  const openingUsage = {
    input_tokens: answer.inputTokens,
    output_tokens: 1,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  }
  send('message_start', { message: { ...message, usage: openingUsage } })
  send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
  for await (const text of streamPieces(world, answer))
    send('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
  log()
  if (answer.breaksOff) return breakOff(reply)
  send('content_block_stop', { index: 0 })
  send('message_delta', {
    delta: { stop_reason: stopReason(answer), stop_sequence: null },
    usage: { output_tokens: answer.outputTokens },
  })
  send('message_stop', {})
  reply.raw.end()
  return reply
}

function refusalOf(refusal: ChatRefusal, model: string): VendorError {
  if (refusal.refused === 'unknown-model')
    return { status: 404, type: 'not_found_error', message: `model: ${model}` }
  return {
    status: 400,
    type: 'invalid_request_error',
    message: `prompt is too long: ${refusal.inputTokens} tokens > ${refusal.windowTokens} maximum`,
  }
}
