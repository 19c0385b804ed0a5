/** A line of samples.jsonl for tests. */
import type { SampleLine } from '../../../reports/record/sample-lines.ts'

/** A line; the question and the trial make the request id. */
export function sampleLine(change: Partial<SampleLine> = {}): SampleLine {
  const { cell = 'A/one', question = 'q1', trial = 1 } = change
  return {
    requestId: `${cell}.${question}.${trial}`,
    cell,
    question,
    trial,
    isWarmup: false,
    outcome: 'answered',
    latencyMs: 1_000,
    ownMs: 50,
    promptTokens: 500,
    completionTokens: 60,
    costUsd: '0.01',
    right: true,
    retrieved: true,
    ...change,
  }
}
