/**
 * Counting tokens as OpenAI does, with gpt-tokenizer: for cutting chunks and for estimating what a
 * broken-off answer used. What a provider reports always goes before our own count.
 */
import { encode } from 'gpt-tokenizer/encoding/cl100k_base'
import type { ChatMessage } from './chat-model.ts'

// The tokenizer is quadratic in runs without a break; longer runs are counted piece by piece, off
// by at most one token a piece.
const longestRun = 1_000
// User text may contain `<|endoftext|>`: it is text like any other.
const asPlainText = { disallowedSpecial: new Set<string>() }

/** Tokens of a text in the cl100k vocabulary (GPT-3.5, GPT-4 and the embedding models). */
export function countTokens(text: string): number {
  if (!hasLongRun(text)) return encode(text, asPlainText).length
  let tokens = 0
  for (let start = 0; start < text.length; start += longestRun)
    tokens += encode(text.slice(start, start + longestRun), asPlainText).length
  return tokens
}

/**
 * Whether the text has a long run of blanks, or of none. Looks back from each thousandth character
 * for the end of the run it is in.
 */
function hasLongRun(text: string): boolean {
  let start = 0
  while (text.length - start > longestRun) {
    const isBlank = text.charCodeAt(start + longestRun) <= 32
    let edge = start + longestRun
    while (edge >= start && text.charCodeAt(edge) <= 32 === isBlank) edge--
    if (edge < start) return true
    start = edge + 1
  }
  return false
}

const tokensPerMessage = 3
const tokensForReply = 3

/**
 * Tokens of a chat prompt: 3 a message, its role and content, and 3 for the reply (OpenAI cookbook,
 * "How to count tokens with tiktoken").
 */
export function countPromptTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce(
    (sum, { role, content }) => sum + tokensPerMessage + countTokens(role) + countTokens(content),
    tokensForReply,
  )
}
