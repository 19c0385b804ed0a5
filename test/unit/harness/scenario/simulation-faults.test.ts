/** What a scenario may not say of a simulation: each with its path and line, all at once. */
import { describe, expect, it } from 'vitest'
import { parseScenario, type LoadedScenario } from '../../../../harness/scenario/parse.ts'
import { grainFault } from '../../../../harness/scenario/simulation-faults.ts'
import type { Grain } from '../../../../harness/scenario/simulation-schema.ts'
import { thrownBy } from '../../support/failures.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

const valid = { from: '2026-11-01', months: 1 } as const
const parsed = (
  simulation: object,
  change: Readonly<Record<string, string>> = {},
): LoadedScenario =>
  parseScenario(
    scenarioText({ simulation: JSON.stringify(simulation), ...change }, [
      tenantLines('A'),
      tenantLines('B', { tier: 'starter' }),
    ]),
    '/nowhere/s.yaml',
  )

/** Faults as a person reads them. */
const faultsOf = (
  simulation: object,
  change: Readonly<Record<string, string>> = {},
): readonly string[] => {
  const { code, faults } = thrownBy(() => parsed(simulation, change))
  expect(code).toBe('TB_SCENARIO_INVALID')
  return faults.map(({ path, message }) => `${path}: ${message}`)
}

const price = { provider: 'openai', sku: 'small', unit: 'input-tokens', usd: '0.30' }
const plans = (of: object): Readonly<Record<string, string>> => ({ plans: JSON.stringify(of) })
const flat = { kind: 'flat', monthlyUsd: '49' }

it('what is left out is filled in', () => {
  expect(parsed(valid).simulation).toEqual({
    from: '2026-11-01',
    months: 1,
    grain: 'event',
    demand: { peakToTrough: 1, peakHourUtc: 15, weekendRate: 1, growthPctPerMonth: 0 },
    limits: { sharedBy: 'all', providers: [], attempts: 4 },
    cache: { answers: 0, promptTokens: 0 },
    unavailable: 0,
    changes: [],
    provisioning: { leadTimeSeconds: 600 },
  })
})

describe('is refused:', () => {
  it.each<readonly [what: string, simulation: object, fault: RegExp]>([
    [
      'both months and days',
      { ...valid, days: 3 },
      /^simulation\.months: say either months or days$/,
    ],
    [
      'neither months nor days',
      { from: '2026-11-01' },
      /^simulation\.months: say either months or days$/,
    ],
    ['a day that is none', { ...valid, from: '2026-02-30' }, /^simulation\.from: a day as in/],
    ['an unknown key', { ...valid, day: 3 }, /^simulation\.day: unknown key|^simulation: .*day/],
    ['more than ten years', { ...valid, months: 121 }, /^simulation\.months: /],
    ['an unknown grain', { ...valid, grain: 'minute' }, /^simulation\.grain: /],
    [
      'a negative price',
      { ...valid, changes: [{ on: '2026-11-05', price: { ...price, usd: '-1' } }] },
      /^simulation\.changes\[0\]\.price\.usd: dollars as a quoted decimal that is not negative/,
    ],
    [
      'a price that is a number',
      { ...valid, changes: [{ on: '2026-11-05', price: { ...price, usd: 0.3 } }] },
      /^simulation\.changes\[0\]/,
    ],
    [
      'an unknown unit',
      { ...valid, changes: [{ on: '2026-11-05', price: { ...price, unit: 'words' } }] },
      /^simulation\.changes\[0\]/,
    ],
    [
      'a change before the time',
      { ...valid, changes: [{ on: '2026-10-31', price }] },
      /^simulation\.changes\[0\]\.on: 2026-10-31 is not in the time that is simulated$/,
    ],
    [
      'a change after the time',
      { ...valid, changes: [{ on: '2026-12-01', price }] },
      /^simulation\.changes\[0\]\.on: 2026-12-01 is not in the time that is simulated$/,
    ],
    [
      'a change after the days',
      { from: '2026-11-01', days: 4, changes: [{ on: '2026-11-05', price }] },
      /^simulation\.changes\[0\]\.on: 2026-11-05 is not in/,
    ],
    [
      'a tier that is not there',
      { ...valid, changes: [{ on: '2026-11-05', tier: 'gold', config: { topK: 3 } }] },
      /^simulation\.changes\[0\]\.tier: no tenant is of tier "gold"$/,
    ],
    [
      'a tenant that is not there',
      { ...valid, changes: [{ on: '2026-11-05', tenant: 'Z', config: { topK: 3 } }] },
      /^simulation\.changes\[0\]\.tenant: there is no tenant "Z"$/,
    ],
    [
      'more failures than attempts',
      { ...valid, unavailable: 0.9 },
      /^simulation\.unavailable: with providerFaults\.abortedStreams it is 1\.40 of all attempts/,
    ],
    [
      'churn that goes on after growth',
      {
        ...valid,
        growth: {
          fromTenants: 10,
          toTenants: 10,
          overSeconds: 86_400,
          curve: 'linear',
          churnPctPerMonth: 10,
        },
      },
      /^simulation\.growth\.overSeconds: tenants would go on leaving after it/,
    ],
    [
      'a change of nothing',
      { ...valid, changes: [{ on: '2026-11-05', tenant: 'A', config: {} }] },
      /^simulation\.changes\[0\]/,
    ],
    [
      'a misspelled change',
      { ...valid, changes: [{ on: '2026-11-05', tenantt: 'A', config: { topK: 3 } }] },
      /a change has `on` and either/,
    ],
    [
      'a change on the day on which a short month ends',
      { from: '2027-01-31', months: 1, changes: [{ on: '2027-03-02', price }] },
      /2027-03-02 is not in the time/,
    ],
    [
      'a provider limited twice',
      {
        ...valid,
        limits: {
          providers: [
            { provider: 'openai', requestsPerMinute: 1 },
            { provider: 'openai', tokensPerMinute: 1 },
          ],
        },
      },
      /^simulation\.limits\.providers: a provider is limited once$/,
    ],
    [
      'a limit of nothing',
      { ...valid, limits: { providers: [{ provider: 'openai' }] } },
      /^simulation\.limits\.providers\[0\]: a limit of requests or of tokens a minute$/,
    ],
    [
      'no place at all',
      { ...valid, limits: { maxInFlight: 0 } },
      /^simulation\.limits\.maxInFlight: /,
    ],
    ['a share above all', { ...valid, cache: { answers: 1.1 } }, /^simulation\.cache\.answers: /],
    [
      'growth without anybody',
      { ...valid, growth: { fromTenants: 0, toTenants: 0, overSeconds: 100, curve: 'linear' } },
      /^simulation\.growth\.toTenants: nobody is there and nobody comes$/,
    ],
    [
      'a negative lead time',
      { ...valid, provisioning: { leadTimeSeconds: -1 } },
      /^simulation\.provisioning\.leadTimeSeconds: /,
    ],
  ])('%s', (_what, simulation, fault) => {
    expect(
      faultsOf(
        simulation,
        'unavailable' in simulation
          ? { providerFaults: '{ abortedStreams: 0.5, lateEvents: 0, throttled: 0 }' }
          : {},
      ),
    ).toEqual([expect.stringMatching(fault)])
  })

  it('ten years of a large fleet at grain event, with the grain to take instead, wherever the grain is said', () => {
    const { simulation, tenants } = parseScenario(
      scenarioText({ simulation: JSON.stringify({ from: '2026-11-01', months: 120 }) }, [
        tenantLines('A', { queriesPerMonth: '500000000' }),
      ]).replace('bait: 1', 'bait: 0'),
      's',
    )
    const refusal = (grain: Grain): string | undefined =>
      simulation === undefined ? undefined : grainFault(simulation, grain, tenants)?.message
    expect(refusal('event')).toMatch(
      /^about 60,0\d\d million queries are planned, and grain event is for at most 200 million: take query or hour$/,
    )
    expect(refusal('query')).toMatch(/: take hour$/)
    expect(refusal('hour')).toBeUndefined()
  })

  it("a target of one's own, of which nothing is known", () => {
    expect(faultsOf(valid, { target: '{ kind: http, url: "http://127.0.0.1:1" }' }).join()).toMatch(
      /target/,
    )
  })

  it('all of it at once, each with its line', () => {
    const { faults } = thrownBy(() =>
      parsed({
        ...valid,
        changes: [
          { on: '2027-01-01', tier: 'gold', config: { topK: 3 } },
          { on: '2026-11-02', tenant: 'Z', config: { topK: 3 } },
        ],
      }),
    )
    expect(faults.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'simulation.changes[0].on',
        'simulation.changes[0].tier',
        'simulation.changes[1].tenant',
      ]),
    )
    const line =
      scenarioText({ simulation: '{}' })
        .split('\n')
        .findIndex((each) => each.startsWith('simulation')) + 1
    expect(new Set(faults.map((each) => each.line))).toEqual(new Set([line]))
  })
})

