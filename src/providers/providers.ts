/**
 * All providers of a deployment, from their endpoints. A new provider is one folder here and one
 * line below.
 */
import type { Clock } from '../base/clock.ts'
import { anthropicChat } from './anthropic/chat.ts'
import { retryingFetch, type RetryOptions } from './call.ts'
import type { ChatModel } from './chat-model.ts'
import type { Embedder } from './embedder.ts'
import { openaiChat } from './openai/chat.ts'
import { openaiClient, type Endpoint } from './openai/client.ts'
import { openaiEmbedder } from './openai/embeddings.ts'
import { pineconeClient } from './pinecone/client.ts'
import { pineconeReranker } from './pinecone/rerank.ts'
import { pineconeVectors } from './pinecone/vectors.ts'
import type { Reranker } from './reranker.ts'
import type { VectorStore } from './vector-store.ts'

/** Where each provider is reached. */
export interface ProviderEndpoints {
  readonly openai: Endpoint
  readonly anthropic: Endpoint
  readonly pinecone: Endpoint
}

/** The four ports that the RAG modules use. */
export interface Providers {
  readonly chat: ChatModel
  readonly embedder: Embedder
  readonly vectors: VectorStore
  readonly reranker: Reranker
}

/** Opens all providers. No request is made yet. */
export function openProviders(
  endpoints: ProviderEndpoints,
  clock: Clock,
  onFailedAttempt?: RetryOptions['onFailedAttempt'],
): Providers {
  const fetch = retryingFetch({ clock, onFailedAttempt })
  const openai = openaiClient(endpoints.openai, fetch)
  const pinecone = pineconeClient(endpoints.pinecone, fetch)
  return {
    chat: chatByModelName(openaiChat(openai), anthropicChat(endpoints.anthropic, fetch)),
    embedder: openaiEmbedder(openai),
    vectors: pineconeVectors(pinecone),
    reranker: pineconeReranker(pinecone),
  }
}

/** Models whose names begin with `claude-` are Anthropic's, all others OpenAI's. */
function chatByModelName(openai: ChatModel, anthropic: ChatModel): ChatModel {
  return {
    answer: (request) => (request.model.startsWith('claude-') ? anthropic : openai).answer(request),
  }
}
