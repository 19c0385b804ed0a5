import { describe, expect, it } from 'vitest'
import {
  currentOf,
  monthlyCostOf,
  type TenantEconomics,
  type VariantEconomics,
} from '../../../../../harness/pricing/economics.ts'
import type { MeasuredQuality } from '../../../../../harness/pricing/measured-quality.ts'
import type { RunSource } from '../../../../../harness/pricing/run-economics.ts'
import { sourceOfRun, type BeyondRun } from '../../../../../harness/pricing/sources/run-source.ts'
import { cellsOf } from '../../../../../harness/scenario/cells.ts'
import { parseScenario } from '../../../../../harness/scenario/parse.ts'
import type { RecordCell } from '../../../../../reports/record/record.ts'
import { formatUsd, picoUsd } from '../../../../../src/base/money.ts'
import type { PriceBook } from '../../../../../src/cost/prices/price-book.ts'
import { thrownBy } from '../../../support/failures.ts'
import { testBook } from '../../../support/prices.ts'
import { recordCell, runRecord } from '../../../support/record.ts'
import { scenarioText, tenantLines } from '../../../support/scenario.ts'
import { profilesOf, threeChunks } from './profiles.ts'

const lines = (id: string): string =>
  tenantLines(id, { current: '{ model: small, topK: 3, rerank: false }' })
const scenario = parseScenario(
  scenarioText({ variants: '\n  - { model: small, topK: 1, rerank: false }' }, [
    lines('A'),
    lines('B'),
  ]),
  's.yaml',
)
// gpt-4 and other cost what small does; $1 and $4 a million.
const small = testBook()
const book: PriceBook = {
  ...small,
  prices: [
    ...small.prices,
    ...['gpt-4', 'other'].flatMap((sku) =>
      small.prices.filter((price) => price.sku === 'small').map((price) => ({ ...price, sku })),
    ),
  ],
}

