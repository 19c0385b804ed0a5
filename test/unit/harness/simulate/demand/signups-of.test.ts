/** Growth as far as it is simulated: what would happen later happens to nobody. */
import { expect, it } from 'vitest'
import { growthSchema } from '../../../../../harness/scenario/growth-schema.ts'
import { growthOf } from '../../../../../harness/simulate/demand/signups-of.ts'

const day = 86_400
const growth = growthSchema.parse({
  fromTenants: 0,
  toTenants: 300,
  overSeconds: 365 * day,
  curve: 'linear',
})
const scenario = {
  seed: 1,
  capacity: { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 },
  tenants: [],
}

it('a month of a year of growth has a month of signups, and no refusal of a later one', () => {
  const { signups, capacity, advice } = growthOf(
    scenario,
    { growth, provisioning: { leadTimeSeconds: 600, maxIndexes: 1 } },
    30 * day,
  )
  expect(signups.atSeconds.length).toBeGreaterThan(10)
  expect(signups.atSeconds.length).toBeLessThan(40)
  expect(signups.atSeconds.every((at) => at < 30 * day)).toBe(true)
  expect({ refused: capacity.refused, advice }).toEqual({ refused: null, advice: null })
})

it('all of the year has the refusals of the year', () => {
  expect(
    growthOf(scenario, { growth, provisioning: { leadTimeSeconds: 600, maxIndexes: 1 } }, 365 * day)
      .capacity.refused?.count,
  ).toBe(210)
})
