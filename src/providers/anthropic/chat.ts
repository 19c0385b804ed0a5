/** Chat by Anthropic's Messages, streamed. */
import Anthropic, { APIConnectionError, APIError } from '@anthropic-ai/sdk'
import { messageOf } from '../../base/errors.ts'
import type { ChatModel, ChatRequest } from '../chat-model.ts'
import { answerByStream, type ChatPiece, type StreamSource } from '../chat-stream.ts'
import type { Endpoint } from '../openai/client.ts'
import { ProviderError } from '../provider-error.ts'
import { anthropicBuckets } from '../token-buckets.ts'

/**
 * Claude has no public tokenizer. Only for answers that broke off do we need one: cl100k times this
 * declared factor, and the figure is marked estimated.
 */
const estimatedTokensPerCl100kToken = 1.15

/** The chat port over the SDK. */
export function anthropicChat(endpoint: Endpoint, fetch: typeof globalThis.fetch): ChatModel {
  const client = new Anthropic({
    apiKey: endpoint.apiKey,
    authToken: null,
    baseURL: endpoint.baseUrl,
    maxRetries: 0,
    fetch,
  })
  const source: StreamSource = {
    provider: 'anthropic',
    tokenFactor: estimatedTokensPerCl100kToken,
    open: (request) => openStream(client, request),
    refusal,
  }
  return { answer: (request) => answerByStream(source, request) }
}

async function openStream(
  client: Anthropic,
  request: ChatRequest,
): Promise<AsyncIterable<ChatPiece>> {
  const system = request.messages
    .filter(({ role }) => role === 'system')
    .map(({ content }) => content)
  const events = await client.messages.create({
    model: request.model,
    system: system.join('\n\n'),
    messages: request.messages
      .filter(({ role }) => role === 'user')
      .map(({ content }) => ({ role: 'user', content })),
    // No temperature: this version of the Messages API does not take one.
    max_tokens: request.maxOutputTokens,
    stream: true,
  })
  return pieces(events)
}

async function* pieces(
  events: AsyncIterable<Anthropic.RawMessageStreamEvent>,
): AsyncGenerator<ChatPiece> {
  for await (const event of events) {
    switch (event.type) {
      case 'message_start':
        yield { prompt: anthropicBuckets(event.message.usage) }
        break
      case 'content_block_delta':
        if (event.delta.type === 'text_delta') yield { text: event.delta.text }
        break
      case 'message_delta':
        yield {
          outputTokens: event.usage.output_tokens,
          finishReason: event.delta.stop_reason === 'max_tokens' ? 'length' : 'stop',
        }
        break
      case 'message_stop':
      case 'content_block_start':
      case 'content_block_stop':
        break
    }
  }
}

function refusal(error: unknown): ProviderError | null {
  if (
    !(error instanceof APIError) ||
    error instanceof APIConnectionError ||
    error.status === undefined
  )
    return null
  const details = { detail: `Anthropic: ${messageOf(error)}`, cause: error }
  if (/prompt is too long/i.test(error.message))
    return new ProviderError('TB_PROMPT_TOO_LONG', details)
  return new ProviderError(
    error.status === 429 || error.status >= 500 ? 'TB_PROVIDER_UNAVAILABLE' : 'TB_PROVIDER_REFUSED',
    details,
  )
}
