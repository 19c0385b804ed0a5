/**
 * The official OpenAI SDK, pointed where the settings say and with its own retries off; and its
 * errors in our words.
 */
import OpenAI, { APIConnectionError, APIError } from 'openai'
import { messageOf } from '../../base/errors.ts'
import { ProviderError } from '../provider-error.ts'
import type { ErrorCode } from '../../base/errors.ts'

/** Where a provider is reached. `apiKey` is a secret. */
export interface Endpoint {
  readonly baseUrl: string
  readonly apiKey: string
}

/** The SDK's client. */
export function openaiClient(endpoint: Endpoint, fetch: typeof globalThis.fetch): OpenAI {
  return new OpenAI({
    apiKey: endpoint.apiKey,
    baseURL: endpoint.baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
    fetch,
  })
}

/** The registered error for an SDK error, or null when it is none of a request's own making. */
export function openaiRefusal(error: unknown, tooLong: ErrorCode): ProviderError | null {
  if (
    !(error instanceof APIError) ||
    error instanceof APIConnectionError ||
    error.status === undefined
  )
    return null
  const details = { detail: `OpenAI: ${messageOf(error)}`, cause: error }
  if (
    error.code === 'context_length_exceeded' ||
    /maximum (context|input) length/i.test(error.message)
  )
    return new ProviderError(tooLong, details)
  return new ProviderError(
    error.status === 429 || error.status >= 500 ? 'TB_PROVIDER_UNAVAILABLE' : 'TB_PROVIDER_REFUSED',
    details,
  )
}
