/**
 * What a target tells is input like any other: checked before it is used, and named when it is not
 * what was agreed.
 */
import { z } from 'zod'
import { boundaries } from '../../../src/base/boundaries.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import type { ToldAnswer, ToldIngest, ToldUsage } from '../../../src/base/target-module.ts'

const count = z.int().min(0)
const tokens = { promptTokens: count, completionTokens: count } as const
const texts = z.array(z.string())
const answerSchema = z.object({
  answer: z.string(),
  sources: texts.exactOptional(),
  usage: z.object(tokens).exactOptional(),
  config: z.object({ model: z.string(), topK: z.number(), rerank: z.boolean() }).exactOptional(),
  seen: z.partialRecord(z.enum(boundaries), texts).exactOptional(),
})
const ingestSchema = z.object({ chunks: count.exactOptional(), chunkIds: texts.exactOptional() })
const usageSchema = z.array(z.object({ tenantId: z.string(), requestId: z.string(), ...tokens }))

/** An answer. Throws TB_TARGET_ANSWER. */
export function checkAnswer(told: unknown): ToldAnswer {
  return checked(answerSchema, told, 'query')
}

/** What an ingest came to; nothing is fine too. Throws TB_TARGET_ANSWER. */
export function checkIngest(told: unknown): ToldIngest {
  return told === undefined || told === null ? {} : checked(ingestSchema, told, 'ingest')
}

/** Lines of usage. Throws TB_TARGET_ANSWER. */
export function checkUsage(told: unknown): readonly ToldUsage[] {
  return checked(usageSchema, told, 'usage')
}

function checked<T>(schema: z.ZodType<T>, told: unknown, what: string): T {
  const result = schema.safeParse(told)
  if (result.success) return result.data
  const [first] = result.error.issues
  throw new TenantbenchError('TB_TARGET_ANSWER', {
    detail:
      `What ${what} gave ` +
      `back${first === undefined ? '' : `: ${first.path.map(String).join('.') || 'as a whole'}: ${first.message}`}.`,
  })
}
