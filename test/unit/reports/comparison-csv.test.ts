import { describe, expect, it } from 'vitest'
import { comparisonCsv } from '../../../reports/views/comparison/csv.ts'
import { comparisonLine, runRecord } from '../support/record.ts'

const linesOf = (...lines: readonly ReturnType<typeof comparisonLine>[]): readonly string[] =>
  comparisonCsv.render(runRecord({ comparison: [...lines] })).split('\n')

describe('comparison.csv', () => {
  it('has the seven columns that were asked for, and a line for each tenant', () => {
    expect(
      linesOf(comparisonLine(), comparisonLine({ tenant: 'B', docCount: 80, avgDocWords: 140 })),
    ).toEqual([
      'Tenant,Doc Count,Avg Doc Size,Current Cost/Query,Optimal Model,Optimal top_k,Projected Cost',
      'A,60,425.5,0.045,gpt-3.5-turbo,5,0.008',
      'B,80,140,0.045,gpt-3.5-turbo,5,0.008',
      '',
    ])
  })

  it('leaves empty what cannot be recommended yet', () => {
    expect(
      linesOf(
        comparisonLine({
          optimalModel: null,
          optimalTopK: null,
          optimalRerank: null,
          projectedCostPerQueryUsd: null,
        }),
      )[1],
    ).toBe('A,60,425.5,0.045,,,')
  })

  it('has its header even without a tenant', () =>
    expect(linesOf()).toEqual([
      'Tenant,Doc Count,Avg Doc Size,Current Cost/Query,Optimal Model,Optimal top_k,Projected Cost',
      '',
    ]))

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠x'])(
    'makes text that begins like a formula inert: %j',
    (model) => {
      const field = comparisonCsv
        .render(runRecord({ comparison: [comparisonLine({ optimalModel: model })] }))
        .slice(
          (
            'Tenant,Doc Count,Avg Doc Size,Current Cost/Query,Optimal Model,Optimal ' +
            'top_k,Projected Cost\nA,60,425.5,0.045,'
          ).length,
        )
      expect(field).toMatch(/^"?'/)
    },
  )

  it('keeps commas, quotes and line breaks inside their field', () => {
    expect(
      comparisonCsv.render(
        runRecord({ comparison: [comparisonLine({ optimalModel: 'a,"b"\nc' })] }),
      ),
    ).toContain(',"a,""b""\nc",5,')
  })
})
