/** Who a fleet is of: names that are nobody else's, and groups by index. */
import { expect, it } from 'vitest'
import { parseScenario } from '../../../../harness/scenario/parse.ts'
import { buildFleet } from '../../../../harness/simulate/build-fleet.ts'
import { growthOf } from '../../../../harness/simulate/demand/signups-of.ts'
import { growthSchema } from '../../../../harness/scenario/growth-schema.ts'
import type { CorpusProfile } from '../../../../harness/simulate/tokens/corpus-profile.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

const profile: CorpusProfile = {
  documents: 1,
  words: 10,
  chunkTokens: [20],
  passageTokens: [24],
  questions: [],
  ingestTokens: 20,
  upsertBytes: 100,
  storedBytes: 100,
  o200kPerCl100k: 1,
}
const profiles = {
  profiles: [profile],
  profileOf: () => profile,
  frameTokensOf: () => 100,
  isFromCache: true,
  key: '',
}
const scenario = parseScenario(scenarioText({}, [tenantLines('a'), tenantLines('a.2')]), 's')
const growth = growthSchema.parse({
  fromTenants: 4,
  toTenants: 6,
  overSeconds: 86_400,
  curve: 'linear',
})

it('nobody has the name of another, though ids have dots', () => {
  const grown = growthOf(scenario, { growth, provisioning: { leadTimeSeconds: 0 } }, 86_400)
  const { fleet } = buildFleet({
    scenario,
    growth: grown,
    fromMs: 0,
    toMs: 86_400_000,
    profiles,
    sharedBy: 'all',
  })
  expect(fleet.ids).toEqual(['a', 'a.2', 'a.3', 'a.2.2', 'a.4', 'a.2.3'])
  expect([...fleet.isNew]).toEqual([0, 0, 0, 0, 1, 1])
})

it('tenants of one index stand together where each is a deployment of its own', () => {
  const small = { ...scenario, capacity: { namespaceLimit: 3, operatingLimit: 2, alertAt: 1 } }
  const grown = growthOf(small, { growth, provisioning: { leadTimeSeconds: 0 } }, 86_400)
  const { fleet, indexOf } = buildFleet({
    scenario: small,
    growth: grown,
    fromMs: 0,
    toMs: 86_400_000,
    profiles,
    sharedBy: 'index',
  })
  expect([...indexOf]).toEqual([...indexOf].toSorted((one, other) => one - other))
  expect([...fleet.groupStarts]).toEqual([0, 2, 4, 6])
})
