/**
 * Judging gates on the samples of a run. A gate on nothing, on too few samples for its percentile,
 * or on what nobody told, is inconclusive and never a pass.
 */
import { quantileSorted } from 'simple-statistics'
import { usdAsNumber, type PicoUsd } from '../../../src/base/money.ts'
import type { CheckResult } from '../../../src/base/verdict.ts'
import { meanOrZero } from '../../measure/intervals.ts'
import { leastSamplesFor } from '../../measure/quantiles.ts'
import type { Sample } from '../../measure/sample.ts'
import type { Cell } from '../../scenario/cells.ts'
import {
  isChosen,
  type Aggregation,
  type Gate,
  type GateMetric,
  type GateTag,
} from '../../scenario/gates.ts'

/** What gates are judged on. */
export interface GateEvidence {
  readonly cells: readonly Cell[]
  readonly samples: readonly Sample[]
  tierOf(tenant: string): string
  /** What a query cost with its part of shared cost; null when nobody knows. */
  costOf(sample: Sample): PicoUsd | null
  readonly isolation: { readonly checks: number; readonly leaks: number }
  /** Null where there is no bill. */
  readonly driftPct: number | null
}

/** A figure, or why there is none. */
type Figure =
  | { readonly value: number; readonly count: number; readonly note?: string }
  | { readonly reason: string }

/** One check a gate, in the order written. */
export function judgeGates(gates: readonly Gate[], evidence: GateEvidence): readonly CheckResult[] {
  return gates.map((gate) => judgeGate(gate, evidence))
}

function judgeGate(gate: Gate, evidence: GateEvidence): CheckResult {
  const id = `gate: ${gate.text}`
  const figure = figureOf(gate, evidence)
  if ('reason' in figure) return { id, verdict: 'inconclusive', evidence: `${figure.reason}.` }
  const holds = satisfies(figure.value, gate)
  const basis =
    `over ${figure.count} ` +
    `${gate.metric === 'leaks' ? 'checks' : gate.metric === 'drift' ? 'bill' : 'samples'}${figure.note ?? ''}`
  return {
    id,
    verdict: holds ? 'pass' : 'fail',
    evidence: `It is ${show(figure.value, gate.metric)}, ${basis}.`,
  }
}

function satisfies(value: number, { operator, limit }: Gate): boolean {
  switch (operator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '==':
      return value === limit
    case '!=':
      return value !== limit
  }
}

function figureOf(gate: Gate, evidence: GateEvidence): Figure {
  const { isolation, driftPct } = evidence
  if (gate.metric === 'leaks')
    return isolation.checks === 0
      ? { reason: 'Nothing was checked for leaks' }
      : { value: isolation.leaks, count: isolation.checks }
  if (gate.metric === 'drift')
    return driftPct === null
      ? { reason: 'There is no bill to hold the ledger against' }
      : { value: driftPct, count: 1 }
  const samples = chosen(gate, evidence)
  if (samples.length === 0) return { reason: 'No sample is chosen' }
  const failed = samples.filter(({ outcome }) => outcome === 'failed').length
  switch (gate.metric) {
    case 'queries':
      return { value: samples.length, count: samples.length }
    case 'failures':
      return { value: failed / samples.length, count: samples.length }
    case 'accuracy':
      return { value: meanOrZero(samples.map(({ right }) => Number(right))), count: samples.length }
    case 'recall':
      return recallOf(samples)
    default: {
      const { values, unknown } = valuesOf(gate.metric, samples, evidence)
      if (unknown > 0)
        return { reason: `Of ${unknown} of ${samples.length} samples nobody says it` }
      const note =
        failed > 0 && gate.metric !== 'cost' ? `; ${failed} failed queries have none` : ''
      return aggregate(gate.aggregation ?? { kind: 'mean' }, values, note)
    }
  }
}

function recallOf(samples: readonly Sample[]): Figure {
  const known = samples.flatMap(({ retrieved }) => (retrieved === null ? [] : [Number(retrieved)]))
  return known.length === 0
    ? { reason: 'No chosen question has a source that is shown' }
    : { value: meanOrZero(known), count: known.length }
}

function valuesOf(
  metric: Exclude<GateMetric, 'leaks' | 'drift' | 'queries' | 'failures' | 'accuracy' | 'recall'>,
  samples: readonly Sample[],
  { costOf }: GateEvidence,
): { readonly values: readonly number[]; readonly unknown: number } {
  const answered = samples.filter(({ outcome }) => outcome === 'answered')
  const known = (
    found: readonly (number | null)[],
  ): { readonly values: readonly number[]; readonly unknown: number } => {
    const values = found.filter((value) => value !== null)
    return { values, unknown: found.length - values.length }
  }
  switch (metric) {
    case 'latency':
      return known(answered.map(({ latencyMs }) => latencyMs))
    case 'own':
      return known(answered.map(({ ownMs }) => ownMs))
    case 'modelled':
      return known(answered.map(({ modelledMs }) => modelledMs))
    case 'uncorrected':
      return known(
        answered.map(
          ({ uncorrectedMs, elapsedMs, latencyMs }) => latencyMs - elapsedMs + uncorrectedMs,
        ),
      )
    case 'promptTokens':
      return known(answered.map(({ promptTokens }) => promptTokens))
    case 'completionTokens':
      return known(answered.map(({ completionTokens }) => completionTokens))
    case 'cost':
      return known(
        samples
          .map((sample) => costOf(sample))
          .map((cost) => (cost === null ? null : usdAsNumber(cost))),
      )
  }
}

function aggregate(aggregation: Aggregation, values: readonly number[], note: string): Figure {
  const count = values.length
  if (count === 0) return { reason: 'No chosen query was answered' }
  const sorted = values.toSorted((one, other) => one - other)
  switch (aggregation.kind) {
    case 'mean':
      return { value: meanOrZero(sorted), count, note }
    case 'sum':
      return { value: sorted.reduce((sum, value) => sum + value, 0), count, note }
    case 'min':
      return { value: sorted[0] ?? 0, count, note }
    case 'max':
      return { value: sorted.at(-1) ?? 0, count, note }
    case 'p': {
      const least = leastSamplesFor(aggregation.share)
      return count < least
        ? { reason: `${count} samples do not carry this percentile: ask ${least - count} more` }
        : { value: quantileSorted(sorted, aggregation.share), count, note }
    }
  }
}

function chosen({ tags }: Gate, { cells, samples, tierOf }: GateEvidence): readonly Sample[] {
  const ids = new Set(
    cells.filter((cell) => isChosen(tags, tagsOf(cell, tierOf(cell.tenantId)))).map(({ id }) => id),
  )
  return samples.filter(({ cell, kind }) => ids.has(cell) && isChosen(tags, { kind }))
}

/** What a cell can be chosen by. */
function tagsOf(
  { tenantId, variant, isCurrent }: Cell,
  tier: string,
): Partial<Readonly<Record<GateTag, string>>> {
  return {
    tenant: tenantId,
    tier,
    model: variant.model,
    topK: String(variant.topK),
    rerank: String(variant.rerank),
    variant: variant.id,
    current: String(isCurrent),
  }
}

function show(value: number, metric: GateMetric): string {
  switch (metric) {
    case 'latency':
    case 'own':
    case 'modelled':
    case 'uncorrected':
      return `${value.toFixed(1)} ms`
    case 'cost':
      return `$${value.toPrecision(4)}`
    case 'recall':
    case 'accuracy':
    case 'failures':
      return `${(100 * value).toFixed(2)} %`
    case 'drift':
      return `${value.toFixed(3)} %`
    default:
      return String(Number(value.toFixed(2)))
  }
}
