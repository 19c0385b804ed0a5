import { describe, expect, it } from 'vitest'
import { choiceFor } from '../../../../harness/pricing/choose.ts'
import {
  monthlyCostOf,
  currentOf,
  type TenantEconomics,
  type VariantEconomics,
} from '../../../../harness/pricing/economics.ts'
import { economicsOfRun, type RunSource } from '../../../../harness/pricing/run-economics.ts'
import { sharedPerQuery } from '../../../../harness/recommend/comparison.ts'
import { cellsOf } from '../../../../harness/scenario/cells.ts'
import { parseScenario } from '../../../../harness/scenario/parse.ts'
import type { RecordCell } from '../../../../reports/record/record.ts'
import { formatUsd, parseUsd, picoUsd, type PicoUsd } from '../../../../src/base/money.ts'
import type { PriceBook } from '../../../../src/cost/prices/price-book.ts'
import { thrownBy } from '../../support/failures.ts'
import { tenant as tenantId, testBook } from '../../support/prices.ts'
import { recordCell, runRecord } from '../../support/record.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

const lines = (id: string): string =>
  tenantLines(id, { current: '{ model: small, topK: 3, rerank: false }' })
const scenario = parseScenario(
  scenarioText(
    {
      sharedMonthlyUsd: '{ postgres: "20" }',
      variants: '\n  - { model: small, topK: 5, rerank: true }',
    },
    [lines('A'), lines('B')],
  ),
  's.yaml',
)
const book = testBook('10')
const storedBytes = 400_000

// 3,000 and 250 tokens at $1 and $4 a million, a quarter of a read unit at $16 a million, 15 tokens
// embedded at $0.02; reranking $0.002.
const direct = (rerank: boolean): PicoUsd => parseUsd(rerank ? '0.0060043' : '0.0040043')
const cells = cellsOf(scenario)
const shared = sharedPerQuery({
  scenario,
  cells,
  book,
  atMs: Date.parse('2026-11-23'),
  activity: ['A', 'B'].map((id) => ({ tenantId: tenantId(id), queries: 0, storedBytes })),
  pineconePerQuery: (id) =>
    parseUsd(
      cells.find((cell) => cell.id === id)?.variant.rerank === true ? '0.002004' : '0.000004',
    ),
})

function recorded(change: (cell: RecordCell) => Partial<RecordCell> = () => ({})): RunSource {
  const all = cells.map(({ id, tenantId: tenant, variant, isCurrent }) => {
    const [own, part] = [direct(variant.rerank), shared.get(id) ?? picoUsd(0n)]
    const sum = (more: string): string => formatUsd(picoUsd(own + part + parseUsd(more)))
    const cell = recordCell({
      id,
      tenant,
      variant: { ...variant },
      isCurrent,
      costPerQueryUsd: {
        mean: sum('0'),
        low95: sum('-0.001'),
        high95: sum('0.001'),
        direct: formatUsd(own),
        shared: formatUsd(part),
        standardDeviation: '0.002',
        method: 'even',
        reason: null,
      },
    })
    return { ...cell, ...change(cell) }
  })
  const tenants = ['A', 'B'].map((tenant) => ({
    tenant,
    documents: 3,
    words: 300,
    chunks: 3,
    index: 'index-1',
    storedBytes,
    reason: null,
  }))
  return { record: runRecord({ cells: all, tenants }), scenario, book }
}

const changed = (times: (price: PriceBook['prices'][number]) => bigint): PriceBook => ({
  ...book,
  id: 'other',
  prices: book.prices.map((price) => ({ ...price, amount: picoUsd(price.amount * times(price)) })),
})
const first = (
  tenants: readonly TenantEconomics[],
): {
  readonly tenant: TenantEconomics
  readonly current: VariantEconomics
  readonly other: VariantEconomics
} => {
  const [tenant] = tenants
  if (tenant === undefined) throw new Error('no tenant')
  const other = tenant.variants.find(({ id }) => id !== tenant.currentVariant)
  if (other === undefined) throw new Error('no other variant')
  return { tenant, current: currentOf(tenant), other }
}

