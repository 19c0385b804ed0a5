import { describe, expect, it } from 'vitest'
import {
  configuration,
  latencyHeading,
  optimal,
  percent,
  perMonth,
  perQuery,
  seconds,
} from '../../../reports/views/words.ts'
import { comparisonLine, recordCell } from '../support/record.ts'

it.each([
  ['0.045', '$0.0450'],
  ['0.00005', '$0.0000'],
  ['0.00015', '$0.0002'],
  ['12', '$12.0000'],
  [null, '–'],
])('a query at %s reads %s', (usd, written) => expect(perQuery(usd)).toBe(written))

it.each([
  ['-185', '-$185.00'],
  ['185.005', '+$185.00'],
  ['185.015', '+$185.02'],
  ['0', '+$0.00'],
  ['-0.001', '+$0.00'],
  ['-1234.5', '-$1234.50'],
  [null, '–'],
])('a month at %s reads %s', (usd, written) => expect(perMonth(usd)).toBe(written))

it.each([
  [1_804, 60, '1.80 s'],
  [0, 60, '0.00 s'],
  [null, 12, '– (12 samples)'],
  [null, 0, '– (0 samples)'],
])('%s ms of %i reads %s', (milliseconds, count, written) =>
  expect(seconds(milliseconds, count)).toBe(written),
)

it.each([
  [0.856, '86 %'],
  [0, '0 %'],
  [1, '100 %'],
  [null, '–'],
])('a share of %s reads %s', (share, written) => expect(percent(share)).toBe(written))

describe('a configuration', () => {
  it('names model, top_k and rerank', () => {
    expect(configuration({ model: 'gpt-4', topK: 10, rerank: true })).toBe(
      'gpt-4, top_k 10, rerank',
    )
    expect(configuration({ model: 'gpt-4', topK: 5, rerank: false })).toBe('gpt-4, top_k 5')
  })

  it('is the recommended one, or what stands in its place', () => {
    const none = { optimalModel: null, optimalTopK: null, optimalRerank: null } as const
    expect(optimal(comparisonLine())).toBe('gpt-3.5-turbo, top_k 5')
    expect(optimal(comparisonLine({ ...none, reason: 'none yet: ask 40 more; x.' }))).toBe(
      'none yet',
    )
    expect(optimal(comparisonLine({ ...none, reason: 'none does: x; y.' }))).toBe('none does')
  })
})

it('a heading names every source of latency once', () => {
  expect(
    latencyHeading([recordCell(), recordCell(), recordCell({ latencySource: 'measured' })]),
  ).toBe('modelled+measured, measured')
  expect(latencyHeading([])).toBe('')
})
