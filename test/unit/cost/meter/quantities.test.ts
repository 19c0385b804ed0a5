import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  billedQuantities,
  hoursPerMonth,
  storedQuantity,
} from '../../../../src/cost/meter/quantities.ts'
import type { StoreFormula } from '../../../../src/cost/prices/price-book.ts'
import type { ProviderUsage } from '../../../../src/base/usage.ts'

const today: StoreFormula = {
  provider: 'pinecone',
  fromMs: 0,
  toMs: null,
  read: { kind: 'per-gigabyte', least: { numerator: 1n, denominator: 4n }, step: null },
  write: { bytesPerUnit: 1_000n, leastUnits: 5n },
}
const asNumbers = (
  quantities: ProviderUsage['quantities'],
  formula = today,
): Record<string, number> =>
  Object.fromEntries(
    billedQuantities({ quantities }, () => formula).map(({ unit, numerator, denominator }) => [
      unit,
      Number(numerator) / Number(denominator),
    ]),
  )

describe('billed quantities', () => {
  it.each([
    [
      'tokens as they are',
      { 'input-tokens': 1_200, 'output-tokens': 250 },
      { 'input-tokens': 1_200, 'output-tokens': 250 },
    ],
    ['nothing for nothing', { 'input-tokens': 0, queries: 0, 'upsert-requests': 0 }, {}],
    ['nothing for a namespace that is not read', { 'namespace-bytes': 5_000_000_000 }, {}],
    [
      'a quarter unit for a read of little',
      { queries: 1, 'namespace-bytes': 1 },
      { 'read-units': 0.25 },
    ],
    ['a quarter unit for a read of an empty namespace', { queries: 1 }, { 'read-units': 0.25 }],
    [
      'a quarter unit up to 250 MB',
      { queries: 1, 'namespace-bytes': 250_000_000 },
      { 'read-units': 0.25 },
    ],
    [
      'the bytes from there on',
      { queries: 1, 'namespace-bytes': 250_000_001 },
      { 'read-units': 0.250000001 },
    ],
    [
      'a unit a gigabyte and query',
      { queries: 3, 'namespace-bytes': 2_500_000_000 },
      { 'read-units': 7.5 },
    ],
    [
      'five units for a small write',
      { 'upsert-requests': 1, 'upsert-bytes': 10 },
      { 'write-units': 5 },
    ],
    [
      'five units up to 5 KB',
      { 'upsert-requests': 1, 'upsert-bytes': 5_000 },
      { 'write-units': 5 },
    ],
    [
      'a started kilobyte is a whole one',
      { 'upsert-requests': 1, 'upsert-bytes': 5_001 },
      { 'write-units': 6 },
    ],
    [
      'five units for each request',
      { 'upsert-requests': 3, 'upsert-bytes': 6_000 },
      { 'write-units': 15 },
    ],
    ['reranks one by one', { 'rerank-requests': 2 }, { 'rerank-requests': 2 }],
    ['embedding tokens', { 'embedding-tokens': 7 }, { 'embedding-tokens': 7 }],
  ])('are %s', (_case, used, billed) => expect(asNumbers(used)).toEqual(billed))

  it('never fall when more is used', () => {
    const count = fc.nat(10 ** 10)
    fc.assert(
      fc.property(count, count, (one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one]
        const units = (bytes: number): number =>
          asNumbers({ queries: 1, 'namespace-bytes': bytes })['read-units'] ?? 0
        return units(less) <= units(more)
      }),
    )
  })
})

describe('the curve of reads before July 2025', () => {
  const before: StoreFormula = {
    ...today,
    read: {
      kind: 'by-size',
      points: [
        [0n, 5n],
        [614_400_000n, 6n],
        [6_144_000_000n, 18n],
        [61_440_000_000n, 59n],
      ].map(([bytes = 0n, units = 0n]) => ({ bytes, units })),
    },
    write: { bytesPerUnit: 1_000n, leastUnits: 1n },
  }

  it.each([
    [0, 5],
    [307_200_000, 5.5],
    [614_400_000, 6],
    [6_144_000_000, 18],
    [61_440_000_000, 59],
    [116_736_000_000, 100],
  ])('a namespace of %d bytes costs %d units', (bytes, expected) =>
    expect(asNumbers({ queries: 1, 'namespace-bytes': bytes }, before)['read-units']).toBe(
      expected,
    ),
  )

  it('asks for a formula only where something was read or written', () => {
    const refuse = (): never => expect.unreachable('asked for a formula')
    expect(
      billedQuantities({ quantities: { 'input-tokens': 3, 'cached-input-tokens': 4 } }, refuse).map(
        ({ unit }) => unit,
      ),
    ).toEqual(['input-tokens', 'cached-input-tokens'])
  })
})

describe('stored bytes', () => {
  it.each([
    [1_000_000_000n, hoursPerMonth, 1],
    [2_000_000_000n, hoursPerMonth / 2n, 1],
    [0n, hoursPerMonth, 0],
    [1_000_000_000n, 0n, 0],
  ])('%s bytes for %s hours are %d GB-months', (bytes, hours, expected) => {
    const { unit, numerator, denominator } = storedQuantity(bytes, hours)
    expect(unit).toBe('storage-gb-months')
    expect(Number(numerator) / Number(denominator)).toBe(expected)
  })
})

it.each([
  [1, 0.25],
  [1_780_000_000, 2],
  [7_140_000_000, 7.25],
  [2_000_000_000, 2],
])(
  'a read of %i bytes is %d units where they are rounded up to quarters, as Pinecone printed in July 2025',
  (bytes, units) => {
    const quarters: StoreFormula = {
      ...today,
      read: {
        kind: 'per-gigabyte',
        least: { numerator: 1n, denominator: 4n },
        step: { numerator: 25n, denominator: 100n },
      },
    }
    expect(asNumbers({ queries: 1, 'namespace-bytes': bytes }, quarters)).toEqual({
      'read-units': units,
    })
  },
)
