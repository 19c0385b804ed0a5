/**
 * Counting tokens as OpenAI does, with gpt-tokenizer: for cutting chunks and for estimating what a broken-off answer used.
 * What a provider reports always goes before our own count.
 */
import { encode } from 'gpt-tokenizer/encoding/cl100k_base'
import type { ChatMessage } from './chat-model.ts'

// The tokenizer is quadratic in runs without a break; longer runs are counted piece by piece, off by at most one token a piece.
const longestRun = 1_000
// User text may contain `<|endoftext|>`: it is text like any other.
const asPlainText = { disallowedSpecial: new Set<string>() }

/** Tokens of a text in the cl100k vocabulary (GPT-3.5, GPT-4 and the embedding models). */
export function countTokens(text: string): number {
  if (!hasLongRun(text)) return encode(text, asPlainText).length
  let tokens = 0
  for (let start = 0; start < text.length; start += longestRun) tokens += encode(text.slice(start, start + longestRun), asPlainText).length
  return tokens
}

/** Looks back from each thousandth character for a blank, so nearly all of the text is skipped. */
function hasLongRun(text: string): boolean {
  let start = 0
  while (text.length - start > longestRun) {
    let blank = start + longestRun
    while (blank >= start && text.charCodeAt(blank) > 32) blank--
    if (blank < start) return true
    start = blank + 1
  }
  return false
}

const tokensPerMessage = 3
const tokensForReply = 3

/** Tokens of a chat prompt: 3 a message, its role and content, and 3 for the reply (OpenAI cookbook, "How to count tokens with tiktoken"). */
export function countPromptTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { role, content }) => sum + tokensPerMessage + countTokens(role) + countTokens(content), tokensForReply)
}
