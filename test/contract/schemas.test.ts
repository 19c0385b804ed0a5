/** The checks against the API documents can fail: each schema finds a planted fault. */
import { describe, expect, it } from 'vitest'
import { faultsBy, type ApiDocument } from './support/schemas.ts'

const index = {
  name: 'wire',
  metric: 'cosine',
  host: 'wire.example',
  vector_type: 'dense',
  status: { ready: true, state: 'Ready' },
  spec: {
    serverless: {
      cloud: 'aws',
      region: 'us-east-1',
      read_capacity: { mode: 'OnDemand', status: { state: 'Ready' } },
    },
  },
}
const completion = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      logprobs: null,
      message: { role: 'assistant', content: 'Nine.', refusal: null },
    },
  ],
}
const chunk = {
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, delta: { content: 'Nine.' }, finish_reason: null }],
}

const planted: readonly (readonly [ApiDocument, string, object, object])[] = [
  [
    'openai',
    'CreateChatCompletionResponse',
    completion,
    { ...completion, object: 'chat.complete' },
  ],
  [
    'openai',
    'CreateChatCompletionResponse',
    completion,
    { ...completion, choices: [{ ...completion.choices[0], finish_reason: 'finished' }] },
  ],
  [
    'openai',
    'CreateChatCompletionStreamResponse',
    chunk,
    { ...chunk, choices: [{ index: 0, delta: { content: 7 }, finish_reason: null }] },
  ],
  [
    'openai',
    'CreateEmbeddingResponse',
    { object: 'list', model: 'm', data: [], usage: { prompt_tokens: 1, total_tokens: 1 } },
    { object: 'list', model: 'm', data: [], usage: { prompt_tokens: 1 } },
  ],
  [
    'openai',
    'ErrorResponse',
    { error: { type: 't', code: null, param: null, message: 'm' } },
    { error: { type: 't', param: null, message: 'm' } },
  ],
  [
    'pinecone-control',
    'IndexModel',
    index,
    { ...index, spec: { serverless: { cloud: 'aws', region: 'us-east-1' } } },
  ],
  [
    'pinecone-control',
    'ErrorResponse',
    { status: 404, error: { code: 'NOT_FOUND', message: 'm' } },
    { status: '404', error: { code: 'NOT_FOUND', message: 'm' } },
  ],
  ['pinecone-data', 'UpsertResponse', { upsertedCount: 1 }, { upsertedCount: '1' }],
  [
    'pinecone-data',
    'QueryResponse',
    { matches: [{ id: 'a', score: 1 }], usage: { readUnits: 1 } },
    { matches: [{ score: 1 }], usage: { readUnits: 1 } },
  ],
  [
    'pinecone-data',
    'rpcStatus',
    { code: 5, message: 'm', details: [] },
    { code: 'NOT_FOUND', message: 'm' },
  ],
  [
    'pinecone-inference',
    'RerankResult',
    { model: 'm', data: [{ index: 0, score: 0.5 }], usage: { rerank_units: 1 } },
    { model: 'm', data: [{ index: 0 }], usage: { rerank_units: 1 } },
  ],
  [
    'pinecone-inference',
    'ErrorResponse',
    { status: 400, error: { code: 'INVALID_ARGUMENT', message: 'm' } },
    { status: 400, error: { message: 'm' } },
  ],
]

describe('the API documents', () => {
  it.each(planted)(
    '%s: %s accepts a right answer and finds a planted fault',
    (document, name, right, wrong) => {
      expect(faultsBy(document, name, right)).toEqual([])
      expect(faultsBy(document, name, wrong)).not.toEqual([])
    },
  )
})
