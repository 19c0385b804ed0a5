/**
 * A plan that can be asked: what its numbers stand for, ids that are no other's, and what counts.
 */
import { describe, expect, it } from 'vitest'
import { loadOf, positionsOf } from '../load/generator/loads.ts'

const long = loadOf({ durationSeconds: 10, arrivals: { kind: 'poisson', ratePerSecond: 40 } })
const idsOf = (load: typeof long): readonly string[] =>
  positionsOf(load).map((position) => load.queryAt(position).requestId)

describe('a query', () => {
  it('is one of the tenant, cell and question that the plan has there', () => {
    for (const position of positionsOf(long)) {
      const { cell, question } = long.queryAt(position)
      const asked = long.tenants[long.plan.tenant[position] ?? -1]
      expect(cell).toBe(asked?.cells[long.plan.cell[position] ?? -1])
      expect(question).toBe(asked?.questions[long.plan.question[position] ?? -1])
      expect(question.text).toMatch(new RegExp(` of ${cell.tenantId}$`))
    }
  })

  it('has an id that no other has, counted through its cell and question from one on', () => {
    const ids = idsOf(long)
    expect(new Set(ids).size).toBe(ids.length)
    const trials = Map.groupBy(
      positionsOf(long).map((position) => long.queryAt(position)),
      ({ cell, question }) => `${cell.id} ${question.id}`,
    )
    expect(trials.size).toBe(12)
    for (const own of trials.values())
      expect(own.map(({ trial }) => trial)).toEqual(own.map((_each, at) => at + 1))
  })

  it('is the same whenever it is asked for, and in every run of the seed', () => {
    expect(idsOf(long)).toEqual(idsOf(long))
    expect(
      idsOf(loadOf({ durationSeconds: 10, arrivals: { kind: 'poisson', ratePerSecond: 40 } })),
    ).toEqual(idsOf(long))
    expect(
      idsOf(
        loadOf(
          { durationSeconds: 10, arrivals: { kind: 'poisson', ratePerSecond: 40 } },
          { scenario: { seed: 8 } },
        ),
      ),
    ).not.toEqual(idsOf(long))
  })

  it('shares no id with another load that counts from further on', () => {
    const next = loadOf(
      { durationSeconds: 10, arrivals: { kind: 'poisson', ratePerSecond: 40 } },
      { firstTrial: 1_000_000 },
    )
    expect(new Set([...idsOf(long), ...idsOf(next)]).size).toBe(
      long.plan.atMs.length + next.plan.atMs.length,
    )
    expect(Math.min(...next.trial)).toBe(1_000_000)
  })
})

describe('what counts', () => {
  it('is what is to be sent after warm-up', () => {
    const load = loadOf({ durationSeconds: 4, warmupSeconds: 1 })
    for (const position of positionsOf(load))
      expect(load.standingAt(position)).toEqual({
        isWarmup: (load.plan.atMs[position] ?? 0) < 1_000,
        window: null,
      })
    expect(positionsOf(load).filter((position) => load.standingAt(position).isWarmup)).toHaveLength(
      100,
    )
  })

  it('is told by window where there is a noisy neighbour, the first one after warm-up quiet', () => {
    const load = loadOf({
      durationSeconds: 7,
      warmupSeconds: 1,
      aggressor: { tenant: 'B', ratePerSecond: 50, offSeconds: 2, onSeconds: 1 },
    })
    for (const position of positionsOf(load)) {
      const seconds = (load.plan.atMs[position] ?? 0) / 1_000 - 1
      const window = seconds < 0 ? null : seconds % 3 < 2 ? 'quiet' : 'noisy'
      expect(load.standingAt(position)).toEqual({ isWarmup: seconds < 0, window })
    }
    const noise = positionsOf(load).filter((position) => load.plan.isNoise[position] === 1)
    expect(noise.length).toBeGreaterThan(50)
    expect(
      noise.every(
        (position) =>
          load.queryAt(position).cell.tenantId === 'B' &&
          load.standingAt(position).window === 'noisy',
      ),
    ).toBe(true)
  })
})
