/** Moments in order, against sorting. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inOrder } from '../../../../../harness/simulate/engine/moments.ts'

const weights = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }),
  fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), { maxLength: 300 }),
  fc.array(fc.constantFrom(0, 1e-9, 2e-9, 1e6), { maxLength: 60 }),
)

it('are what sorting makes of them; equal ones stay as they were', () => {
  fc.assert(
    fc.property(weights, (given) => {
      const moments = {
        weights: Float64Array.from(given),
        lotOf: Int32Array.from(given, (_each, at) => at % 7),
        numbers: Uint32Array.from(given, (_each, at) => at),
      }
      const found = inOrder(moments)
      const expected = [...given.entries()].toSorted(
        ([oneAt, one], [otherAt, other]) => one - other || oneAt - otherAt,
      )
      expect([...found.numbers]).toEqual(expected.map(([at]) => at))
      expect([...found.weights]).toEqual(expected.map(([, weight]) => weight))
      expect([...found.lotOf]).toEqual(expected.map(([at]) => at % 7))
    }),
  )
})
