/**
 * From an answer and its times to what was observed: whether it is right, whether its source was
 * found, which configuration spoke.
 */
import type { Observed } from '../measure/sample.ts'
import type { TargetAnswer } from '../target/target.ts'
import { isRight, type PlannedQuery } from '../workload/workload.ts'

/** Hears of each answer: the leak oracle, progress, the journal. */
export type AnswerObserver = (query: PlannedQuery, answer: TargetAnswer) => void

/** When a query was to be asked, was asked, and was answered. Milliseconds since asking began. */
export interface AskTimes {
  readonly intendedMs: number
  readonly releasedMs: number
  readonly sentMs: number
  readonly endedMs: number
}

/** What a query counts as. */
export type Standing = Pick<Observed, 'isWarmup' | 'window'>

/** A query of a run without a clock of its own: every one counts. */
export const alwaysCounts: Standing = { isWarmup: false, window: null }

/** One query as it was observed. */
export function observedOf(
  query: PlannedQuery,
  answer: TargetAnswer,
  about: AskTimes & Standing,
): Observed {
  const { requestId, cell, question, trial } = query
  const { intendedMs, releasedMs, sentMs, endedMs, isWarmup, window } = about
  return {
    requestId,
    cell: cell.id,
    tenant: cell.tenantId,
    variant: cell.variant.id,
    question: question.id,
    kind: question.kind,
    trial,
    ...judge(query, answer),
    intendedMs,
    sendLagMs: releasedMs - intendedMs,
    heldMs: sentMs - releasedMs,
    isWarmup,
    window,
    elapsedMs: endedMs - intendedMs,
    uncorrectedMs: endedMs - sentMs,
    stagesMs: answer.stagesMs ?? {},
    failedAttempts: answer.failedAttempts ?? null,
  }
}

type Judged = Pick<
  Observed,
  | 'outcome'
  | 'errorCode'
  | 'promptTokens'
  | 'completionTokens'
  | 'tokensEstimated'
  | 'configVersion'
  | 'asLabelled'
  | 'right'
  | 'retrieved'
  | 'topSource'
  | 'texts'
>

function judge({ question, cell }: PlannedQuery, answer: TargetAnswer): Judged {
  const hasSource = question.sources.length > 0
  if (answer.outcome === 'failed') {
    const texts = { question: question.text, answer: answer.message }
    return {
      outcome: 'failed',
      errorCode: answer.code,
      promptTokens: null,
      completionTokens: null,
      tokensEstimated: false,
      configVersion: null,
      asLabelled: null,
      right: false,
      retrieved: hasSource ? false : null,
      topSource: null,
      texts,
    }
  }
  const { text, sourceDocuments, promptTokens, completionTokens, tokensEstimated, configuration } =
    answer
  return {
    outcome: 'answered',
    errorCode: null,
    promptTokens,
    completionTokens,
    tokensEstimated,
    configVersion: configuration?.version ?? null,
    asLabelled: configuration === null ? null : isVariant(configuration, cell.variant),
    right: isRight(question, text),
    retrieved:
      hasSource && sourceDocuments !== null
        ? question.sources.some((source) => sourceDocuments.includes(source))
        : null,
    topSource: sourceDocuments?.[0] ?? null,
    texts: { question: question.text, answer: text },
  }
}

type Settings = Readonly<Record<'model' | 'topK' | 'rerank', unknown>>

function isVariant(one: Settings, other: Settings): boolean {
  return one.model === other.model && one.topK === other.topK && one.rerank === other.rerank
}
