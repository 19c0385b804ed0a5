/** What `tenantbench bench` found, as others read it, and back from a file of it. */
import { z } from 'zod'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'

const measuredCase = z.object({
  id: z.string(),
  /** The median of `ratios`: our throughput as a share of the peer's. */
  ratio: z.number().positive(),
  against: z.string(),
  spreadPct: z.number(),
  goal: z.number().nullable(),
  rounds: z.int(),
  /** What the ratio was made of, where that tells something by itself. */
  figures: z.object({ oursPerSecond: z.number(), peerPerSecond: z.number() }).optional(),
  /** The ratio of every round, in order. */
  ratios: z.array(z.number().positive()).min(1),
})

const benchReport = z.object({
  benchVersion: z.literal(1),
  code: z.object({
    version: z.string(),
    commit: z.string().nullable(),
    dirty: z.boolean().nullable(),
  }),
  environment: z.object({
    node: z.string(),
    platform: z.string(),
    architecture: z.string(),
    processors: z.int(),
    processor: z.string(),
  }),
  /** Milliseconds for each side of a round. */
  roundMs: z.number(),
  cases: z.array(measuredCase),
})

/** A bench report. */
export type BenchReport = z.infer<typeof benchReport>
/** One case of it. */
export type MeasuredCase = BenchReport['cases'][number]

const mostFaults = 20

/** Reads a report. Throws TB_RECORD_INVALID. */
export function decodeBenchReport(text: string): BenchReport {
  const checked = benchReport.safeParse(parsedJson(text))
  if (checked.success) return checked.data
  const faults = checked.error.issues.map(({ path, message }) => ({
    path: path.join('.'),
    line: null,
    message,
  }))
  throw new TenantbenchError('TB_RECORD_INVALID', {
    detail: `It is no report of \`tenantbench bench --json\`: ${faults.length} faults.`,
    faults: faults.slice(0, mostFaults),
  })
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new TenantbenchError('TB_RECORD_INVALID', {
      detail: `It is not JSON: ${messageOf(error)}.`,
      cause: error,
    })
  }
}
