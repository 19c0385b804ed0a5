import { describe, expect, it } from 'vitest'
import {
  currentOf,
  monthlyCostOf,
  type TenantEconomics,
  type VariantEconomics,
} from '../../../../../harness/pricing/economics.ts'
import type { MeasuredQuality } from '../../../../../harness/pricing/measured-quality.ts'
import {
  sourceOfSimulation,
  type BeyondSimulation,
} from '../../../../../harness/pricing/sources/simulation-source.ts'
import type { PriceSource } from '../../../../../harness/pricing/sources/price-source.ts'
import {
  monthsOf,
  planAgain,
  simulationOf,
  type ReadSimulation,
} from '../../../../../harness/pricing/sources/simulated-time.ts'
import { simulatedComparison } from '../../../../../harness/pricing/sources/simulated-comparison.ts'
import { logNormalTable, meanOf } from '../../../../../harness/simulate/models/quantile-table.ts'
import { formatUsd, picoUsd, usdAsNumber } from '../../../../../src/base/money.ts'
import type { PriceBook } from '../../../../../src/cost/prices/price-book.ts'
import { thrownBy } from '../../../support/failures.ts'
import { tenantLines } from '../../../support/scenario.ts'
import { besides, listBook, simulated, type WrittenSimulated } from './simulation.ts'

const nothingMore: BeyondSimulation = { configurations: [], measured: [] }
const sourceOf = (read: ReadSimulation, beyond: BeyondSimulation): PriceSource =>
  sourceOfSimulation(planAgain(read), beyond)
interface First {
  readonly tenant: TenantEconomics
  readonly current: VariantEconomics
  readonly words: string
  variant(topK: number, model?: string): VariantEconomics
}

function first(
  written: WrittenSimulated = {},
  beyond: Partial<BeyondSimulation> = {},
  book?: PriceBook,
): First {
  const source = sourceOf(simulated(written), { ...nothingMore, ...beyond })
  const [tenant] = source.economics(book ?? source.book).tenants
  if (tenant === undefined) throw new Error('no tenant')
  const variant = (topK: number, model = 'gpt-4o-mini'): VariantEconomics => {
    const found = tenant.variants.find((each) => each.topK === topK && each.model === model)
    if (found === undefined) throw new Error('no variant')
    return found
  }
  return { tenant, current: currentOf(tenant), words: source.assumptions.join('\n'), variant }
}

// An answer by the profile of gpt-4o-mini, cut at 1,024 tokens: so rarely that its mean stays.
const answer = meanOf(logNormalTable(250, 0.35))
// A read is $0.000004 or what the book makes of nothing stored; the question is 10 tokens at $0.02
// a million.
const listed = (prompt: number): number =>
  prompt * 0.15e-6 + answer * 0.6e-6 + 16 * 0.25e-6 + 10 * 0.02e-6

describe('a simulated tenant', () => {
  const { tenant, current, variant, words } = first({ more: besides })

  it('costs what its queries came to, and what is shared', () => {
    expect(formatUsd(current.costPerQuery.mean)).toBe('0.001')
    expect(formatUsd(tenant.fixedMonthlyUsd)).toBe('10')
    expect(tenant).toMatchObject({
      tenant: 'A',
      tier: 'growth',
      queriesPerMonth: 1_000,
      needs: { qualityFloor: 0.6, latencyObjectiveMs: 5_000 },
      unpriced: [],
    })
    expect(formatUsd(monthlyCostOf(tenant, current))).toBe('11')
    expect(words).toMatch(/^Simulated\.\nA month is what was simulated, over 1 month/)
  })

  it("under another configuration costs what tables make of it, by the factor of today's", () => {
    // 160 prompt tokens in place of 660.
    const factor = 0.001 / listed(660)
    expect(usdAsNumber(variant(1).costPerQuery.mean)).toBeCloseTo(listed(160) * factor, 7)
    expect(words).toMatch(
      new RegExp(`came to over what tables say of them: ${factor.toFixed(2).slice(0, 3)}`),
    )
    expect(variant(1)).toMatchObject({ isDerived: true, quality: null, answered: 0 })
    expect(current).toMatchObject({ isDerived: false, p95Ms: 7_777, answered: 1_000 })
  })

  it("varies by the tables' second moments, and its mean by that over the root of its queries", () => {
    // Every question brings the same chunks: answers alone vary.
    const deviation = answer * Math.sqrt(Math.exp(0.35 ** 2) - 1) * 0.6e-6 * (0.001 / listed(660))
    const { standardDeviationUsd, mean, high95 } = current.costPerQuery
    expect(Math.abs(standardDeviationUsd / deviation - 1)).toBeLessThan(0.01)
    expect(usdAsNumber(picoUsd(high95 - mean))).toBeCloseTo(
      (1.95996 * standardDeviationUsd) / Math.sqrt(1_000),
      10,
    )
  })

  it('has the p95 of the tables where it was not simulated', () => {
    // Of gpt-4o-mini the median answer takes 0.6 s to its first token and 250 at 74 a second.
    expect(variant(1).p95Ms).toBeGreaterThan(600 + 250 / 0.074)
    expect(variant(1).p95Ms).toBeLessThan(2 * (600 + 250 / 0.074))
    expect(
      first(
        { more: besides },
        { configurations: [{ model: 'gpt-4o-mini', topK: 20, rerank: false }] },
      ).variant(20).p95Ms,
    ).toBe(variant(1).p95Ms)
  })

  it('is out of the window where its prompt is', () => {
    const read = simulated({ more: besides })
    const profiles = { ...read.profiles, frameTokensOf: () => 8_000 }
    const [tenant0] = sourceOf(
      { ...read, profiles },
      { ...nothingMore, configurations: [{ model: 'gpt-4', topK: 3, rerank: false }] },
    ).economics(listBook).tenants
    expect(
      tenant0?.variants.map(({ model, topK, infeasible }) => [model, topK, infeasible]),
    ).toEqual([
      ['gpt-4o-mini', 3, false],
      ['gpt-4o-mini', 1, false],
      ['gpt-4', 3, true],
    ])
  })
})

