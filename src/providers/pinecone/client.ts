/**
 * The official Pinecone SDK, pointed where the settings say and with its own retries off; and its
 * errors in our words.
 */
import { Errors, Pinecone, type Index } from '@pinecone-database/pinecone'
import { messageOf } from '../../base/errors.ts'
import { ProviderError } from '../provider-error.ts'
import type { Endpoint } from '../openai/client.ts'

/** The SDK's client with the hosts of its indexes. */
export interface PineconeClient {
  readonly sdk: Pinecone
  /**
   * The index by name. Its host is asked for once and kept here: the SDK's own cache is shared by
   * the whole process.
   */
  index(indexName: string): Promise<Index>
}

/** Opens the SDK. */
export function pineconeClient(endpoint: Endpoint, fetch: typeof globalThis.fetch): PineconeClient {
  const sdk = new Pinecone({
    apiKey: endpoint.apiKey,
    controllerHostUrl: endpoint.baseUrl,
    fetchApi: fetch,
    maxRetries: 0,
  })
  const indexes = new Map<string, Promise<Index>>()
  const open = async (indexName: string): Promise<Index> => {
    const { host } = await sdk.indexes.describe(indexName)
    return sdk.index({ host })
  }
  return {
    sdk,
    index(indexName) {
      const known = indexes.get(indexName) ?? open(indexName)
      indexes.set(indexName, known)
      known.catch(() => indexes.delete(indexName))
      return known
    },
  }
}

const refusals = [
  Errors.PineconeBadRequestError,
  Errors.PineconeNotFoundError,
  Errors.PineconeAuthorizationError,
  Errors.PineconePaymentRequiredError,
  Errors.PineconeConflictError,
  Errors.PineconeUnprocessableEntityError,
  Errors.PineconeArgumentError,
]

/** Gives an SDK error its registered error. */
export function pineconeError(error: unknown): ProviderError {
  const code = refusals.some((refusal) => error instanceof refusal)
    ? 'TB_PROVIDER_REFUSED'
    : 'TB_PROVIDER_UNAVAILABLE'
  return new ProviderError(code, { detail: `Pinecone: ${messageOf(error)}`, cause: error })
}
