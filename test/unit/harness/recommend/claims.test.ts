import { describe, expect, it } from 'vitest'
import {
  checkClaims,
  judgeClaims,
  type ClaimEvidence,
} from '../../../../harness/recommend/claims.ts'
import type { WrittenClaims } from '../../../../harness/scenario/schema.ts'
import { loadPriceBook } from '../../../../src/cost/prices/load.ts'
import { recordCell } from '../../support/record.ts'

const list = await loadPriceBook('list-2026-11')
const cell = (tenant: string, model: string, mean: string): ReturnType<typeof recordCell> => {
  const usual = recordCell()
  return {
    ...usual,
    tenant,
    variant: { id: model, model, topK: 10, rerank: true },
    tokens: { ...usual.tokens, promptMean: 3_000, completionMean: 200 },
    costPerQueryUsd: { ...usual.costPerQueryUsd, mean },
  }
}
const evidence: ClaimEvidence = {
  cells: [cell('A', 'gpt-4-turbo', '0.04'), cell('B', 'gpt-3.5-turbo', '0.008')],
  book: list,
  otherBooks: new Map([['list-2026-11', list]]),
  atMs: Date.parse('2026-11-01'),
}
const claims: WrittenClaims = {
  tolerancePct: 5,
  perQuery: [
    { id: 'a', says: 'A', tenant: 'A', model: 'gpt-4-turbo', topK: 10, rerank: true, usd: '0.042' },
    {
      id: 'b',
      says: 'B',
      tenant: 'B',
      model: 'gpt-3.5-turbo',
      topK: 10,
      rerank: true,
      usd: '0.01',
    },
    { id: 'none', says: 'C', tenant: 'C', model: 'gpt-4', topK: 10, rerank: true, usd: '0.01' },
  ],
  differences: [
    {
      id: 'd',
      says: 'D',
      dearer: 'a',
      cheaper: 'b',
      queries: 5_000,
      tenants: 100,
      usd: '16000',
      assumes: 'that all are alike',
    },
  ],
  otherPrices: [
    {
      label: 'gpt-4',
      priceBook: 'list-2026-11',
      on: '2026-11-01',
      models: { 'gpt-4-turbo': 'gpt-4' },
    },
  ],
}

describe('claims', () => {
  const [a, b, none, d] = judgeClaims(claims, evidence)

  it('pass within the tolerance and fail beyond it', () => {
    expect([a?.verdict, a?.offPct?.toFixed(2)]).toEqual(['pass', '-4.76'])
    expect([b?.verdict, b?.offPct?.toFixed(0)]).toEqual(['fail', '-20'])
  })

  it('about a configuration that was not run are not known', () =>
    expect(none).toMatchObject({
      verdict: 'inconclusive',
      foundUsd: null,
      reason: 'no cell is C, gpt-4, top_k 10, reranked',
    }))

  it('of a difference are what both come to, with what it assumes', () =>
    expect(d).toMatchObject({ foundUsd: '16000', verdict: 'pass', assumes: 'that all are alike' }))

  it('stand beside the same tokens at other prices', () => {
    // 3,000 x (30 - 10) / 1M + 200 x (60 - 30) / 1M more than 0.04.
    expect(a?.others).toEqual([{ label: 'gpt-4', usd: '0.106', reason: null }])
  })

  it('are one check, which says that they do not determine their world', () => {
    expect(checkClaims(judgeClaims(claims, evidence))).toMatchObject({
      id: 'claims',
      verdict: 'fail',
      evidence: expect.stringMatching(
        /^2 of 4 named .* Not: b \(-20\.0 %\), none \(not known\)\..*do not determine it/,
      ) as string,
    })
  })
})
