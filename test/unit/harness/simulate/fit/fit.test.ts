/** Known distributions are found again; what is too little, or was repeated, is in no table. */
import { describe, expect, it } from 'vitest'
import {
  decodeFitSamples,
  type FitCell,
  type FitSample,
} from '../../../../../harness/simulate/fit/fit-sample.ts'
import {
  fitModels,
  leastForTable,
  restKey,
  serviceModelsAt,
  type FittedModels,
} from '../../../../../harness/simulate/fit/fit.ts'
import {
  meanOf,
  type QuantileTable,
} from '../../../../../harness/simulate/models/quantile-table.ts'
import { formatUsd, parseUsd } from '../../../../../src/base/money.ts'
import { thrownBy } from '../../../support/failures.ts'
import { chatUsd, syntheticRun, truth, type SyntheticLoad } from './synthetic.ts'

function samplesOf(load: SyntheticLoad): readonly FitSample[] {
  const { name, record, samples } = syntheticRun(load)
  const cells = new Map(
    record.cells.map(({ id, tenant, variant }): [string, FitCell] => [
      id,
      {
        tenant,
        model: variant.model,
        topK: variant.topK,
        rerank: variant.rerank,
        sharedUsd: parseUsd(truth.sharedUsd),
      },
    ]),
  )
  return decodeFitSamples(samples, { run: name, cells })
}

const priced = {
  source: 'synthetic',
  chatUsd: (
    model: string,
    { prompt, completion }: { readonly prompt: number; readonly completion: number },
  ) => chatUsd(model, prompt, completion),
}

function fitted(samples: readonly FitSample[], ratePerSecond = 4): FittedModels {
  return fitModels([{ ratePerSecond, samples }], priced)
}

/** A table's value below which a share of it lies. */
function quantile({ values }: QuantileTable, share: number): number {
  return values[Math.floor(share * values.length)] ?? Number.NaN
}

function within(actual: number, expected: number, percent: number): void {
  expect(Math.abs(100 * (actual / expected - 1)), `${actual} against ${expected}`).toBeLessThan(
    percent,
  )
}

const z = { 0.5: 0, 0.95: 1.644854, 0.99: 2.326348 } as const

describe('known distributions', () => {
  const models = fitted(samplesOf({ name: 'long', seed: 7, ratePerSecond: 4, queries: 12_000 }))
  const tables: readonly (readonly [
    string,
    QuantileTable | undefined,
    readonly [number, number],
  ])[] = [
    ['embed', models.embed, truth.embed],
    ['retrieve', models.retrieve, truth.retrieve],
    ['rerank', models.rerank ?? undefined, truth.rerank],
    ...(['gpt-4o-mini', 'gpt-4-turbo'] as const).flatMap((model) => [
      [
        `first token of ${model}`,
        models.chat.get(model)?.firstTokenMs,
        truth.firstToken[model],
      ] as const,
      [
        `time per token of ${model}`,
        models.chat.get(model)?.msPerToken,
        truth.msPerToken[model],
      ] as const,
    ]),
  ]

  it.each(tables)(
    '%s: the mean within 1 %%, quantiles within 3 %%',
    (_what, table, [median, sigma]) => {
      if (table === undefined) throw new Error('no table')
      within(meanOf(table), median * Math.exp((sigma * sigma) / 2), 1)
      for (const [share, deviations] of Object.entries(z))
        within(quantile(table, Number(share)), median * Math.exp(sigma * deviations), 3)
    },
  )

  it('answers, own time and the cost beside the model', () => {
    const { answerTokens } = models.chat.get('gpt-4-turbo') ?? {}
    within(answerTokens === undefined ? 0 : meanOf(answerTokens), 20.5, 1)
    expect(models.hydrate.meanMs).toBeCloseTo(truth.hydrateMs, 6)
    expect(models.other.meanMs).toBeCloseTo(truth.otherMs, 6)
    expect(
      formatUsd(models.restUsd.get(restKey({ tenant: 'A', rerank: true })) ?? parseUsd('0')),
    ).toBe(truth.restUsd)
  })
})

describe('what is not fitted', () => {
  const samples = samplesOf({ name: 'short', seed: 8, ratePerSecond: 4, queries: 2_000 })

  it('repeated attempts are in no table, but cost', () => {
    const repeated = samples.map((sample, at) =>
      at % 10 === 0
        ? { ...sample, wasRetried: true, stagesMs: { ...sample.stagesMs, firstToken: 60_000 } }
        : sample,
    )
    expect(
      quantile(
        fitted(repeated).chat.get('gpt-4-turbo')?.firstTokenMs ?? { values: new Float64Array(1) },
        0.999,
      ),
    ).toBeLessThan(5_000)
  })

  it('neither warm-up nor failures', () => {
    const spoiled = samples.map((sample, at) =>
      at % 10 === 0
        ? { ...sample, isAnswered: false, stagesMs: {} }
        : at % 10 === 1
          ? { ...sample, isWarmup: true, stagesMs: { ...sample.stagesMs, embed: 60_000 } }
          : sample,
    )
    expect(quantile(fitted(spoiled).embed, 0.999)).toBeLessThan(5_000)
  })

  it(`fewer than ${leastForTable} queries of a table: all such tables are named`, () => {
    const few = samples.filter(({ model }, at) => model === 'gpt-4o-mini' || at < 100)
    const { code, message, faults } = thrownBy(() => fitted(few))
    expect(code).toBe('TB_CALIBRATION_EMPTY')
    expect(message).toMatch(/left to fit/)
    expect(faults.map(({ path }) => path)).toEqual([
      'gpt-4-turbo, first token',
      'gpt-4-turbo, tokens of answers',
    ])
  })

  it('a reranker that was never asked has no table, and takes no time', () => {
    const models = fitted(samples.map((sample) => ({ ...sample, rerank: false })))
    expect(models.rerank).toBeNull()
    expect(meanOf(serviceModelsAt(models, 4).rerankMs)).toBe(0)
  })
})

describe('own time under load', () => {
  const samples = samplesOf({ name: 'own', seed: 9, ratePerSecond: 4, queries: 2_000 })
  const busy = (addedMs: number): readonly FitSample[] =>
    samples.map((sample, at) => ({
      ...sample,
      stagesMs: { ...sample.stagesMs, hydrate: 5 + addedMs + (at % 3) },
    }))

  it('that grows with the rate is prolonged', () => {
    const models = fitModels(
      [
        { ratePerSecond: 2, samples: busy(0) },
        { ratePerSecond: 4, samples: busy(2) },
      ],
      priced,
    )
    within(meanOf(serviceModelsAt(models, 6).hydrateMs), 10, 1)
  })

  it('that does not grow stays what it is, and never falls', () => {
    const models = fitModels(
      [
        { ratePerSecond: 2, samples: busy(2) },
        { ratePerSecond: 4, samples: busy(0) },
      ],
      priced,
    )
    within(meanOf(serviceModelsAt(models, 6).hydrateMs), 7, 1)
  })
})
