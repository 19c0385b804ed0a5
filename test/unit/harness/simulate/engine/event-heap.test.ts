/** The heap of events against a sorted list. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { eventHeap } from '../../../../../harness/simulate/engine/event-heap.ts'

// Few moments, so that many are equal; null takes one out.
const steps = fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { freq: 3 }), { maxLength: 400 })

it('gives events in the order of their moments, and of equal ones in the order they came in', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const heap = eventHeap()
      const list: { readonly atMs: number; readonly slot: number }[] = []
      for (const [slot, atMs] of given.entries()) {
        if (atMs !== null) {
          heap.push(atMs, slot)
          // Behind all that are not later.
          list.splice(list.filter((each) => each.atMs <= atMs).length, 0, { atMs, slot })
        } else if (list.length > 0)
          expect([heap.nextMs(), heap.pop()]).toEqual([list[0]?.atMs, list.shift()?.slot])
        expect([heap.size, heap.nextMs()]).toEqual([list.length, list[0]?.atMs ?? Infinity])
      }
      expect(Array.from({ length: heap.size }, () => heap.pop())).toEqual(
        list.map(({ slot }) => slot),
      )
    }),
  )
})

it('grows past its first thousand events', () => {
  const heap = eventHeap()
  for (let slot = 0; slot < 5_000; slot++) heap.push((slot * 7_919) % 1_000, slot)
  const moments = Array.from({ length: 5_000 }, () => {
    const atMs = heap.nextMs()
    return [atMs, heap.pop()] as const
  })
  expect(moments).toEqual(
    moments.toSorted(([oneMs, one], [otherMs, other]) => oneMs - otherMs || one - other),
  )
  expect(moments.every(([atMs, slot]) => (slot * 7_919) % 1_000 === atMs)).toBe(true)
})
