import { describe, expect, it } from 'vitest'
import {
  checkNames,
  parseScenario,
  type LoadedScenario,
  type NameCheck,
} from '../../../../harness/scenario/parse.ts'
import type { Fault, TenantbenchError } from '../../../../src/base/errors.ts'
import { thrownBy } from '../../support/failures.ts'
import { testBook } from '../../support/prices.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

const refused = (text: string): TenantbenchError => {
  const error = thrownBy(() => parseScenario(text, 'x.yaml'))
  expect(error).toMatchObject({ code: 'TB_SCENARIO_INVALID', exitCode: 2 })
  expect(error.faults.length).toBeGreaterThan(0)
  return error
}
const placesOf = (faults: readonly Fault[]): readonly (readonly [string, number | null])[] =>
  faults.map(({ path, line }) => [path, line])
const lineWith = (text: string, part: string): number =>
  text.split('\n').findIndex((line) => line.includes(part)) + 1

describe('a sound scenario', () => {
  it('is read, with what is left out filled in', () => {
    const scenario = parseScenario(scenarioText(), 'x.yaml')
    expect(scenario).toMatchObject({
      name: 'small',
      path: 'x.yaml',
      concurrency: 8,
      sharedMonthlyUsd: {},
      capacity: { namespaceLimit: 100, operatingLimit: 90, alertAt: 72 },
    })
    expect(scenario.tenants.map(({ id }) => id)).toEqual(['A', 'B'])
  })

  it('takes settings on top, and its hash tells them', () => {
    const plain = parseScenario(scenarioText(), 'x.yaml')
    const changed = parseScenario(scenarioText(), 'x.yaml', {
      settings: [
        { path: ['tenants', 1, 'current', 'topK'], value: 9 },
        { path: ['sharedMonthlyUsd', 'postgres'], value: '60' },
      ],
    })
    expect(changed.tenants.map(({ current }) => current.topK)).toEqual([3, 9])
    expect(changed.sharedMonthlyUsd).toEqual({ postgres: '60' })
    expect(changed.sha256).not.toBe(plain.sha256)
    expect(parseScenario(scenarioText(), 'y.yaml').sha256).toBe(plain.sha256)
  })
})

describe('faults', () => {
  it.each([
    ['an unknown key', { colour: 'red' }, 'colour', 'colour:'],
    ['a wrong type', { trials: 'many' }, 'trials', 'trials:'],
    ['a number that is not whole', { seed: '1.5' }, 'seed', 'seed:'],
    ['a number out of range', { timeScale: '1.01' }, 'timeScale', 'timeScale:'],
    ['a missing key', { priceBook: '' }, 'priceBook', 'name:'],
    ['an unknown method', { allocation: 'fair' }, 'allocation', 'allocation:'],
    [
      'money that is not quoted',
      { sharedMonthlyUsd: '{ postgres: 60 }' },
      'sharedMonthlyUsd.postgres',
      'sharedMonthlyUsd:',
    ],
    [
      'limits in the wrong order',
      { capacity: '{ namespaceLimit: 100, operatingLimit: 90, alertAt: 91 }' },
      'capacity',
      'capacity:',
    ],
    [
      'an unknown key further in',
      { variants: '\n  - { model: m, topK: 3, rerank: false, temperature: 1 }' },
      'variants[0].temperature',
      'temperature',
    ],
    [
      'more kinds than questions',
      { workload: '{ questions: 3, shared: 2, bait: 1, unanswerable: 1 }' },
      'workload',
      'workload:',
    ],
    ['no variant', { variants: '[]' }, 'variants', 'variants:'],
    ['a key that reaches the prototype', { __proto__x: '1' }, '__proto__x', '__proto__x'],
  ] as const)('%s is one, with path and line', (_case, change, path, line) => {
    const text = scenarioText(change)
    expect(placesOf(refused(text).faults)).toEqual([[path, lineWith(text, line)]])
  })

  it.each([
    ['id', 'a b'],
    ['qualityFloor', '1.1'],
    ['monthlyBudgetUsd', '5000'],
    ['monthlyBudgetUsd', '"-1"'],
    ['queriesPerMonth', '0'],
    ['latencyObjectiveMs', 'fast'],
  ])('a tenant with %s %s is one', (key, value) => {
    const text = scenarioText({}, [tenantLines('A'), tenantLines('B', { [key]: value })])
    const [fault] = refused(text).faults
    expect(fault).toMatchObject({
      path: `tenants[1].${key}`,
      line: text.split('\n').findLastIndex((line) => line.includes(`${key}: `)) + 1,
    })
  })

  it('are a tenant that is there twice, each time, and bait with nobody to be bait for', () => {
    const text = scenarioText({}, [
      tenantLines('A'),
      tenantLines('B'),
      tenantLines('A'),
      tenantLines('A'),
    ])
    expect(refused(text).faults.map(({ path }) => path)).toEqual(['tenants[2].id', 'tenants[3].id'])
    expect(refused(scenarioText({}, [tenantLines('A')])).faults.map(({ path }) => path)).toEqual([
      'workload.bait',
    ])
  })

  it('are told all at once', () => {
    const text = scenarioText({ seed: 'x', extra: '1', more: '2', timeScale: '2' }, [
      tenantLines('A', { qualityFloor: '7' }),
      tenantLines('B', { tier: '""' }),
    ])
    expect(
      refused(text)
        .faults.map(({ path }) => path)
        .sort(),
    ).toEqual(['extra', 'more', 'seed', 'tenants[0].qualityFloor', 'tenants[1].tier', 'timeScale'])
  })

  it('of shape and of meaning are told together', () => {
    const text = scenarioText(
      { extra: '1', workload: '{ questions: 3, shared: 9, bait: 1, unanswerable: 1 }' },
      [tenantLines('A'), tenantLines('A')],
    )
    expect(
      refused(text)
        .faults.map(({ path }) => path)
        .sort(),
    ).toEqual(['extra', 'tenants[1].id', 'workload'])
  })
})

