/**
 * samples.jsonl: one line a query. What a comparison of two runs needs of it is checked on reading;
 * the rest passes through.
 */
import { z } from 'zod'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'

/**
 * A line as far as runs are compared by it. Dollars are a decimal string, with the query's part of
 * shared cost.
 */
export const sampleLineSchema = z.object({
  requestId: z.string(),
  cell: z.string(),
  question: z.string(),
  trial: z.int(),
  isWarmup: z.boolean().default(false),
  outcome: z.enum(['answered', 'failed']),
  latencyMs: z.number(),
  ownMs: z.number(),
  promptTokens: z.number().nullable(),
  completionTokens: z.number().nullable(),
  costUsd: z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .nullable()
    .default(null),
  right: z.boolean(),
  retrieved: z.boolean().nullable(),
})

/** A line that was read. */
export type SampleLine = z.infer<typeof sampleLineSchema>

const mostFaults = 20

/** Reads the lines. Throws TB_RECORD_INVALID with every faulty line. */
export function decodeSamples(text: string): readonly SampleLine[] {
  const read = text
    .split('\n')
    .flatMap((line, at) => (line === '' ? [] : [{ line: at + 1, ...parsed(line) }]))
  const faults = read.flatMap(({ line, found }) =>
    typeof found === 'string' ? [{ path: 'samples.jsonl', line, message: found }] : [],
  )
  if (faults.length > 0)
    throw new TenantbenchError('TB_RECORD_INVALID', {
      detail: `${faults.length} faults.`,
      faults: faults.slice(0, mostFaults),
    })
  return read.flatMap(({ found }) => (typeof found === 'string' ? [] : [found]))
}

function parsed(line: string): { readonly found: SampleLine | string } {
  try {
    const checked = sampleLineSchema.safeParse(JSON.parse(line))
    return {
      found: checked.success
        ? checked.data
        : checked.error.issues
            .map(({ path, message }) => `${path.join('.')}: ${message}`)
            .join('; '),
    }
  } catch (error) {
    return { found: messageOf(error) }
  }
}
