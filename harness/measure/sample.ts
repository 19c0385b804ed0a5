/**
 * One query as measured, flat: what samples.jsonl holds, before and after the services' log is
 * joined.
 */
import type { ErrorCode } from '../../src/base/errors.ts'
import type { Stage, StageTimes } from '../../src/base/stages.ts'
import type { FailedAttempts } from '../../src/base/usage.ts'

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
  /** When it was to be sent, in milliseconds since asking began. */
  readonly intendedMs: number
  /**
   * By how much the generator missed that, and how long it was then held because too many were in
   * flight.
   */
  readonly sendLagMs: number
  readonly heldMs: number
  /** Asked before figures are taken: it costs, and is no part of them. */
  readonly isWarmup: boolean
  /** Whether a noisy neighbour was at work when it was to be sent; null where there is none. */
  readonly window: 'quiet' | 'noisy' | null
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
  /**
   * Whether the configuration that answered is the one that the cell is called by; null when nobody
   * says which answered.
   */
  readonly asLabelled: boolean | null
  /** Whether the answer is right. */
  readonly right: boolean
  /** Whether a document that holds the answer was among the sources; null when none holds it. */
  readonly retrieved: boolean | null
  readonly topSource: string | null
  /** Real milliseconds by stage, as far as the target shows them. */
  readonly stagesMs: StageTimes
  /** Null where the target does not tell. */
  readonly failedAttempts: FailedAttempts | null
  /** Question and answer; kept in files only when asked for. */
  readonly texts: { readonly question: string; readonly answer: string }
}

/**
 * With the modelled time of the services, null where nothing is modelled. `latencyMs` is own plus
 * modelled.
 */
export interface Sample extends Observed {
  readonly ownMs: number
  readonly modelledMs: number | null
  readonly latencyMs: number
}

/** What the services logged of one request. */
export interface ServedTime {
  readonly requestId: string
  readonly operation: string
  readonly attempt: number
  readonly modelledMs: number
  readonly serverMs: number
  /** Of a chat: the part of the modelled time up to the first word; null for other work. */
  readonly firstTokenMs: number | null
}

/** Samples of a target on which no time is modelled: all of it is measured. */
export function measuredAlone(observed: readonly Observed[]): readonly Sample[] {
  return observed.map((each) => ({
    ...each,
    ownMs: each.elapsedMs,
    modelledMs: null,
    latencyMs: each.elapsedMs,
  }))
}

/** What local services do in each stage of a request, by their names for it. */
const stagesServed: Readonly<Record<string, Stage>> = {
  embed: 'embed',
  query: 'retrieve',
  rerank: 'rerank',
}

/** Stages with the waits that were scaled away; of a chat, the first word and the rest apart. */
function unscaledStages(
  measured: StageTimes,
  served: readonly ServedTime[],
  timeScale: number,
): StageTimes {
  const stages: { [stage in Stage]?: number } = { ...measured }
  const add = (stage: Stage | undefined, modelledMs: number): void => {
    const known = stage === undefined ? undefined : stages[stage]
    if (stage !== undefined && known !== undefined)
      stages[stage] = known + (1 - timeScale) * modelledMs
  }
  for (const { operation, modelledMs, firstTokenMs } of served) {
    add(stagesServed[operation], modelledMs)
    if (operation === 'chat' && firstTokenMs !== null) {
      add('firstToken', firstTokenMs)
      add('lastToken', modelledMs - firstTokenMs)
    }
  }
  return stages
}

/**
 * Joins by request id. Own time is what elapsed less what the services took for it, waiting
 * included: it is measured and never scaled. Modelled time is added unscaled (DESIGN law 6). Where
 * nothing was scaled the waits were real, queues and all, and what elapsed is the latency.
 */
export function joinModelledTime(
  observed: readonly Observed[],
  served: readonly ServedTime[],
  timeScale: number,
): readonly Sample[] {
  // What a run that was killed had already been served is served again to its successor: the last
  // time counts.
  const once = new Map(
    served.map((each) => [JSON.stringify([each.requestId, each.operation, each.attempt]), each]),
  )
  const byRequest = Map.groupBy(once.values(), ({ requestId }) => requestId)
  return observed.map((each) => {
    const own = byRequest.get(each.requestId) ?? []
    const modelledMs = own.reduce((sum, one) => sum + one.modelledMs, 0)
    const ownMs = Math.max(0, each.elapsedMs - own.reduce((sum, one) => sum + one.serverMs, 0))
    return {
      ...each,
      stagesMs: unscaledStages(each.stagesMs, own, timeScale),
      ownMs,
      modelledMs,
      latencyMs: timeScale === 1 ? each.elapsedMs : ownMs + modelledMs,
    }
  })
}