describe('a recorded run', () => {
  const { tenants, leftOut } = economicsOfRun(recorded())
  const { tenant, current, other } = first(tenants)

  it('gives volume, needs and tier by the scenario, and what is fixed by the record', () => {
    expect(leftOut).toEqual([])
    expect(tenant).toMatchObject({
      tenant: 'A',
      tier: 'growth',
      queriesPerMonth: 1_000,
      needs: { qualityFloor: 0.6, latencyObjectiveMs: 5_000, monthlyBudgetUsd: parseUsd('100') },
      unpriced: [],
    })
    // Half of $20 and of the top-up to $10; 2 x 1,000 reads at $0.000004 and next to no storage are
    // used.
    expect(Number(formatUsd(tenant.fixedMonthlyUsd))).toBeCloseTo(14.996, 2)
  })

  it('gives the month that the record has, to the pico-dollar, for every configuration', () => {
    for (const variant of tenant.variants) {
      const mean =
        recorded().record.cells.find(
          ({ tenant: id, variant: { id: each } }) => id === 'A' && each === variant.id,
        )?.costPerQueryUsd.mean ?? ''
      expect(monthlyCostOf(tenant, variant)).toBe(parseUsd(mean) * 1_000n)
    }
  })

  it('counts under the minimum what reranking really adds: nothing, until the minimum is used up', () => {
    // $2 of reranking a month lowers the top-up by as much.
    expect(formatUsd(other.costPerQuery.mean)).toBe(formatUsd(current.costPerQuery.mean))
    expect(formatUsd(current.costPerQuery.high95)).toBe('0.0050043')
  })

  it('takes the parts apart: chat, prompt, reranking, reads, and the rest', () => {
    expect(
      Object.entries(other.partsPerQuery).map(([part, usd]) => [
        part,
        usd === null ? null : formatUsd(usd),
      ]),
    ).toEqual([
      ['model', '0.004'],
      ['prompt', '0.003'],
      ['rerank', '0.002'],
      ['retrieval', '0.000004'],
      ['embedding', '0.0000003'],
    ])
  })

  it('takes modelled times where services are modelled, and measured ones else', () => {
    const times = {
      latencyMs: { count: 60, p50: 1, p95: 77, p99: null, stages: [] },
      modelledMs: { count: 60, p50: 1, p95: 88, p99: null },
    }
    const p95 = (latencySource: RecordCell['latencySource']): unknown =>
      first(economicsOfRun(recorded(() => ({ ...times, latencySource }))).tenants).current
    expect(p95('modelled+measured')).toMatchObject({ p95Ms: 88, timing: 'modelled' })
    expect(p95('measured')).toMatchObject({ p95Ms: 77, timing: 'measured' })
  })
})

describe('what is not known', () => {
  const noCost = {
    mean: null,
    low95: null,
    high95: null,
    direct: null,
    shared: null,
    standardDeviation: null,
    method: 'even',
    reason: 'nothing was metered',
  } as const

  it('leaves a tenant out whose cost today is not known, by name', () => {
    const { tenants, leftOut } = economicsOfRun(
      recorded(({ tenant, isCurrent }) =>
        tenant === 'A' && isCurrent ? { costPerQueryUsd: noCost } : {},
      ),
    )
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['B'])
    expect(leftOut).toEqual([{ tenant: 'A', reason: 'nothing was metered' }])
  })

  it('recommends nothing where another configuration has no cost', () => {
    const { tenants } = economicsOfRun(
      recorded(({ isCurrent }) => (isCurrent ? {} : { costPerQueryUsd: noCost })),
    )
    expect(tenants[0] === undefined ? '' : choiceFor(tenants[0]).reason).toBe(
      'none: of small top_k 5 with rerank no cost is known: nothing was metered.',
    )
  })

  it('takes a cell that was never asked for neither free nor measured', () => {
    const { tenants } = economicsOfRun(
      recorded(({ isCurrent }) => (isCurrent ? {} : { queries: 0 })),
    )
    expect(tenants[0]?.unpriced).toEqual([
      { model: 'small', topK: 5, rerank: true, reason: 'it was never asked' },
    ])
  })

  it('has no quality where nothing was asked', () => {
    const { tenants } = economicsOfRun(
      recorded((cell) => ({ quality: { ...cell.quality, questions: 0 } })),
    )
    expect(tenants[0]?.variants.map(({ quality }) => quality)).toEqual([null, null])
  })
})

