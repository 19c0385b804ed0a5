/**
 * Tokens as the vendors bill them. The services' own counting, apart from ours on purpose: two
 * books that share a counter would agree on its mistakes.
 */
import { encode } from 'gpt-tokenizer/encoding/cl100k_base'
import { encode as encodeO200k } from 'gpt-tokenizer/encoding/o200k_base'

const plain = { disallowedSpecial: new Set<string>() }
const safeRun = 1_000

type Encode = typeof encode

/** gpt-4o and later use o200k; everything before, and embeddings, cl100k. */
function encoderOf(model: string): Encode {
  return /^gpt-4o|^gpt-4\.1|^gpt-5|^o\d/.test(model) ? encodeO200k : encode
}

/**
 * The pieces of a text, one per token. Runs without a break are cut first: the tokenizer is
 * quadratic in them.
 */
function tokensOf(text: string, model: string): number {
  const tokenize = encoderOf(model)
  if (!/\S{1001}|\s{1001}/u.test(text)) return tokenize(text, plain).length
  let sum = 0
  for (let at = 0; at < text.length; at += safeRun)
    sum += tokenize(text.slice(at, at + safeRun), plain).length
  return sum
}

/** Tokens of a text for a model; `factor` is the profile's. */
export function billedTokens(text: string, model: string, factor: number): number {
  return Math.round(tokensOf(text, model) * factor)
}

/**
 * Tokens of a chat prompt: per message 3 and its fields, and 3 to prime the reply (the vendor's
 * published rule).
 */
export function billedPromptTokens(
  messages: readonly { readonly role: string; readonly content: string }[],
  model: string,
  factor: number,
): number {
  let sum = 3
  for (const message of messages)
    sum += 3 + tokensOf(message.role, model) + tokensOf(message.content, model)
  return Math.round(sum * factor)
}