describe('another book', () => {
  it('with the same prices costs the same, to the pico-dollar', () =>
    expect(first({ minimumUsd: '5' }, {}, { ...listBook }).tenant).toEqual(
      first({ minimumUsd: '5' }).tenant,
    ))

  it('with chat at twice the price costs the parts again, by the same factor', () => {
    const dearer: PriceBook = {
      ...listBook,
      id: 'dearer',
      prices: listBook.prices.map((price) => ({
        ...price,
        amount: picoUsd(price.amount * (price.component === 'openai.chat' ? 2n : 1n)),
      })),
    }
    const rest = 16 * 0.25e-6 + 10 * 0.02e-6
    expect(usdAsNumber(first({}, {}, dearer).current.costPerQuery.mean)).toBeCloseTo(
      (0.001 / listed(660)) * (2 * listed(660) - rest),
      6,
    )
  })

  it('without a price leaves tenants out by name', () => {
    const poor: PriceBook = {
      ...listBook,
      id: 'poor',
      prices: listBook.prices.filter(({ sku }) => !sku.startsWith('gpt-4o-mini')),
      aliases: [],
    }
    const { tenants, leftOut } = sourceOf(simulated(), nothingMore).economics(poor)
    expect({ tenants: tenants.length, leftOut: leftOut[0] }).toEqual({
      tenants: 0,
      leftOut: { tenant: 'A', reason: 'gpt-4o-mini has no price for input-tokens in poor' },
    })
  })

  it('prices configurations that it knows, and says which it does not', () => {
    const [tenant] = sourceOf(simulated(), {
      ...nothingMore,
      configurations: [{ model: 'gpt-4', topK: 3, rerank: false }],
    }).economics({
      ...listBook,
      aliases: listBook.aliases.filter(({ alias }) => alias !== 'gpt-4'),
      prices: listBook.prices.filter(({ sku }) => sku !== 'gpt-4'),
    }).tenants
    expect(tenant?.unpriced).toMatchObject([
      {
        model: 'gpt-4',
        reason: expect.stringMatching(/gpt-4 has no price for input-tokens/) as unknown,
      },
    ])
  })
})