describe('plans', () => {
  it.each<readonly [what: string, plans: object, fault: RegExp]>([
    [
      'of a tier that nobody has',
      { growth: flat, starter: flat, gold: flat },
      /^plans\.gold: no tenant is of tier "gold"$/,
    ],
    [
      'of one tier and not of another',
      { growth: flat },
      /^plans: tier "starter" has no plan, and others have one$/,
    ],
    [
      'without brackets',
      { growth: { kind: 'graduated', brackets: [] }, starter: flat },
      /^plans\.growth\.brackets: at least one bracket$/,
    ],
    [
      'with brackets that overlap',
      {
        growth: {
          kind: 'graduated',
          brackets: [
            { upTo: 20, usdPerQuery: '0.1' },
            { upTo: 10, usdPerQuery: '0.2' },
            { upTo: null, usdPerQuery: '0.3' },
          ],
        },
        starter: flat,
      },
      /^plans\.growth\.brackets\[1\]\.upTo: brackets ascend without overlap: 10 is not after 20$/,
    ],
    [
      'with a negative price',
      { growth: { kind: 'flat', monthlyUsd: '-1' }, starter: flat },
      /^plans\.growth\.monthlyUsd: /,
    ],
  ])('%s are refused', (_what, written, fault) => {
    expect(faultsOf(valid, plans(written))).toEqual([expect.stringMatching(fault)])
  })

  it('of every tier are taken, and no plan at all', () => {
    expect(Object.keys(parsed(valid, plans({ growth: flat, starter: flat })).plans)).toEqual([
      'growth',
      'starter',
    ])
    expect(parsed(valid).plans).toEqual({})
  })
})

it('a population of nobody is refused', () => {
  const population =
    '{ count: 0, idPrefix: t, tiers: [growth], themes: [law], documents: { median: 2, sigma: ' +
    '0, most: 2 }, words: [60, 80], queriesPerMonth: 10, qualityFloor: 0.5, ' +
    'latencyObjectiveMs: 100 }'
  expect(faultsOf(valid, { population })).toEqual([expect.stringMatching(/^population\.count: /)])
})
