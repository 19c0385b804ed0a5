import { describe, expect, it } from 'vitest'
import { judgeGates, type GateEvidence } from '../../../../../harness/run/checks/gates.ts'
import { withVariantId } from '../../../../../harness/scenario/cells.ts'
import { parseGate } from '../../../../../harness/scenario/gates.ts'
import type { Sample } from '../../../../../harness/measure/sample.ts'
import { picoUsd } from '../../../../../src/base/money.ts'
import { parseTenantId } from '../../../../../src/base/tenant-id.ts'

const variant = withVariantId({ model: 'm', topK: 5, rerank: true })
const cells = ['A', 'B'].map((tenant) => ({
  id: `${tenant}/x`,
  tenantId: parseTenantId(tenant),
  variant,
  isCurrent: tenant === 'A',
}))
const sample = (tenant: string, at: number, change: Partial<Sample> = {}): Sample => ({
  requestId: `${tenant}.${at}`,
  cell: `${tenant}/x`,
  tenant,
  variant: variant.id,
  question: `q${at}`,
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
  elapsedMs: at,
  uncorrectedMs: at,
  promptTokens: 100,
  completionTokens: 10,
  tokensEstimated: false,
  configVersion: '1',
  asLabelled: true,
  right: at % 2 === 0,
  retrieved: true,
  topSource: null,
  texts: { question: '', answer: '' },
  ownMs: at,
  modelledMs: 0,
  latencyMs: at,
  ...change,
})
const hundred = Array.from({ length: 100 }, (_each, at) => sample('A', at + 1))
const evidence = (change: Partial<GateEvidence> = {}): GateEvidence => ({
  cells,
  samples: hundred,
  tierOf: (tenant) => (tenant === 'A' ? 'basic' : 'gold'),
  costOf: () => picoUsd(5_000_000_000n),
  isolation: { checks: 9, leaks: 0 },
  driftPct: 1.5,
  ...change,
})
const verdictOf = (text: string, given = evidence()): string => {
  const read = parseGate(text)
  return 'gate' in read
    ? (judgeGates([read.gate], given)[0]?.verdict ?? 'none')
    : JSON.stringify(read.fault)
}

describe('a gate on samples', () => {
  it.each([
    ['p95(latency) < 96ms', 'pass'],
    ['p95(latency) < 95ms', 'fail'],
    ['median(latency) <= 50.5ms', 'pass'],
    ['max(latency) == 100ms', 'pass'],
    ['min(latency) != 1ms', 'fail'],
    ['sum(latency) > 5s', 'pass'],
    ['mean(cost) < 0.0051', 'pass'],
    ['mean(cost){tier=basic} < 0.005', 'fail'],
    ['accuracy >= 50%', 'pass'],
    ['recall == 1', 'pass'],
    ['failures <= 0%', 'pass'],
    ['queries == 100', 'pass'],
    ['leaks == 0', 'pass'],
    ['drift <= 1%', 'fail'],
    ['mean(promptTokens){model=m,topK=5,rerank=true,current=true,kind=literal} == 100', 'pass'],
  ])('%s: %s', (text, verdict) => expect(verdictOf(text)).toBe(verdict))
})

describe('a gate never passes', () => {
  it.each([
    ['on no samples', 'failures <= 100%', evidence({ samples: [] })],
    ['on a tenant without samples', 'mean(latency){tenant=B} < 9s', evidence()],
    ['on too few samples for its percentile', 'p99(latency) < 9s', evidence()],
    [
      'where all failed',
      'mean(latency) < 9s',
      evidence({ samples: [sample('A', 1, { outcome: 'failed' })] }),
    ],
    ['where nobody knows the cost', 'mean(cost) < 9', evidence({ costOf: () => null })],
    [
      'where one answer tells no tokens',
      'mean(promptTokens) < 900',
      evidence({ samples: [...hundred, sample('A', 3, { promptTokens: null })] }),
    ],
    [
      'where no question has a source',
      'recall >= 0',
      evidence({ samples: [sample('A', 1, { retrieved: null })] }),
    ],
    [
      'where nothing was checked for leaks',
      'leaks == 0',
      evidence({ isolation: { checks: 0, leaks: 0 } }),
    ],
    ['without a bill', 'drift <= 5%', evidence({ driftPct: null })],
  ])('%s', (_case, text, given) => expect(verdictOf(text, given)).toBe('inconclusive'))

  it('in silence about failures', () => {
    const read = parseGate('mean(latency) < 9s')
    expect(
      'gate' in read
        ? judgeGates(
            [read.gate],
            evidence({ samples: [...hundred, sample('A', 5, { outcome: 'failed' })] }),
          )[0]?.evidence
        : '',
    ).toContain('1 failed queries')
  })
})
