/** One query as measured, flat: what samples.jsonl holds, before and after the services' log is joined. */
import type { ErrorCode } from '../../src/base/errors.ts'

/** What the run itself saw. Times are real milliseconds. */
export interface Observed {
  readonly requestId: string
  readonly cell: string
  readonly tenant: string
  readonly variant: string
  readonly question: string
  readonly kind: string
  readonly trial: number
  readonly outcome: 'answered' | 'failed'
  readonly errorCode: ErrorCode | null
  /** From the intended start to the answer. */
  readonly elapsedMs: number
  /** From the real start to the answer: what a naive generator would report. */
  readonly uncorrectedMs: number
  /** As the target tells them; null when it does not, or failed. */
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  readonly tokensEstimated: boolean
  /** Which state of the tenant's configuration answered. */
  readonly configVersion: string | null
  /** Whether the configuration that answered is the one that the cell is called by; null when nobody says which answered. */
  readonly asLabelled: boolean | null
  /** Whether the answer is right. */
  readonly right: boolean
  /** Whether a document that holds the answer was among the sources; null when none holds it. */
  readonly retrieved: boolean | null
  readonly topSource: string | null
  /** Question and answer; kept in files only when asked for. */
  readonly texts: { readonly question: string; readonly answer: string }
}

/** With the modelled time of the services, null where nothing is modelled. `latencyMs` is own plus modelled. */
export interface Sample extends Observed {
  readonly ownMs: number
  readonly modelledMs: number | null
  readonly latencyMs: number
}

/** What the services logged of one request. */
export interface ServedTime {
  readonly requestId: string
  readonly modelledMs: number
  readonly serverMs: number
}

/** Samples of a target on which no time is modelled: all of it is measured. */
export function measuredAlone(observed: readonly Observed[]): readonly Sample[] {
  return observed.map((each) => ({ ...each, ownMs: each.elapsedMs, modelledMs: null, latencyMs: each.elapsedMs }))
}

/**
 * Joins by request id. Own time is what elapsed less what the services took for it, waiting included: it is measured and never
 * scaled. Modelled time is added unscaled (DESIGN law 6).
 */
export function joinModelledTime(observed: readonly Observed[], served: readonly ServedTime[]): readonly Sample[] {
  const byRequest = new Map<string, { modelledMs: number; serverMs: number }>()
  for (const { requestId, modelledMs, serverMs } of served) {
    const sum = byRequest.get(requestId) ?? { modelledMs: 0, serverMs: 0 }
    byRequest.set(requestId, { modelledMs: sum.modelledMs + modelledMs, serverMs: sum.serverMs + serverMs })
  }
  return observed.map((each) => {
    const { modelledMs, serverMs } = byRequest.get(each.requestId) ?? { modelledMs: 0, serverMs: 0 }
    const ownMs = Math.max(0, each.elapsedMs - serverMs)
    return { ...each, ownMs, modelledMs, latencyMs: ownMs + modelledMs }
  })
}
