import { describe, expect, it } from 'vitest'
import { plantFaults } from '../../../../harness/run/sabotage.ts'
import { parseScenario, type LoadedScenario } from '../../../../harness/scenario/parse.ts'
import { parseUsd } from '../../../../src/base/money.ts'
import { rejectionOf, thrownBy } from '../../support/failures.ts'
import { testBook } from '../../support/prices.ts'
import { scenarioText } from '../../support/scenario.ts'

const scenarioWith = (
  sabotage: string,
  change: Readonly<Record<string, string>> = {},
): LoadedScenario => parseScenario(scenarioText({ sabotage, ...change }), 'x.yaml')
const nowhere = 'postgres://app:secret@127.0.0.1:1/tenantbench_none'

describe('without planted faults', () => {
  it('everything is as the scenario says', async () => {
    const scenario = scenarioWith('')
    const { capacity, providerFaults, bookOf, sabotage } = plantFaults(scenario)
    expect([capacity, providerFaults]).toEqual([scenario.capacity, scenario.providerFaults])
    expect(bookOf(testBook())).toEqual(testBook())
    expect(await sabotage.afterProvisioning?.(nowhere)).toBeUndefined()
  })
})

describe('planted prices', () => {
  const planted = (...prices: readonly string[]): ReturnType<typeof testBook> =>
    plantFaults(scenarioWith(`{ prices: [${prices.join(', ')}] }`)).bookOf(testBook())

  it('change the price that is meant, at all times, and no other', () => {
    const changed = planted('{ provider: openai, sku: small, unit: input-tokens, usd: "12" }')
    const isMeant = ({ sku, unit }: (typeof changed.prices)[number]): boolean =>
      sku === 'small' && unit === 'input-tokens'
    expect(changed.prices.filter(isMeant).map(({ amount }) => amount)).toEqual([
      parseUsd('12'),
      parseUsd('12'),
    ])
    expect(changed.prices.filter((price) => !isMeant(price))).toEqual(
      testBook().prices.filter((price) => !isMeant(price)),
    )
    expect(changed.prices.map(({ amount: _amount, ...rest }) => rest)).toEqual(
      testBook().prices.map(({ amount: _amount, ...rest }) => rest),
    )
    expect(changed.monthlyMinimum).toEqual(testBook().monthlyMinimum)
  })

  it('are all planted, and leave the book they were planted in as it was', () => {
    const book = testBook()
    const { bookOf } = plantFaults(
      scenarioWith(
        '{ prices: [{ provider: pinecone, sku: serverless, unit: read-units, usd: "1" }, { ' +
          'provider: openai, sku: embed, unit: embedding-tokens, usd: "0" }] }',
      ),
    )
    const amounts = new Map(
      bookOf(book).prices.map(({ sku, unit, amount }) => [`${sku} ${unit}`, amount]),
    )
    expect([amounts.get('serverless read-units'), amounts.get('embed embedding-tokens')]).toEqual([
      parseUsd('1'),
      0n,
    ])
    expect(book).toEqual(testBook())
  })

  it.each([
    ['provider', '{ provider: anthropic, sku: small, unit: input-tokens, usd: "1" }'],
    ['product', '{ provider: openai, sku: smal, unit: input-tokens, usd: "1" }'],
    ['unit', '{ provider: openai, sku: small, unit: read-units, usd: "1" }'],
  ])('of an unknown %s cannot be planted', (_case, price) => {
    expect(
      thrownBy(() =>
        planted('{ provider: openai, sku: embed, unit: embedding-tokens, usd: "1" }', price),
      ),
    ).toMatchObject({
      code: 'TB_SABOTAGE_FAILED',
      exitCode: 2,
      detail: expect.stringMatching(/^Book test-book has no price of /),
    })
  })
})

describe('planted limits and rates', () => {
  it('take the place of those of the system, and the scenario keeps its own', () => {
    const scenario = scenarioWith(
      '{ capacity: { namespaceLimit: 200, operatingLimit: 190, alertAt: 180 } }',
    )
    expect(plantFaults(scenario).capacity).toEqual({
      namespaceLimit: 200,
      operatingLimit: 190,
      alertAt: 180,
    })
    expect(scenario.capacity).toMatchObject({
      namespaceLimit: 100,
      operatingLimit: 90,
      alertAt: 72,
    })
  })

  it('change the rate that is named alone', () => {
    const usual = '{ abortedStreams: 0.1, lateEvents: 0.2, throttled: 0.3, indexQuota: 4 }'
    const faultsOf = (planted: string): unknown =>
      plantFaults(scenarioWith(`{ providerFaults: ${planted} }`, { providerFaults: usual }))
        .providerFaults
    expect(faultsOf('{}')).toEqual({
      abortedStreams: 0.1,
      lateEvents: 0.2,
      throttled: 0.3,
      indexQuota: 4,
    })
    expect(faultsOf('{ lateEvents: 0.9 }')).toEqual({
      abortedStreams: 0.1,
      lateEvents: 0.9,
      throttled: 0.3,
      indexQuota: 4,
    })
    expect(faultsOf('{ abortedStreams: 0, throttled: 0, indexQuota: 0 }')).toEqual({
      abortedStreams: 0,
      lateEvents: 0.2,
      throttled: 0,
      indexQuota: 0,
    })
  })

  it.each([
    ['{ capacity: { namespaceLimit: 10, operatingLimit: 90, alertAt: 72 } }', 'sabotage.capacity'],
    ['{ prices: [] }', 'sabotage.prices'],
    ['{ sql: "" }', 'sabotage.sql'],
    ['{ providerFaults: { lateEvents: 2 } }', 'sabotage.providerFaults.lateEvents'],
    ['{ answers: wrong }', 'sabotage.answers'],
  ])('that are none are faults of the scenario: %s', (text, path) => {
    expect(thrownBy(() => scenarioWith(text)).faults).toMatchObject([{ path }])
  })
})

describe('planted SQL', () => {
  it('that cannot be run fails by its name and tells no password', async () => {
    const error = await rejectionOf(
      plantFaults(scenarioWith('{ sql: select 1 }')).sabotage.afterProvisioning?.(nowhere) ??
        Promise.resolve(),
    )
    expect(error.code).toBe('TB_SABOTAGE_FAILED')
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.message).not.toContain('secret')
  })

  it('comes before what a test plants, whose other layers are kept', async () => {
    const planted: string[] = []
    const decorateAnswer = <T>(answer: T): T => answer
    const { sabotage } = plantFaults(scenarioWith(''), {
      decorateAnswer,
      afterProvisioning: async (url) => void planted.push(url),
    })
    await sabotage.afterProvisioning?.('here')
    expect([planted, sabotage.decorateAnswer]).toEqual([['here'], decorateAnswer])
    const both = plantFaults(scenarioWith('{ sql: select 1 }'), {
      afterProvisioning: async (url) => void planted.push(url),
    }).sabotage
    expect((await rejectionOf(both.afterProvisioning?.(nowhere) ?? Promise.resolve())).code).toBe(
      'TB_SABOTAGE_FAILED',
    )
    expect(planted).toEqual(['here'])
  })
})