describe('what is fixed', () => {
  const minimum = (usd: bigint): PriceBook => ({
    ...listBook,
    monthlyMinimum: new Map([['pinecone', picoUsd(usd * 10n ** 12n)]]),
  })
  const reranked = { configurations: [{ model: 'gpt-4o-mini', topK: 3, rerank: true }] }

  it('is a month of it, by how many were simulated', () => {
    const three = {
      simulation: '{ from: 2026-10-01, months: 3 }',
      report: { from: '2026-10-01T00:00:00.000Z', virtualSeconds: 92 * 86_400 },
      queries: 3_000,
      directUsd: '3',
      sharedUsd: '30',
    }
    const { tenant, current } = first(three)
    expect([
      tenant.queriesPerMonth,
      formatUsd(tenant.fixedMonthlyUsd),
      formatUsd(current.costPerQuery.mean),
    ]).toEqual([1_000, '10', '0.001'])
    const week = {
      simulation: '{ from: 2026-11-02, days: 7 }',
      report: { virtualSeconds: 7 * 86_400 },
      queries: 700,
      directUsd: '0.7',
      sharedUsd: '7',
    }
    // 30.4375 / 7 such weeks are a month.
    expect(first(week).tenant.queriesPerMonth).toBe(3_044)
    // Without a minimum that is used up: Pinecone's is added for a whole month.
    expect(usdAsNumber(first(week, {}, minimum(0n)).tenant.fixedMonthlyUsd)).toBeCloseTo(
      (7 * 30.4375) / 7,
      6,
    )
    expect(first(week).words).toMatch(/over 0\.230 months of 30\.4375 days/)
  })

  it('has the minimum of the book', () => {
    const without = first({}, {}, minimum(0n)).tenant.fixedMonthlyUsd
    // $40 less what is used more of it, for two tenants alike.
    expect(
      usdAsNumber(picoUsd(first({}, {}, minimum(40n)).tenant.fixedMonthlyUsd - without)),
    ).toBeCloseTo(20, 1)
  })

  it('leaves reranking free under a minimum that is not used up', () => {
    const costs = (usd: bigint): number => {
      const { tenant } = first({}, reranked, minimum(usd))
      const other = tenant.variants.find(({ rerank }) => rerank)
      return other === undefined
        ? Number.NaN
        : usdAsNumber(
            picoUsd(monthlyCostOf(tenant, other) - monthlyCostOf(tenant, currentOf(tenant))),
          )
    }
    expect(costs(0n)).toBeGreaterThan(1.9)
    expect(Math.abs(costs(1_000n))).toBeLessThan(1e-6)
  })
})

describe('what changes on the way', () => {
  const changing = (change: string): WrittenSimulated => ({
    simulation: `{ from: 2026-11-01, months: 1, changes: [${change}] }`,
  })

  it('prices are those of the end, from tables', () => {
    const { current, words } = first(
      changing(
        '{ on: 2026-11-16, price: { provider: openai, sku: gpt-4o-mini, unit: input-tokens, usd: "1.15" } }',
      ),
    )
    expect(usdAsNumber(current.costPerQuery.mean)).toBeCloseTo(1.001 * (listed(660) + 660e-6), 8)
    expect(words).toMatch(
      /Prices changed within the simulated time: everything is priced as of its end/,
    )
  })

  it('a price of what nobody uses is no change', () =>
    expect(
      first(
        changing(
          '{ on: 2026-11-16, price: { provider: openai, sku: gpt-4, unit: input-tokens, usd: "1" } }',
        ),
      ).current.costPerQuery.mean,
    ).toBe(first().current.costPerQuery.mean))

  it('a configuration is the last one, of those tenants alone', () => {
    const source = sourceOf(
      simulated(changing('{ on: 2026-11-16, tenant: A, config: { topK: 1 } }')),
      nothingMore,
    )
    const [a, b] = source.economics(source.book).tenants
    expect([a, b].map((tenant) => (tenant === undefined ? null : currentOf(tenant).topK))).toEqual([
      1, 3,
    ])
    expect(a === undefined ? 0 : usdAsNumber(currentOf(a).costPerQuery.mean)).toBeCloseTo(
      1.001 * listed(160),
      8,
    )
    expect(b === undefined ? '' : formatUsd(currentOf(b).costPerQuery.mean)).toBe('0.001')
    expect(source.assumptions.join('\n')).toMatch(/The configuration of 1 tenants changed/)
  })
})

describe('a simulation from fitted models', () => {
  const fitted = { report: { models: 'run-1' } }

  it("prices today's configuration alone, with the tokens of its own cells", () => {
    const { tenant, current, words } = first(fitted, {
      configurations: [{ model: 'gpt-4', topK: 3, rerank: false }],
    })
    expect(tenant.variants).toHaveLength(1)
    // 1,320 of 200 tokens: the prompt is $0.000198 of $0.000318 of chat.
    const { model, prompt } = current.partsPerQuery
    expect(usdAsNumber(prompt ?? picoUsd(0n)) / usdAsNumber(model ?? picoUsd(1n))).toBeCloseTo(
      0.198 / 0.318,
      6,
    )
    expect(words).toMatch(
      /The simulation is from fitted models: other configurations than today's are not derived/,
    )
  })
})

