/**
 * What two runs are compared by: one value a query, which way is worse, and whether one seed gives
 * one figure.
 */
import { parseUsd, usdAsNumber } from '../../src/base/money.ts'
import type { SampleLine } from '../../reports/record/sample-lines.ts'
import { compareMetricNames } from '../scenario/compare-metrics.ts'

/** A metric's name. */
export type CompareMetricName = (typeof compareMetricNames)[number]

/** One metric. `valueOf` gives null for a query that has none. */
export interface CompareMetric {
  readonly name: CompareMetricName
  readonly unit: 'ms' | 'tokens' | 'USD' | 'share'
  readonly worse: 'higher' | 'lower'
  valueOf(sample: SampleLine): number | null
}

const ofAnswered =
  (valueOf: (sample: SampleLine) => number | null) =>
  (sample: SampleLine): number | null =>
    sample.outcome === 'answered' ? valueOf(sample) : null

const described: Readonly<Record<CompareMetricName, Omit<CompareMetric, 'name'>>> = {
  latency: { unit: 'ms', worse: 'higher', valueOf: ofAnswered(({ latencyMs }) => latencyMs) },
  own: { unit: 'ms', worse: 'higher', valueOf: ofAnswered(({ ownMs }) => ownMs) },
  promptTokens: {
    unit: 'tokens',
    worse: 'higher',
    valueOf: ofAnswered(({ promptTokens }) => promptTokens),
  },
  completionTokens: {
    unit: 'tokens',
    worse: 'higher',
    valueOf: ofAnswered(({ completionTokens }) => completionTokens),
  },
  cost: {
    unit: 'USD',
    worse: 'higher',
    valueOf: ({ costUsd }) => (costUsd === null ? null : usdAsNumber(parseUsd(costUsd))),
  },
  recall: {
    unit: 'share',
    worse: 'lower',
    valueOf: ({ retrieved }) => (retrieved === null ? null : Number(retrieved)),
  },
  accuracy: { unit: 'share', worse: 'lower', valueOf: ({ right }) => Number(right) },
  failures: {
    unit: 'share',
    worse: 'higher',
    valueOf: ({ outcome }) => Number(outcome === 'failed'),
  },
}

/** All metrics, in the order in which they are shown. */
export const compareMetrics: readonly CompareMetric[] = compareMetricNames.map((name) => ({
  name,
  ...described[name],
}))
