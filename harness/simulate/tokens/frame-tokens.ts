/**
 * What a prompt takes beside question and passages: the guard, the tenant's template, the tags, and
 * what the vendor adds per message.
 */
import {
  buildPrompt,
  countTokens,
  defaultTemplate,
  parsePromptTemplate,
  parseSlotValues,
  type WrittenTemplate,
} from '../../../src/index.ts'

/** A template as a scenario has it (null is the default one), and a tenant's values for it. */
export interface FramedPrompt {
  readonly written: WrittenTemplate | null
  readonly values: Readonly<Record<string, unknown>>
}

// Per message, and once to prime the reply (OpenAI cookbook, "How to count tokens with tiktoken");
// Claude is counted the same way, times its factor.
const tokensPerMessage = 3
const tokensForReply = 3
// The mark of the tags differs from prompt to prompt, and so do its tokens; over sixteen of them
// the mean is off by one at most.
const marks = 16

/** Mean tokens of the frame, in cl100k. Throws TB_TEMPLATE_INVALID. */
export function frameTokens({ written, values }: FramedPrompt): number {
  const template = written === null ? defaultTemplate : parsePromptTemplate(written)
  const filled = parseSlotValues(template, values)
  const billed = Array.from({ length: marks }, (_each, at) => {
    const question = String(at)
    const messages = buildPrompt({ template, values: filled, question, passages: [] })
    return (
      messages.reduce(
        (sum, { role, content }) =>
          sum + tokensPerMessage + countTokens(role) + countTokens(content),
        tokensForReply,
      ) - countTokens(question)
    )
  })
  return billed.reduce((sum, each) => sum + each, 0) / marks
}
