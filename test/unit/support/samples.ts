/** Samples with everything in order, to be changed in what a test is about. */
import type { Observed, Sample } from '../../../harness/measure/sample.ts'

/** One query as a run saw it. */
export function observed(change: Partial<Observed> = {}): Observed {
  return {
    requestId: 'r1',
    cell: 'A/v1',
    tenant: 'A',
    variant: 'v1',
    question: 'q1',
    kind: 'literal',
    trial: 1,
    outcome: 'answered',
    errorCode: null,
    intendedMs: 0,
    sendLagMs: 0,
    heldMs: 0,
    isWarmup: false,
    window: null,
    stagesMs: {},
    failedAttempts: null,
    elapsedMs: 30,
    uncorrectedMs: 20,
    promptTokens: 1_000,
    completionTokens: 200,
    tokensEstimated: false,
    configVersion: '1.0',
    asLabelled: true,
    right: true,
    retrieved: true,
    topSource: 'd1',
    texts: { question: 'q?', answer: 'a.' },
    ...change,
  }
}

/** One query with its times joined. */
export function sample(change: Partial<Sample> = {}): Sample {
  return { ...observed(), ownMs: 10, modelledMs: 100, latencyMs: 110, ...change }
}
