/**
 * Dealing a plan out: every arrival to one generator, with its time, and the question that the plan
 * has there.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { questionAt, shardsOf } from '../../../../../harness/load/generator/shard.ts'
import { loadOf, positionsOf } from './loads.ts'

const load = loadOf({ arrivals: { kind: 'poisson', ratePerSecond: 150 } })

describe('a plan dealt out', () => {
  it('has every arrival once, at its time, evenly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), (workers) => {
        const shards = shardsOf(load, workers)
        expect(shards).toHaveLength(workers)
        expect(
          shards.flatMap(({ positions }) => [...positions]).toSorted((one, other) => one - other),
        ).toEqual(positionsOf(load))
        for (const { positions, atMs } of shards)
          expect([...atMs]).toEqual(Array.from(positions, (position) => load.plan.atMs[position]))
        const sizes = shards.map(({ positions }) => positions.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('asks what the plan asks, and a current configuration by none', () => {
    for (const shard of shardsOf(load, 3)) {
      shard.positions.forEach((position, at) => {
        const {
          requestId,
          question,
          cell: {
            tenantId,
            variant: { model, topK, rerank },
            isCurrent,
          },
        } = load.queryAt(position)
        expect(questionAt(shard, at)).toEqual({
          tenantId,
          requestId,
          text: question.text,
          variant: isCurrent ? null : { model, topK, rerank },
        })
      })
    }
  })

  it('can be handed to a thread as it is', () =>
    expect(structuredClone(shardsOf(load, 2))).toEqual(shardsOf(load, 2)))

  it('leaves generators empty that there are no arrivals for', () => {
    const one = loadOf({ arrivals: { kind: 'constant', ratePerSecond: 1 } })
    expect(shardsOf(one, 3).map(({ positions }) => positions.length)).toEqual([
      one.plan.atMs.length,
      0,
      0,
    ])
  })
})
