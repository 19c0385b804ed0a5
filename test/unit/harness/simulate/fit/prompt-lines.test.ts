/** Prompts at a top_k that was never asked. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitPromptLines, promptTokensAt } from '../../../../../harness/simulate/fit/prompt-lines.ts'
import type { FitSample } from '../../../../../harness/simulate/fit/fit-sample.ts'
import { thrownBy } from '../../../support/failures.ts'

function sample(change: Partial<FitSample>): FitSample {
  return {
    tenant: 'A',
    model: 'one',
    topK: 3,
    rerank: false,
    question: 'q1',
    isWarmup: false,
    isAnswered: true,
    wasRetried: false,
    intendedMs: 0,
    heldMs: 0,
    latencyMs: 1,
    uncorrectedMs: 1,
    stagesMs: {},
    promptTokens: 100,
    completionTokens: 1,
    directUsd: null,
    ...change,
  }
}

describe('a top_k between two that were asked', () => {
  it('lies on the line of its question, whatever the line, and a second tokenizer is a factor', () => {
    const amounts = {
      base: fc.integer({ min: 10, max: 2_000 }),
      passage: fc.integer({ min: 10, max: 500 }),
      topK: fc.integer({ min: 1, max: 40 }),
      factor: fc.constantFrom(1, 1.25, 0.5),
    }
    fc.assert(
      fc.property(fc.record(amounts), ({ base, passage, topK, factor }) => {
        const tokens = (question: number, k: number): number => base * question + passage * k
        const asked = [1, 2, 3].flatMap((question) =>
          [3, 8].map((k) =>
            sample({ question: `q${question}`, topK: k, promptTokens: tokens(question, k) }),
          ),
        )
        const lines = fitPromptLines([
          ...asked,
          ...asked.slice(0, 2).map((each) => ({
            ...each,
            model: 'other',
            promptTokens: (each.promptTokens ?? 0) * factor,
          })),
        ])
        expect(
          promptTokensAt(lines, { tenant: 'A', question: 'q2', model: 'one', topK }),
        ).toBeCloseTo(tokens(2, topK), 6)
        expect(
          promptTokensAt(lines, { tenant: 'A', question: 'q3', model: 'other', topK }),
        ).toBeCloseTo(tokens(3, topK) * factor, 6)
        // A question that nobody asked is one like the others of its tenant.
        expect(
          promptTokensAt(lines, { tenant: 'A', question: 'new', model: 'one', topK }),
        ).toBeCloseTo(tokens(2, topK), 6)
      }),
      { numRuns: 50 },
    )
  })

  it(
    'of a question seen at one top_k alone lies on the line of its tenant, and of an unknown ' +
      'tenant on that of all',
    () => {
      const lines = fitPromptLines([
        ...[3, 8].map((topK) => sample({ topK, promptTokens: 50 + 10 * topK })),
        sample({ question: 'q2', topK: 3, promptTokens: 80 }),
      ])
      expect(
        promptTokensAt(lines, { tenant: 'A', question: 'q2', model: 'one', topK: 8 }),
      ).toBeCloseTo(130, 6)
      expect(
        promptTokensAt(lines, { tenant: 'B', question: 'q2', model: 'one', topK: 8 }),
      ).toBeCloseTo(130, 6)
    },
  )
})

it('prompts that nobody counted are a fault', () =>
  expect(thrownBy(() => fitPromptLines([sample({ promptTokens: null })])).code).toBe(
    'TB_CALIBRATION_EMPTY',
  ))
