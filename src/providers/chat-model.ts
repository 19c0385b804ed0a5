/** The port to a chat model. */
import type { Metered } from '../base/usage.ts'

/** One message of a prompt. */
export interface ChatMessage {
  readonly role: 'system' | 'user'
  readonly content: string
}

/** What is asked of the model. `requestId` names the client's request and is sent along. */
export interface ChatRequest {
  readonly requestId: string
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly temperature: number
  readonly maxOutputTokens: number
  /** Called once, when the first word arrives. */
  readonly onFirstToken?: () => void
}

/** What the model answered. `length` means that it was cut at maxOutputTokens. */
export interface ChatAnswer extends Metered {
  readonly text: string
  readonly finishReason: 'stop' | 'length'
}

/**
 * Asks a model. Throws ProviderError: TB_PROMPT_TOO_LONG, TB_PROVIDER_REFUSED,
 * TB_PROVIDER_UNAVAILABLE, TB_STREAM_ABORTED.
 */
export interface ChatModel {
  answer(request: ChatRequest): Promise<ChatAnswer>
}
