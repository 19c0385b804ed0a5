/**
 * Driving a plan: so many requests at once, in the plan's order, through a clock, with observers. A closed load: a request is
 * intended for the moment a place is free, and latency counts from there.
 */
import type { Clock } from '../../src/base/clock.ts'
import type { Observed } from '../measure/sample.ts'
import type { Target, TargetAnswer } from '../target/target.ts'
import { isRight, type PlannedQuery } from '../workload/workload.ts'

/** Hears of each answer: the leak oracle, progress. */
export type AnswerObserver = (query: PlannedQuery, answer: TargetAnswer) => void

/** How to drive. */
export interface DriveOptions {
  readonly target: Target
  readonly clock: Clock
  readonly concurrency: number
  readonly observers: readonly AnswerObserver[]
  readonly signal: AbortSignal
}

/** Asks everything; returns what was observed, in the plan's order. Rejects with the signal's reason when it is aborted. */
export async function drive(plan: readonly PlannedQuery[], options: DriveOptions): Promise<readonly Observed[]> {
  const observed = new Array<Observed>(plan.length)
  let next = 0
  const work = async (): Promise<void> => {
    let freeMs = options.clock.monotonicMs()
    while (next < plan.length) {
      options.signal.throwIfAborted()
      const at = next++
      const { endedMs, ...asked } = await askOne(plan[at] as PlannedQuery, freeMs, options)
      observed[at] = asked
      freeMs = endedMs
    }
  }
  await Promise.race([Promise.all(Array.from({ length: Math.min(options.concurrency, plan.length) }, work)), rejectedBy(options.signal)])
  return observed
}

/** Rejects when the signal is aborted: what is under way may take many seconds, and nobody waits for it any more. */
function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

async function askOne(query: PlannedQuery, intendedMs: number, { target, clock, observers }: DriveOptions): Promise<Observed & { readonly endedMs: number }> {
  const startedMs = clock.monotonicMs()
  const { cell, question, requestId } = query
  const answer = await target.ask({ tenantId: cell.tenantId, requestId, text: question.text, variant: cell.isCurrent ? null : cell.variant })
  const endedMs = clock.monotonicMs()
  for (const observe of observers) observe(query, answer)
  return { ...identify(query), ...judge(query, answer), elapsedMs: endedMs - intendedMs, uncorrectedMs: endedMs - startedMs, endedMs }
}

function identify({ requestId, cell, question, trial }: PlannedQuery): Pick<Observed, 'requestId' | 'cell' | 'tenant' | 'variant' | 'question' | 'kind' | 'trial'> {
  return { requestId, cell: cell.id, tenant: cell.tenantId, variant: cell.variant.id, question: question.id, kind: question.kind, trial }
}

type Judged = Pick<Observed, 'outcome' | 'errorCode' | 'promptTokens' | 'completionTokens' | 'tokensEstimated' | 'configVersion' | 'asLabelled' | 'right' | 'retrieved' | 'topSource' | 'texts'>

function judge({ question, cell }: PlannedQuery, answer: TargetAnswer): Judged {
  const hasSource = question.sources.length > 0
  if (answer.outcome === 'failed') {
    const texts = { question: question.text, answer: answer.message }
    return { outcome: 'failed', errorCode: answer.code, promptTokens: null, completionTokens: null, tokensEstimated: false, configVersion: null, asLabelled: null, right: false, retrieved: hasSource ? false : null, topSource: null, texts }
  }
  const { text, sourceDocuments, promptTokens, completionTokens, tokensEstimated, configuration } = answer
  return {
    outcome: 'answered',
    errorCode: null,
    promptTokens,
    completionTokens,
    tokensEstimated,
    configVersion: configuration?.version ?? null,
    asLabelled: configuration === null ? null : isVariant(configuration, cell.variant),
    right: isRight(question, text),
    retrieved: hasSource && sourceDocuments !== null ? question.sources.some((source) => sourceDocuments.includes(source)) : null,
    topSource: sourceDocuments?.[0] ?? null,
    texts: { question: question.text, answer: text },
  }
}

type Settings = Readonly<Record<'model' | 'topK' | 'rerank', unknown>>

function isVariant(one: Settings, other: Settings): boolean {
  return one.model === other.model && one.topK === other.topK && one.rerank === other.rerank
}
