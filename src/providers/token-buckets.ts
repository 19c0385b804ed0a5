/**
 * Prompt tokens as vendors tell them, in buckets that do not overlap. OpenAI counts cached tokens
 * into its prompt tokens, Anthropic does not; whoever adds up both alike bills one of them twice.
 * Reasoning tokens are part of the output on both sides.
 */
import type { ProviderUsage } from '../base/usage.ts'

/** The buckets of a prompt; empty ones are left out, but for plain input. */
export type PromptBuckets = Pick<
  ProviderUsage['quantities'],
  'input-tokens' | 'cached-input-tokens' | 'cache-write-tokens' | 'cache-write-1h-tokens'
>

/** What OpenAI's usage has of a prompt. */
export interface OpenaiPromptUsage {
  readonly prompt_tokens: number
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number | null
    readonly cache_write_tokens?: number | null
  } | null
}

/**
 * OpenAI: what was cached or written to the cache is in the prompt tokens, and is taken out of
 * them.
 */
export function openaiBuckets({
  prompt_tokens: prompt,
  prompt_tokens_details: details,
}: OpenaiPromptUsage): PromptBuckets {
  const [cached, written] = [details?.cached_tokens ?? 0, details?.cache_write_tokens ?? 0]
  return {
    'input-tokens': Math.max(0, prompt - cached - written),
    ...some('cached-input-tokens', cached),
    ...some('cache-write-tokens', written),
  }
}

/** What Anthropic's usage has of a prompt. */
export interface AnthropicPromptUsage {
  readonly input_tokens: number
  readonly cache_read_input_tokens?: number | null
  readonly cache_creation_input_tokens?: number | null
  readonly cache_creation?: { readonly ephemeral_1h_input_tokens: number } | null
}

/**
 * Anthropic: three counts side by side. Of what was written, the part that is kept for an hour has
 * a price of its own.
 */
export function anthropicBuckets({
  input_tokens: input,
  cache_read_input_tokens: read,
  cache_creation_input_tokens: created,
  cache_creation: kept,
}: AnthropicPromptUsage): PromptBuckets {
  const hour = kept?.ephemeral_1h_input_tokens ?? 0
  return {
    'input-tokens': input,
    ...some('cached-input-tokens', read ?? 0),
    ...some('cache-write-tokens', (created ?? 0) - hour),
    ...some('cache-write-1h-tokens', hour),
  }
}

function some(bucket: keyof PromptBuckets, tokens: number): PromptBuckets {
  return tokens > 0 ? { [bucket]: tokens } : {}
}