describe('another book', () => {
  it('with the same prices gives the same, to the pico-dollar', () =>
    expect(economicsOfRun(recorded(), { ...book })).toEqual(economicsOfRun(recorded())))

  it('with chat at twice the price doubles chat, and the interval with the mean', () => {
    const { current } = first(
      economicsOfRun(
        recorded(),
        changed(({ component }) => (component === 'openai.chat' ? 2n : 1n)),
      ).tenants,
    )
    expect(formatUsd(current.costPerQuery.mean)).toBe('0.0080043')
    expect(
      Number(formatUsd(picoUsd(current.costPerQuery.high95 - current.costPerQuery.mean))),
    ).toBeCloseTo(0.001 * (0.0080043 / 0.0040043), 9)
    expect(current.costPerQuery.standardDeviationUsd).toBeCloseTo(
      0.002 * (0.0080043 / 0.0040043),
      9,
    )
  })

  it('with embedding at a hundred times the price moves what is left of a query', () => {
    const { current } = first(
      economicsOfRun(
        recorded(),
        changed(({ component }) => (component === 'openai.embeddings' ? 100n : 1n)),
      ).tenants,
    )
    expect(formatUsd(current.costPerQuery.mean)).toBe('0.004034')
  })

  it('with no minimum has nothing to top up, and reranking costs what it costs', () => {
    const { tenant, current, other } = first(
      economicsOfRun(recorded(), { ...book, monthlyMinimum: new Map() }).tenants,
    )
    expect(Number(formatUsd(tenant.fixedMonthlyUsd))).toBeCloseTo(10.000132, 6)
    expect(formatUsd(picoUsd(other.costPerQuery.mean - current.costPerQuery.mean))).toBe('0.002')
  })

  it('takes nothing to be free that it has no price for', () => {
    const without = (component: string): PriceBook => ({
      ...book,
      id: 'poor',
      prices: book.prices.filter((price) => price.component !== component),
    })
    expect(economicsOfRun(recorded(), without('openai.chat')).leftOut).toEqual(
      ['A', 'B'].map((tenant) => ({
        tenant,
        reason: 'small has no price for input-tokens in poor',
      })),
    )
    expect(
      economicsOfRun(recorded(), without('pinecone.rerank')).tenants[0]?.unpriced[0]?.reason,
    ).toMatch(/pinecone ranker, rerank-requests/)
    expect(economicsOfRun(recorded(), without('openai.embeddings')).leftOut[0]?.reason).toBe(
      'embed has no price for embedding-tokens in poor',
    )
    expect(thrownBy(() => economicsOfRun(recorded(), without('pinecone.storage'))).code).toBe(
      'TB_PRICE_MISSING',
    )
  })
})

it('a system that is not ours has chat repriced and the rest by the scenario', () => {
  const source = recorded()
  const foreign: RunSource = {
    ...source,
    record: {
      ...source.record,
      subject: { kind: 'http', name: 'theirs' },
      tenants: source.record.tenants.map((each) => ({ ...each, storedBytes: null })),
    },
  }
  const { current, tenant } = first(
    economicsOfRun(
      foreign,
      changed(({ component }) => (component === 'openai.chat' ? 2n : 1n)),
    ).tenants,
  )
  expect(formatUsd(current.costPerQuery.mean)).toBe('0.0080043')
  expect(tenant.fixedMonthlyUsd).toBe(first(economicsOfRun(source).tenants).tenant.fixedMonthlyUsd)
})
