/** Chat by OpenAI's Chat Completions, streamed, with the usage chunk. */
import type OpenAI from 'openai'
import type { ChatModel, ChatRequest } from '../chat-model.ts'
import { answerByStream, type ChatPiece, type StreamSource } from '../chat-stream.ts'
import { openaiRefusal } from './client.ts'
import { openaiBuckets } from '../token-buckets.ts'

/** The chat port over the SDK. */
export function openaiChat(client: OpenAI): ChatModel {
  const source: StreamSource = {
    provider: 'openai',
    tokenFactor: 1,
    open: (request) => openStream(client, request),
    refusal: (error) => openaiRefusal(error, 'TB_PROMPT_TOO_LONG'),
  }
  return { answer: (request) => answerByStream(source, request) }
}

async function openStream(client: OpenAI, request: ChatRequest): Promise<AsyncIterable<ChatPiece>> {
  const chunks = await client.chat.completions.create({
    model: request.model,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    temperature: request.temperature,
    max_completion_tokens: request.maxOutputTokens,
    stream: true,
    stream_options: { include_usage: true },
  })
  return pieces(chunks)
}

async function* pieces(
  chunks: AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>,
): AsyncGenerator<ChatPiece> {
  for await (const { choices, usage } of chunks) {
    const choice = choices[0]
    yield {
      text: choice?.delta.content ?? '',
      ...(choice?.finish_reason === 'stop' || choice?.finish_reason === 'length'
        ? { finishReason: choice.finish_reason }
        : {}),
      ...(usage ? { prompt: openaiBuckets(usage), outputTokens: usage.completion_tokens } : {}),
    }
  }
}