describe('YAML that is not what it seems', () => {
  it('a key that is there twice is refused at its second place', () => {
    const text = `${scenarioText()}seed: 8\n`
    expect(refused(text).faults[0]).toMatchObject({ line: lineWith(text, 'seed: 8') })
  })

  it('a bomb of aliases is refused quickly', () => {
    const levels = Array.from(
      { length: 12 },
      (_each, at) =>
        `l${at + 1}: &l${at + 1} [${Array.from({ length: 12 }, () => `*l${at}`).join(', ')}]`,
    )
    const started = performance.now()
    refused(`l0: &l0 ["lol"]\n${levels.join('\n')}\n${scenarioText()}`)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it.each(['__proto__', 'constructor', 'toString'])(
    'the key %s is refused, wherever it stands, and reaches no prototype',
    (key) => {
      refused(`${key}: { polluted: true }\n${scenarioText()}`)
      refused(
        scenarioText({
          models: `{ embedding: { model: embed, dimensions: 64 }, reranker: ranker, ${key}: { polluted: true } }`,
        }),
      )
      expect(Object.hasOwn(Object.prototype, 'polluted') || 'polluted' in {}).toBe(false)
    },
  )

  it('the key __proto__ is refused among free names too: a cost that is written down is never lost', () => {
    refused(scenarioText({ sharedMonthlyUsd: '{ __proto__: "60" }' }))
  })

  it.each([
    '',
    '[]',
    '42',
    'just text',
    '- a\n- b',
    'a: [',
    '\t- x',
    '---\na: 1\n---\nb: 2',
    'null',
  ])('no scenario at all is refused: %j', (text) => void refused(text))

  it.each([
    [['name', 'deeper']],
    [['tenants', 'x', 'id']],
    [['tenants', 99, 'current', 'topK']],
    [['seed', 0]],
    [[]],
  ])('a setting at %j, which is no place, is refused as wrong input', (path) => {
    expect(
      thrownBy(() => parseScenario(scenarioText(), 'x.yaml', { settings: [{ path, value: 1 }] }))
        .exitCode,
    ).toBe(2)
  })
})

describe('names', () => {
  const check: NameCheck = {
    known: {
      chatModels: ['small'],
      embeddingModels: [{ model: 'embed', maxDimensions: 64 }],
      rerankers: ['ranker'],
    },
    book: testBook(),
    atMs: Date.parse('2026-03-15'),
  }
  const scenarioOf = (
    model: string,
    change: Readonly<Record<string, string>> = {},
  ): LoadedScenario =>
    parseScenario(
      scenarioText(
        { variants: `[{ model: ${model}, topK: 3, rerank: false }]`, ...change },
        ['A', 'B'].map((id) =>
          tenantLines(id, { current: '{ model: small, topK: 3, rerank: false }' }),
        ),
      ),
      'x.yaml',
    )
  const faultsOf = (scenario: LoadedScenario, change: Partial<NameCheck> = {}): readonly Fault[] =>
    thrownBy(() => checkNames(scenario, { ...check, ...change })).faults

  it('that are known and priced pass', () =>
    expect(() => checkNames(scenarioOf('small'), check)).not.toThrow())

  it('that are not known are faults, all of them', () => {
    const scenario = scenarioOf('smal', {
      models: '{ embedding: { model: embedd, dimensions: 64 }, reranker: rankr }',
    })
    expect(faultsOf(scenario).map(({ path }) => path)).toEqual([
      'variants[0].model',
      'models.embedding.model',
      'models.reranker',
    ])
    expect(faultsOf(scenario)[0]?.message).toMatch(/"smal"; known are small/)
  })

  it('that have no price are faults', () => {
    const known = { ...check.known, chatModels: ['small', 'unpriced'] }
    expect(faultsOf(scenarioOf('unpriced'), { known }).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^no price: .*input-tokens/),
      expect.stringMatching(/^no price: .*output-tokens/),
    ])
    expect(
      faultsOf(scenarioOf('small'), { atMs: Date.parse('2024-01-01') }).map(({ path }) => path),
    ).toContain('tenants[0].current.model')
  })

  it('and more dimensions than the model has', () => {
    expect(
      faultsOf(
        scenarioOf('small', {
          models: '{ embedding: { model: embed, dimensions: 65 }, reranker: ranker }',
        }),
      ).map(({ path }) => path),
    ).toEqual(['models.embedding.dimensions'])
  })

  it('are told with their line, like every other fault', () => {
    const [fault] = faultsOf(scenarioOf('smal'))
    expect(fault?.line).toBeGreaterThan(0)
  })
})
