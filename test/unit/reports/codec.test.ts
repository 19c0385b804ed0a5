import { describe, expect, it } from 'vitest'
import { decodeRecord, encodeRecord } from '../../../reports/record/codec.ts'
import type { RunRecord } from '../../../reports/record/record.ts'
import { thrownBy } from '../support/failures.ts'
import { comparisonLine, recordCell, runRecord } from '../support/record.ts'

const odd = runRecord({
  comparison: [
    comparisonLine({
      name: '"=x\u0000\n</script> 日本',
      optimalModel: null,
      optimalTopK: null,
      optimalRerank: null,
      projectedCostPerQueryUsd: null,
      monthlyDifferenceUsd: null,
    }),
  ],
})

describe('a record', () => {
  it('is the same after writing and reading', () => {
    for (const record of [runRecord(), odd, runRecord({ cells: [], comparison: [], tenants: [] })])
      expect(decodeRecord(encodeRecord(record))).toEqual(record)
  })

  it('is written the same way every time, with a line break at its end', () => {
    expect(encodeRecord(decodeRecord(encodeRecord(odd)))).toBe(encodeRecord(odd))
    expect(encodeRecord(runRecord())).toMatch(/^\{\n {2}"recordVersion": 1,[\s\S]*\}\n$/)
  })
})

describe('what is not a record', () => {
  const changed = (change: object): string => JSON.stringify({ ...runRecord(), ...change })

  it.each([
    ['nothing', ''],
    ['no JSON', '{ recordVersion: 1'],
    ['another kind of thing', '[]'],
    ['null', 'null'],
    ['another version', changed({ recordVersion: 2 })],
    ['an unknown key', changed({ extra: 1 })],
    ['a missing key', JSON.stringify({ ...runRecord(), cells: undefined })],
    ['an unknown verdict', changed({ verdict: 'fine' })],
    [
      'money as a number',
      changed({ comparison: [{ ...comparisonLine(), currentCostPerQueryUsd: 0.045 }] }),
    ],
    [
      'money that is no amount',
      changed({ comparison: [{ ...comparisonLine(), currentCostPerQueryUsd: '4,5' }] }),
    ],
    ['an unknown key far in', changed({ cells: [{ ...recordCell(), hostname: 'x' }] })],
    ['a record within a record', JSON.stringify({ run: runRecord() })],
  ])('is refused as wrong input: %s', (_case, text) =>
    expect(thrownBy(() => decodeRecord(text))).toMatchObject({
      code: 'TB_RECORD_INVALID',
      exitCode: 2,
    }),
  )

  it.each([
    [
      'a share that is no number',
      { cells: [recordCell({ quality: { ...recordCell().quality, answerAccuracy: Number.NaN } })] },
    ],
    ['a wrong type', { seed: '42' }],
  ])('is never written, with the place named: %s', (_case, change) => {
    const error = thrownBy(() => encodeRecord({ ...runRecord(), ...change } as RunRecord))
    expect(error.code).toBe('TB_BUG')
    expect(error.detail).toMatch(/quality\.answerAccuracy|seed/)
  })
})
