import { describe, expect, it } from 'vitest'
import {
  comparisonLine,
  recordCell,
  type MeasuredCell,
} from '../../../../harness/recommend/comparison.ts'
import { cellFigures } from '../../../../harness/measure/cell-figures.ts'
import { wilsonInterval } from '../../../../harness/measure/intervals.ts'
import { cellsOf } from '../../../../harness/scenario/cells.ts'
import type { Measurement } from '../../../../harness/scenario/measurements.ts'
import { parseScenario } from '../../../../harness/scenario/parse.ts'
import { parseUsd, picoUsd, zeroUsd } from '../../../../src/base/money.ts'
import { sample } from '../../support/samples.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

const scenario = parseScenario(
  scenarioText({}, [tenantLines('A', { qualityFloor: '0.6' }), tenantLines('B')]),
  'x.yaml',
)
const [tenant] = scenario.tenants
const cells = cellsOf(scenario).filter(({ tenantId }) => tenantId === 'A')

interface About {
  readonly share?: number
  readonly usd?: string
  readonly measurement?: Measurement | null
}

/** The cell of a model in which a share of 100 questions was answered right. */
function measured(
  model: string,
  { share = 0.9, usd = '0.01', measurement = null }: About = {},
): MeasuredCell {
  const cell = cells.find(({ variant }) => variant.model === model)
  if (cell === undefined) throw new Error(`no cell of ${model}`)
  const samples = Array.from({ length: 100 }, (_each, at) =>
    sample({
      requestId: `r${at}`,
      cell: cell.id,
      question: `q${at}`,
      right: at < 100 * share,
      retrieved: at % 2 === 0,
    }),
  )
  return {
    cell,
    figures: cellFigures(samples, () => parseUsd(usd), [1, cell.id]),
    measurement,
    isModelled: true,
    isMetered: true,
    whyNoCost: '',
  }
}

const shared = { shared: picoUsd(0n), method: 'even' } as const
const about = {
  report: { documents: 1, words: 100, chunks: 1, chunkTokens: 1, marked: 1, chunkIds: [] },
  sharedByCell: new Map(cells.map(({ id }) => [id, zeroUsd])),
  assumptions: [],
}
function optimalOf(...own: readonly MeasuredCell[]): ReturnType<typeof comparisonLine> {
  if (tenant === undefined) throw new Error('no tenant')
  return comparisonLine(tenant, own, about)
}

describe('the quality of a cell', () => {
  it('is what the modelled answers came to, and is called so', () => {
    expect(recordCell(measured('gpt-4o', { share: 0.8 }), shared).quality).toEqual({
      questions: 100,
      retrievalRecall: 0.5,
      answerAccuracy: 0.8,
      ...wilsonInterval(80, 100),
      source: 'modelled',
    })
  })

  it(
    'is what the user measured where there is a measurement, with its own interval; recall ' +
      'stays as it was seen',
    () => {
      expect(
        recordCell(
          measured('gpt-4o', { share: 0.8, measurement: { right: 30, asked: 40 } }),
          shared,
        ).quality,
      ).toEqual({
        questions: 40,
        retrievalRecall: 0.5,
        answerAccuracy: 0.75,
        ...wilsonInterval(30, 40),
        source: 'measured',
      })
    },
  )

  it.each([
    [0, 5],
    [5, 5],
    [1, 1],
  ])('holds for %i right of %i', (right, asked) => {
    const { answerAccuracy, low95, high95 } = recordCell(
      measured('gpt-4o', { measurement: { right, asked } }),
      shared,
    ).quality
    expect(answerAccuracy).toBe(right / asked)
    expect(low95).toBeLessThanOrEqual(answerAccuracy)
    expect(high95).toBeGreaterThanOrEqual(answerAccuracy)
  })

  it('changes nothing else of the cell', () => {
    const { quality: _modelled, ...rest } = recordCell(measured('gpt-4o'), shared)
    const { quality: _measured, ...other } = recordCell(
      measured('gpt-4o', { measurement: { right: 1, asked: 9 } }),
      shared,
    )
    expect(other).toEqual(rest)
  })
})

describe('a recommendation', () => {
  const cheap = { usd: '0.001' } as const

  it('takes the cheaper one as long as nothing else was measured', () => {
    expect(optimalOf(measured('gpt-4o-mini', cheap), measured('gpt-4o')).optimalModel).toBe(
      'gpt-4o-mini',
    )
  })

  it('leaves it when it was measured to be worse than it is assumed to be', () => {
    const { optimalModel, reason } = optimalOf(
      measured('gpt-4o-mini', { ...cheap, measurement: { right: 20, asked: 100 } }),
      measured('gpt-4o'),
    )
    expect(optimalModel).toBe('gpt-4o')
    expect(reason).toMatch(/gpt-4o-mini top_k 3 is cheaper but is right in at most/)
  })

  it('takes one that was measured to be better than it is assumed to be', () => {
    expect(
      optimalOf(measured('gpt-4o-mini', { ...cheap, share: 0.1 }), measured('gpt-4o')).optimalModel,
    ).toBe('gpt-4o')
    expect(
      optimalOf(
        measured('gpt-4o-mini', { ...cheap, share: 0.1, measurement: { right: 98, asked: 100 } }),
        measured('gpt-4o'),
      ).optimalModel,
    ).toBe('gpt-4o-mini')
  })

  it('does not take a few answers for many', () => {
    expect(
      optimalOf(
        measured('gpt-4o-mini', { ...cheap, measurement: { right: 3, asked: 3 } }),
        measured('gpt-4o'),
      ).optimalModel,
    ).toBe('gpt-4o')
  })
})
