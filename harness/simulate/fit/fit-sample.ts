/**
 * A recorded query as a fit reads it: its times by stage, its tokens, its direct cost and the
 * configuration behind its cell. It is read from samples.jsonl and from nowhere else; what is
 * missing there is not looked up.
 */
import { z } from 'zod'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { parseUsd, picoUsd, type PicoUsd } from '../../../src/base/money.ts'
import { stages, type StageTimes } from '../../../src/base/stages.ts'

/**
 * What a cell asked, and what each of its queries carries of shared cost; null where nobody knows.
 */
export interface FitCell {
  readonly tenant: string
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
  readonly sharedUsd: PicoUsd | null
}

/** One query. Times are real milliseconds. */
export interface FitSample extends Omit<FitCell, 'sharedUsd'> {
  readonly question: string
  readonly isWarmup: boolean
  readonly isAnswered: boolean
  /** Whether an attempt of it failed and was repeated. */
  readonly wasRetried: boolean
  /** Since asking began. */
  readonly intendedMs: number
  readonly heldMs: number
  /** From the intended start, and from the real one. */
  readonly latencyMs: number
  readonly uncorrectedMs: number
  readonly stagesMs: StageTimes
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  /** Without its part of shared cost; null where nobody knows. */
  readonly directUsd: PicoUsd | null
}

/** A recorded load at one rate. */
export interface RecordedLoad {
  /** For people. */
  readonly run: string
  /** Loads of one level have the same words here: how their requests arrive. */
  readonly level: string
  readonly ratePerSecond: number
  readonly seed: number
  readonly samples: readonly FitSample[]
}

/** Where the lines are from. */
export interface DecodeOptions {
  readonly run: string
  readonly cells: ReadonlyMap<string, FitCell>
}

const milliseconds = z.number().min(0)
const tokens = z.int().min(0).nullable()

const line = z.object({
  cell: z.string(),
  question: z.string(),
  isWarmup: z.boolean(),
  outcome: z.enum(['answered', 'failed']),
  intendedMs: milliseconds,
  heldMs: milliseconds,
  latencyMs: milliseconds,
  uncorrectedMs: milliseconds,
  stagesMs: z.partialRecord(z.enum(stages), milliseconds),
  promptTokens: tokens,
  completionTokens: tokens,
  failedAttempts: z
    .object({ throttled: z.int(), refused: z.int(), unanswered: z.int() })
    .nullable(),
  costUsd: z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .nullable(),
})

const mostFaults = 20

/**
 * Reads samples.jsonl, in the order of intended starts. Throws TB_RECORD_INVALID with every faulty
 * line.
 */
export function decodeFitSamples(
  text: string,
  { run, cells }: DecodeOptions,
): readonly FitSample[] {
  const read = text
    .split('\n')
    .flatMap((each, at) =>
      each.trim() === '' ? [] : [{ at: at + 1, found: sampleOf(each, cells) }],
    )
  const faults = read.flatMap(({ at, found }) =>
    typeof found === 'string' ? [{ path: `${run}/samples.jsonl`, line: at, message: found }] : [],
  )
  if (faults.length > 0)
    throw new TenantbenchError('TB_RECORD_INVALID', {
      detail: `${faults.length} faults in ${run}.`,
      faults: faults.slice(0, mostFaults),
    })
  return read
    .flatMap(({ found }) => (typeof found === 'string' ? [] : [found]))
    .toSorted((one, other) => one.intendedMs - other.intendedMs)
}

function sampleOf(text: string, cells: DecodeOptions['cells']): FitSample | string {
  try {
    const checked = line.safeParse(JSON.parse(text))
    if (!checked.success)
      return checked.error.issues
        .map(({ path, message }) => `${path.join('.')}: ${message}`)
        .join('; ')
    const { cell: id, outcome, failedAttempts: failed, costUsd, stagesMs, ...rest } = checked.data
    const cell = cells.get(id)
    if (cell === undefined) return `cell: the record has no cell ${id}`
    const { sharedUsd, ...asked } = cell
    const directUsd =
      costUsd === null || sharedUsd === null ? null : picoUsd(parseUsd(costUsd) - sharedUsd)
    const wasRetried = failed !== null && failed.throttled + failed.refused + failed.unanswered > 0
    return {
      ...asked,
      ...rest,
      stagesMs: known(stagesMs),
      isAnswered: outcome === 'answered',
      wasRetried,
      directUsd,
    }
  } catch (error) {
    return messageOf(error)
  }
}

/** Without stages that are named and have no time. */
function known(times: { readonly [stage in keyof StageTimes]?: number | undefined }): StageTimes {
  return Object.fromEntries(
    Object.entries(times).filter(([, ms]) => ms !== undefined),
  ) as StageTimes
}

/** What figures are made of: asked after warm-up, and answered. */
export function isCounted(sample: FitSample): boolean {
  return !sample.isWarmup && sample.isAnswered
}
