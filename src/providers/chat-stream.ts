/**
 * One answer over a stream that may break off. Whatever a model generated before the break is
 * billed, and no usage chunk comes: the adapter counts it, marks it estimated, and asks again.
 */
import { messageOf } from '../base/errors.ts'
import { asCall, attemptsSoFar } from './call.ts'
import type { ChatAnswer, ChatRequest } from './chat-model.ts'
import type { PromptBuckets } from './token-buckets.ts'
import { countPromptTokens, countTokens } from './tokens.ts'
import { ProviderError, withUsage } from './provider-error.ts'
import type { ProviderUsage } from '../base/usage.ts'

/**
 * A piece of an answer as both vendors' streams come down to. Usage arrives in the last ones, or
 * never.
 */
export interface ChatPiece {
  readonly text?: string
  readonly finishReason?: 'stop' | 'length'
  readonly prompt?: PromptBuckets
  readonly outputTokens?: number
}

/**
 * What a vendor's adapter brings: its name, how to open the stream, how to name its errors, how its
 * tokens compare.
 */
export interface StreamSource {
  readonly provider: string
  /**
   * Vendor tokens per cl100k token: 1 for GPT, a declared factor where there is no public
   * tokenizer.
   */
  readonly tokenFactor: number
  open(request: ChatRequest): Promise<AsyncIterable<ChatPiece>>
  /** The registered error for a request that was refused, or null when the stream merely broke. */
  refusal(error: unknown): ProviderError | null
}

const streamsPerAnswer = 3

/** Asks until a whole answer came, at most three streams; every one that broke off is metered. */
export async function answerByStream(
  source: StreamSource,
  request: ChatRequest,
): Promise<ChatAnswer> {
  return asCall(request.requestId, async () => {
    const usage: ProviderUsage[] = []
    const heard = onFirst(request)
    for (let stream = 1; stream <= streamsPerAnswer; stream++) {
      const answer = await readStream(source, heard, usage)
      if (answer !== null) return { ...answer, usage }
    }
    throw new ProviderError(
      'TB_STREAM_ABORTED',
      { detail: `${source.provider} ${request.model}, ${streamsPerAnswer} times.` },
      usage,
    )
  })
}

/** The first word of whichever stream brings one is told, and no later one. */
function onFirst(request: ChatRequest): ChatRequest {
  let isTold = false
  return {
    ...request,
    onFirstToken() {
      if (!isTold) request.onFirstToken?.()
      isTold = true
    },
  }
}

async function readStream(
  source: StreamSource,
  request: ChatRequest,
  usage: ProviderUsage[],
): Promise<Omit<ChatAnswer, 'usage'> | null> {
  const read = {
    text: '',
    finishReason: 'stop' as 'stop' | 'length',
    prompt: null as PromptBuckets | null,
    outputTokens: -1,
  }
  let isOpen = false
  try {
    for await (const piece of await source.open(request)) {
      isOpen = true
      if ((piece.text ?? '') !== '') request.onFirstToken?.()
      read.text += piece.text ?? ''
      read.finishReason = piece.finishReason ?? read.finishReason
      read.prompt = piece.prompt ?? read.prompt
      read.outputTokens = piece.outputTokens ?? read.outputTokens
    }
  } catch (error) {
    if (!isOpen)
      throw withUsage(
        source.refusal(error) ??
          new ProviderError('TB_PROVIDER_UNAVAILABLE', {
            detail: `${messageOf(error)}.`,
            cause: error,
          }),
        usage,
      )
  }
  const { prompt, outputTokens } = read
  const isWhole = prompt !== null && outputTokens >= 0
  usage.push(
    isWhole
      ? reported(source, request, { ...prompt, 'output-tokens': outputTokens })
      : estimated(source, request, read.text),
  )
  return isWhole ? { text: read.text, finishReason: read.finishReason } : null
}

function reported(
  source: StreamSource,
  request: ChatRequest,
  quantities: ProviderUsage['quantities'],
): ProviderUsage {
  return {
    operation: 'chat',
    provider: source.provider,
    sku: request.model,
    attempt: attemptsSoFar(),
    outcome: 'completed',
    estimated: false,
    quantities,
  }
}

function estimated(source: StreamSource, request: ChatRequest, text: string): ProviderUsage {
  const scaled = (tokens: number): number => Math.round(tokens * source.tokenFactor)
  const quantities = {
    'input-tokens': scaled(countPromptTokens(request.messages)),
    'output-tokens': scaled(countTokens(text)),
  }
  return {
    operation: 'chat',
    provider: source.provider,
    sku: request.model,
    attempt: attemptsSoFar(),
    outcome: 'aborted',
    estimated: true,
    quantities,
  }
}