// By 660 and 160 derived tokens the prompts of A are a tenth longer than derived, and 250 tokens
// answer. A read is $0.000004, 10 tokens embedded $0.0000002.
const directs = { 3: '0.0017302', 1: '0.0011802' } as const
function recorded(change: (cell: RecordCell) => Partial<RecordCell> = () => ({})): RunSource {
  const cells = cellsOf(scenario).map(({ id, tenantId: tenant, variant, isCurrent }) => {
    const direct = directs[variant.topK === 3 ? 3 : 1]
    const prompt = variant.topK === 3 ? 726 : 176
    const ends = {
      low95: (Number(direct) - 0.0001).toFixed(7),
      high95: (Number(direct) + 0.0001).toFixed(7),
    }
    const cell = recordCell({
      id,
      tenant,
      variant: { ...variant },
      isCurrent,
      tokens: { promptMean: prompt, completionMean: 250, estimated: false, source: 'metered' },
      costPerQueryUsd: {
        mean: direct,
        ...ends,
        direct,
        shared: '0',
        standardDeviation: '0.0002',
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
    storedBytes: 400_000,
    reason: null,
  }))
  return { record: runRecord({ cells, tenants, comparison: [] }), scenario, book }
}

const top2 = { model: 'small', topK: 2, rerank: false }
function derive(
  configuration: BeyondRun['configurations'][number],
  {
    run = recorded(),
    profiles = profilesOf(),
    measured = [] as readonly MeasuredQuality[],
    by = undefined as PriceBook | undefined,
  } = {},
): {
  readonly tenant: TenantEconomics
  readonly variant: VariantEconomics
  readonly words: string
} {
  const source = sourceOfRun(run, { configurations: [configuration], profiles, measured })
  const [tenant] = source.economics(by ?? source.book).tenants
  const variant = tenant?.variants.find(
    ({ model, topK, rerank }) =>
      model === configuration.model &&
      topK === configuration.topK &&
      rerank === configuration.rerank,
  )
  if (tenant === undefined || variant === undefined) throw new Error('nothing was derived')
  return { tenant, variant, words: source.assumptions.join('\n') }
}

describe('a configuration that was not run', () => {
  it("costs the tokens of its chunks, times what the tenant's cells measured over derived", () => {
    const { variant, words } = derive(top2)
    // 360 derived tokens are 396: $0.000396 and $0.001, a read and the question.
    expect(formatUsd(variant.costPerQuery.mean)).toBe('0.0014002')
    expect(
      Object.values(variant.partsPerQuery).map((usd) => (usd === null ? null : formatUsd(usd))),
    ).toEqual(['0.001396', '0.000396', '0', '0.000004', '0.0000002'])
    expect(variant).toMatchObject({ isDerived: true, infeasible: false, p95Ms: 1_800, answered: 0 })
    expect(words).toMatch(
      /small top_k 2 was not run for A, B: .*measured over what is derived for them \(1\.100\); every query is answered.*prompts \(±3\.0 %\) and answers \(±3\.0 %\)/,
    )
  })

  it('has the interval of the nearest one in proportion, and 3 % of prompt and answer, squares added up', () => {
    const {
      costPerQuery: { mean, high95, low95, standardDeviationUsd },
    } = derive(top2).variant
    const half = Math.hypot((0.0001 * 0.0014002) / 0.0017302, 0.03 * 0.000396, 0.03 * 0.001)
    expect(Number(formatUsd(picoUsd(high95 - mean)))).toBeCloseTo(half, 10)
    expect(Number(formatUsd(picoUsd(mean - low95)))).toBeCloseTo(half, 10)
    expect(standardDeviationUsd).toBeCloseTo((0.0002 * 0.0014002) / 0.0017302, 10)
  })

  it("may be off as far as the tenant's own cells are from their mean", () => {
    // 1.1 and 1.3: a mean of 1.2, and a twelfth to either side.
    const run = recorded(({ variant }) =>
      variant.topK === 1
        ? { tokens: { promptMean: 208, completionMean: 250, estimated: false, source: 'metered' } }
        : {},
    )
    const { variant, words } = derive(top2, { run })
    expect(formatUsd(variant.partsPerQuery.prompt ?? picoUsd(0n))).toBe('0.000432')
    expect(words).toMatch(/\(1\.200\).*prompts \(±8\.3 %\)/)
  })

  it('carries on what the nearest one costs beyond its parts, with its chat tokens', () => {
    // A tenth of the chat tokens again: $0.0001726 of $0.001726.
    const run = recorded(({ costPerQueryUsd }) => ({
      costPerQueryUsd: {
        ...costPerQueryUsd,
        direct: (Number(costPerQueryUsd.direct) + 0.0001726).toFixed(7),
        high95: '0.01',
      },
    }))
    expect(Number(formatUsd(derive(top2, { run }).variant.costPerQuery.mean))).toBeCloseTo(
      0.0014002 + 0.0001396,
      9,
    )
  })

  it('is priced by another book like the rest', () => {
    const dearer: PriceBook = {
      ...book,
      id: 'dearer',
      prices: book.prices.map((price) => ({
        ...price,
        amount: picoUsd(price.amount * (price.component === 'openai.chat' ? 2n : 1n)),
      })),
    }
    expect(formatUsd(derive(top2, { by: dearer }).variant.costPerQuery.mean)).toBe('0.0027962')
  })

  it('reranks at the price of reranking, without a p95 where nothing was reranked', () => {
    const { variant, words } = derive({ model: 'small', topK: 2, rerank: true })
    expect(formatUsd(variant.costPerQuery.mean)).toBe('0.0034002')
    expect(variant.p95Ms).toBeNull()
    expect(words).toMatch(
      /The p95 of small top_k 2 with rerank is not known for A, B: no cell has its model with rerank/,
    )
  })

  it('counts under a minimum what it really adds', () => {
    const withMinimum = testBook('10')
    const run: RunSource = { ...recorded(), book: withMinimum }
    const source = sourceOfRun(run, {
      configurations: [{ model: 'small', topK: 3, rerank: true }],
      profiles: profilesOf(),
      measured: [],
    })
    const [tenant] = source.economics(withMinimum).tenants
    const reranked = tenant?.variants.find(({ rerank }) => rerank)
    // $2 of reranking a month lowers the top-up by as much.
    expect(
      tenant === undefined || reranked === undefined
        ? null
        : formatUsd(
            picoUsd(monthlyCostOf(tenant, reranked) - monthlyCostOf(tenant, currentOf(tenant))),
          ),
    ).toBe('0')
  })

  it('of a model that was not run answers as the others do, and says so', () => {
    const { variant, words } = derive({ model: 'other', topK: 2, rerank: false })
    expect(formatUsd(variant.costPerQuery.mean)).toBe('0.0014002')
    expect(variant).toMatchObject({ p95Ms: null, quality: null })
    expect(words).toMatch(
      /No cell of A, B has other: its answers are taken to be as long as those of the models that were run/,
    )
  })

  it('is infeasible when a prompt fills the window of its model', () => {
    const profileOf = (tokens: number): ReturnType<typeof profilesOf> =>
      profilesOf({ ...threeChunks, passageTokens: [100, tokens, 300] })
    const run = recorded(({ variant }) => ({
      tokens: {
        promptMean: variant.topK === 3 ? 8_192 : 160,
        completionMean: 250,
        estimated: false,
        source: 'metered',
      },
    }))
    // gpt-4 takes 8,192; the ratio is 1, and one token must be left for an answer.
    const infeasible = (tokens: number): boolean =>
      derive(
        { model: 'gpt-4', topK: 2, rerank: false },
        {
          profiles: profileOf(tokens),
          run: {
            ...run,
            record: {
              ...run.record,
              cells: run.record.cells.map((cell) =>
                cell.variant.topK === 3
                  ? { ...cell, tokens: { ...cell.tokens, promptMean: 50 + 10 + 400 + tokens } }
                  : cell,
              ),
            },
          },
        },
      ).variant.infeasible
    expect([8_031, 8_032].map(infeasible)).toEqual([false, true])
  })

  it('that the matrix has already is no other one', () => {
    const source = sourceOfRun(recorded(), {
      configurations: [{ model: 'small', topK: 1, rerank: false }],
      profiles: profilesOf(),
      measured: [],
    })
    expect(source.assumptions.join('\n')).toMatch(
      /small top_k 1 was run for every tenant: nothing of it is derived/,
    )
    expect(source.economics(book)).toEqual(sourceOfRun(recorded()).economics(book))
  })

  it('has no cost where no tokens were told, and then nothing is recommended', () => {
    const run = recorded(() => ({
      tokens: { promptMean: null, completionMean: null, estimated: true, source: 'metered' },
    }))
    const [tenant] = sourceOfRun(run, {
      configurations: [top2],
      profiles: profilesOf(),
      measured: [],
    }).economics(book).tenants
    expect(tenant?.unpriced).toEqual([
      { ...top2, reason: 'no cell of the tenant tells its tokens' },
    ])
  })

  it('is refused for a system that is not ours', () => {
    const run = recorded()
    const foreign = {
      ...run,
      record: { ...run.record, subject: { kind: 'http', name: 'theirs' } },
    } as const
    expect(
      thrownBy(() =>
        sourceOfRun(foreign, { configurations: [top2], profiles: profilesOf(), measured: [] }),
      ),
    ).toMatchObject({ code: 'TB_USAGE' })
  })
})

describe('its quality', () => {
  it('lies between two top_k that were asked', () => {
    const run = recorded(({ variant, quality }) => ({
      quality: {
        ...quality,
        answerAccuracy: variant.topK === 3 ? 0.9 : 0.7,
        low95: variant.topK === 3 ? 0.8 : 0.5,
        high95: variant.topK === 3 ? 0.95 : 0.85,
      },
    }))
    const { variant, words } = derive(top2, { run })
    expect(variant.quality).toMatchObject({ low95: 0.5, high95: 0.95, source: 'modelled' })
    expect(variant.quality?.share).toBeCloseTo(0.8, 12)
    expect(words).toMatch(
      /Quality of small top_k 2: for 2 of 2 tenants on the line between two top_k/,
    )
  })

  it('is not measured where nobody measured it', () => {
    const { variant, words } = derive({ model: 'small', topK: 5, rerank: false })
    expect(variant.quality).toBeNull()
    expect(words).toMatch(
      /Quality of small top_k 5: for 2 of 2 tenants not measured: nobody was asked under it/,
    )
  })

  it('is that of another run where the tenant was asked there', () => {
    const quality = {
      share: 0.9,
      low95: 0.8,
      high95: 0.95,
      questions: 50,
      source: 'measured',
    } as const
    const { variant, words } = derive(
      { model: 'small', topK: 5, rerank: false },
      {
        measured: [
          {
            asked: { tenant: 'A', documents: 3, words: 300 },
            configuration: { model: 'small', topK: 5, rerank: false },
            quality,
          },
        ],
      },
    )
    expect(variant.quality).toEqual(quality)
    expect(words).toMatch(
      /for 1 of 2 tenants as another run has it.*; for 1 of 2 tenants not measured: only 1 of the 3/,
    )
  })
})
