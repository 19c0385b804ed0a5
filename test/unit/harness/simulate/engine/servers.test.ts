/** Servers with a queue, against a list. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { servers } from '../../../../../harness/simulate/engine/servers.ts'

it('are given to whoever waits longest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.boolean(), { maxLength: 500 }),
      (count, comings) => {
        const tested = servers(count)
        const queue: number[] = []
        let busy = 0
        for (const [slot, comes] of comings.entries()) {
          if (comes) {
            expect(tested.enter(slot)).toBe(busy < count)
            if (busy < count) busy++
            else queue.push(slot)
          } else if (busy > 0) {
            expect(tested.leave()).toBe(queue[0] ?? -1)
            if (queue.shift() === undefined) busy--
          }
          expect([tested.busy, tested.waiting]).toEqual([busy, queue.length])
        }
      },
    ),
  )
})

it('keep the order of a queue that grows while it goes round', () => {
  const tested = servers(1)
  const left: number[] = []
  tested.enter(-2)
  for (let slot = 0; slot < 50; slot++) tested.enter(slot)
  for (let at = 0; at < 30; at++) left.push(tested.leave())
  for (let slot = 50; slot < 250; slot++) tested.enter(slot)
  for (let at = 0; at < 220; at++) left.push(tested.leave())
  expect(left).toEqual(Array.from({ length: 250 }, (_each, at) => at))
  expect(tested.leave()).toBe(-1)
})