describe('quality', () => {
  const quality = {
    share: 0.9,
    low95: 0.8,
    high95: 0.95,
    questions: 50,
    source: 'measured',
  } as const
  const at = (tenant: string): MeasuredQuality => ({
    asked: { tenant, documents: 3, words: 300 },
    configuration: { model: 'gpt-4o-mini', topK: 1, rerank: false },
    quality,
  })

  it('is not simulated', () =>
    expect(first().words).toMatch(
      /Quality is not simulated: it is known only where --measured names runs/,
    ))
  it('is that of a run', () =>
    expect(first({ more: besides }, { measured: [at('A')] }).variant(1).quality).toEqual(quality))
  it('is predicted from three tenants of a run', () => {
    const { variant, current } = first({ more: besides }, { measured: ['X', 'Y', 'Z'].map(at) })
    expect(variant(1).quality?.share).toBeCloseTo(0.9, 12)
    expect(current.quality).toBeNull()
  })
})

describe('a growing fleet', () => {
  const growth: WrittenSimulated = {
    simulation:
      '{ from: 2026-11-01, months: 1, growth: { fromTenants: 0, toTenants: 5, overSeconds: 86400, curve: linear } }',
    more: { capacity: '{ namespaceLimit: 100, operatingLimit: 90, alertAt: 72 }' },
  }
  const ids = ['A', 'B', 'A.2', 'B.2', 'A.3']
  const lines = ids.map((tenant) => ({
    tenant,
    tier: 'growth',
    queries: 1_000,
    costUsd: '0',
    directUsd: '1',
    sharedUsd: '10',
    revenueUsd: null,
  }))

  it('has tenants that are like those of the scenario, each with its number', () => {
    const grown = {
      ...growth,
      tenants: [tenantLines('A'), tenantLines('B', { qualityFloor: '0.9' })],
      report: { tenants: lines },
    }
    const source = sourceOf(simulated(grown), nothingMore)
    expect(
      source
        .economics(source.book)
        .tenants.map(({ tenant, needs }) => [tenant, needs.qualityFloor]),
    ).toEqual([
      ['A', 0.6],
      ['B', 0.9],
      ['A.2', 0.6],
      ['B.2', 0.9],
      ['A.3', 0.6],
    ])
    expect(source.assumptions.join('\n')).toMatch(
      /\d tenants came or left within the simulated time/,
    )
    expect(
      simulatedComparison(planAgain(simulated(grown))).map(
        ({ tenant, name, docCount, avgDocWords }) => [tenant, name, docCount, avgDocWords],
      )[2],
    ).toEqual(['A.2', 'Tenant A', 3, 100])
  })

  it('with other tenants is of another version', () =>
    expect(thrownBy(() => sourceOf(simulated(growth), nothingMore))).toMatchObject({
      code: 'TB_RECORD_INVALID',
    }))
})

describe('what was simulated', () => {
  it('is a month from the report where the scenario says nothing', () => {
    const { report, scenario } = simulated({ more: { ...besides, simulation: '' } })
    expect(simulationOf(report, scenario)).toMatchObject({ from: '2026-11-01', months: 1 })
  })

  it('is no load', () => {
    const { report, scenario } = simulated({
      more: {
        simulation: '',
        load: '{ durationSeconds: 60, arrivals: { kind: poisson, ratePerSecond: 5 } }',
        trials: '1',
        timeScale: '1',
      },
    })
    expect(thrownBy(() => simulationOf({ ...report, virtualSeconds: 60 }, scenario))).toMatchObject(
      {
        code: 'TB_USAGE',
        detail: expect.stringMatching(
          /A load of 60 seconds was simulated, which says nothing of a month/,
        ) as unknown,
      },
    )
  })

  it('is whole months or a part of one', () => {
    const part = (firstHour: number, hours: number): Parameters<typeof monthsOf>[1] => ({
      months: [
        {
          month: '2026-11',
          fromMs: 0,
          toMs: 0,
          firstHour,
          hours,
          hoursOfMonth: 720,
          weightSums: new Float64Array(0),
          volume: 1,
          segments: [],
        },
      ],
    })
    expect(monthsOf({ virtualSeconds: 0 }, part(0, 720))).toEqual({ count: 1, isWhole: true })
    expect(monthsOf({ virtualSeconds: 30.4375 * 43_200 }, part(24, 696))).toEqual({
      count: 0.5,
      isWhole: false,
    })
  })
})
