/** The leak oracle of a run: told what was planted, fed with every answer and every probe. */
import type { Boundary } from '../../src/base/boundaries.ts'
import { errorRegistry, TenantbenchError } from '../../src/base/errors.ts'
import { createLeakOracle, type Observation, type OracleReport } from '../oracle/leak-oracle.ts'
import type { AnswerObserver } from '../execute/observe.ts'
import type { Observed } from '../measure/sample.ts'
import type { Provisioned } from './provision/provision.ts'
import type { Cell } from '../scenario/cells.ts'
import type { Target } from '../target/target.ts'
import type { TenantCorpus } from '../workload/corpus.ts'

/** What was planted. */
export interface Planted {
  readonly corpora: readonly TenantCorpus[]
  readonly provisioned: Provisioned
  readonly shown: readonly Boundary[]
}

/** The oracle as the run uses it. */
export interface RunOracle {
  readonly observeAnswer: AnswerObserver
  /** What was seen in a request, once; null when it was not asked. */
  takeObservation(requestId: string): Observation | null
  /** Counts what an interrupted run had seen. */
  restore(observation: Observation): void
  leaksSoFar(): number
  /** Probes every tenant. */
  probeAll(target: Target): Promise<void>
  report(): OracleReport
}

/** The boundaries that a run can see: without a reranking cell nothing crosses at the reranker. */
export function shownIn(cells: readonly Cell[], shown: readonly Boundary[]): readonly Boundary[] {
  return cells.some(({ variant }) => variant.rerank)
    ? shown
    : shown.filter((boundary) => boundary !== 'rerank')
}

/**
 * Sets the oracle up. A tenant is known by its canary, its chunk ids, and the ids of its requests,
 * which begin with its own.
 */
export function oracleFor({ corpora, provisioned, shown }: Planted): RunOracle {
  const marks = corpora.map(({ tenantId, canary }) => ({
    tenant: tenantId,
    canary,
    identifiers: [...(provisioned.get(tenantId)?.chunkIds ?? []), `ingest.${tenantId}`],
  }))
  const oracle = createLeakOracle(marks, shown)
  const observations = new Map<string, Observation>()
  return {
    restore: oracle.take,
    takeObservation(requestId) {
      const seen = observations.get(requestId) ?? null
      observations.delete(requestId)
      return seen
    },
    observeAnswer({ requestId, cell, question }, answer) {
      const seen = oracle.observe(answer.crossings, {
        tenant: cell.tenantId,
        requestId,
        check: { question: question.id, variant: cell.variant.id },
        answers: question.answers,
        bait: question.bait ?? null,
      })
      observations.set(requestId, seen)
    },
    leaksSoFar: oracle.leaksSoFar,
    async probeAll(target) {
      for (const { tenantId } of corpora)
        oracle.observe(await target.probe(tenantId), {
          tenant: tenantId,
          requestId: null,
          check: null,
          bait: null,
        })
    },
    report: oracle.report,
  }
}

/**
 * A run in which a target that is not ours never answered measured nothing, unless its failures
 * told a leak. Throws the first failure's code.
 */
export function refuseSilence(observed: readonly Observed[], oracle: RunOracle): void {
  const isTargets = ({ outcome, errorCode }: Observed): boolean =>
    outcome === 'failed' && errorCode !== null && errorCode.startsWith('TB_TARGET_')
  const [first] = observed
  if (first?.errorCode == null || oracle.leaksSoFar() > 0 || !observed.every(isTargets)) return
  throw new TenantbenchError(first.errorCode, {
    detail: `None of ${observed.length} queries was answered. ${withoutMeaning(first)}`,
  })
}

/** What a failure says beyond the registry's sentence, which the new error begins with itself. */
function withoutMeaning({ errorCode, texts }: Observed): string {
  const means = errorCode === null ? '' : errorRegistry[errorCode].means
  return texts.answer.startsWith(`${means} `) ? texts.answer.slice(means.length + 1) : texts.answer
}
