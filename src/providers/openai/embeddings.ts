/** Embeddings by OpenAI. */
import type OpenAI from 'openai'
import { messageOf } from '../../base/errors.ts'
import { asCall, attemptsSoFar } from '../call.ts'
import type { Embedder } from '../embedder.ts'
import { ProviderError } from '../provider-error.ts'
import { openaiRefusal } from './client.ts'

/** The embedding port over the SDK. */
export function openaiEmbedder(client: OpenAI): Embedder {
  return {
    embed: (request) =>
      asCall(request.requestId, async () => {
        const { model, dimensions, texts } = request
        try {
          const { data, usage } = await client.embeddings.create({
            model,
            dimensions,
            input: [...texts],
          })
          const quantities = { 'embedding-tokens': usage.prompt_tokens }
          return {
            vectors: [...data]
              .sort((one, other) => one.index - other.index)
              .map(({ embedding }) => embedding),
            usage: [
              {
                operation: 'embed',
                provider: 'openai',
                sku: model,
                attempt: attemptsSoFar(),
                outcome: 'completed',
                estimated: false,
                quantities,
              },
            ],
          }
        } catch (error) {
          throw (
            openaiRefusal(error, 'TB_INPUT_TOO_LONG') ??
            new ProviderError('TB_PROVIDER_UNAVAILABLE', {
              detail: `${messageOf(error)}.`,
              cause: error,
            })
          )
        }
      }),
  }
}
