/**
 * How many tokens a prompt has at a top_k that was never asked: tokens = a + b k, since every
 * passage more adds about one passage. A question that was seen at two top_ks has a line of its
 * own, any other that of its tenant. Another tokenizer is a factor.
 */
import { linearRegression } from 'simple-statistics'
import { TenantbenchError } from '../../../src/base/errors.ts'
import type { FitSample } from './fit-sample.ts'

/** A straight line in top_k. */
export interface PromptLine {
  readonly intercept: number
  readonly slope: number
}

/** Lines of the model that was asked most, and the factor of every other. */
export interface PromptLines {
  /** By tenant; the key '' is all of them. */
  readonly byTenant: ReadonlyMap<string, PromptLine>
  /** By `questionKey`. */
  readonly byQuestion: ReadonlyMap<string, PromptLine>
  readonly factors: ReadonlyMap<string, number>
}

/** Which prompt. */
export type AskedPrompt = Pick<FitSample, 'tenant' | 'question' | 'model' | 'topK'>

/** The key of a tenant's question. */
export function questionKey({
  tenant,
  question,
}: Pick<AskedPrompt, 'tenant' | 'question'>): string {
  return JSON.stringify([tenant, question])
}

interface Counted extends AskedPrompt {
  readonly promptTokens: number
}

/** Fits the lines, by least squares. Throws TB_CALIBRATION_EMPTY when no query told its tokens. */
export function fitPromptLines(samples: readonly FitSample[]): PromptLines {
  const counted = samples.flatMap((sample): readonly Counted[] =>
    sample.promptTokens === null ? [] : [{ ...sample, promptTokens: sample.promptTokens }],
  )
  const reference = referenceOf(counted)
  if (reference.length === 0)
    throw new TenantbenchError('TB_CALIBRATION_EMPTY', {
      detail: 'No recorded query tells the tokens of its prompt.',
    })
  const lines = {
    byTenant: linesBy(reference, ({ tenant }) => tenant, 1).set('', lineOf(reference)),
    byQuestion: linesBy(reference, questionKey, 2),
  }
  const factors = [...Map.groupBy(counted, ({ model }) => model)].map(
    ([model, own]): [string, number] => [model, factorOf(own, lines)],
  )
  return { ...lines, factors: new Map(factors) }
}

/** The tokens of a prompt; those of a model that was never seen as if it were the reference. */
export function promptTokensAt(
  { byTenant, byQuestion, factors }: PromptLines,
  asked: AskedPrompt,
): number {
  const line = byQuestion.get(questionKey(asked)) ?? byTenant.get(asked.tenant) ?? byTenant.get('')
  return line === undefined
    ? 0
    : Math.max(0, line.intercept + line.slope * asked.topK) * (factors.get(asked.model) ?? 1)
}

/**
 * The queries of one model: the one seen at the most top_ks, and of these the one that was asked
 * most.
 */
function referenceOf(counted: readonly Counted[]): readonly Counted[] {
  const groups = [...Map.groupBy(counted, ({ model }) => model).values()]
  return (
    groups.toSorted(
      (one, other) => topKsOf(other) - topKsOf(one) || other.length - one.length,
    )[0] ?? []
  )
}

function topKsOf(counted: readonly Counted[]): number {
  return new Set(counted.map(({ topK }) => topK)).size
}

function linesBy(
  counted: readonly Counted[],
  keyOf: (asked: AskedPrompt) => string,
  leastTopKs: number,
): Map<string, PromptLine> {
  const groups = [...Map.groupBy(counted, keyOf)].filter(([, own]) => topKsOf(own) >= leastTopKs)
  return new Map(groups.map(([key, own]) => [key, lineOf(own)]))
}

/** Through one top_k alone the line is level. */
function lineOf(counted: readonly Counted[]): PromptLine {
  const { m, b } = linearRegression(counted.map(({ topK, promptTokens }) => [topK, promptTokens]))
  if (topKsOf(counted) > 1) return { intercept: b, slope: m }
  return {
    intercept: counted.reduce((sum, { promptTokens }) => sum + promptTokens, 0) / counted.length,
    slope: 0,
  }
}

function factorOf(own: readonly Counted[], lines: Omit<PromptLines, 'factors'>): number {
  const expected = own.reduce(
    (sum, asked) => sum + promptTokensAt({ ...lines, factors: new Map() }, asked),
    0,
  )
  return expected === 0
    ? 1
    : own.reduce((sum, { promptTokens }) => sum + promptTokens, 0) / expected
}
