import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseScenario, type LoadedScenario } from '../../../../harness/scenario/parse.ts'
import type { Fault } from '../../../../src/base/errors.ts'
import { thrownBy } from '../../support/failures.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

const read = (
  change: Readonly<Record<string, string>> = {},
  tenants?: readonly string[],
): LoadedScenario => parseScenario(scenarioText(change, tenants), 'x.yaml')
const faultsOf = (
  change: Readonly<Record<string, string>>,
  tenants?: readonly string[],
): readonly Fault[] => thrownBy(() => read(change, tenants)).faults
const pathsOf = (...input: Parameters<typeof faultsOf>): readonly string[] =>
  faultsOf(...input).map(({ path }) => path)

describe('a matrix', () => {
  const matrix = '{ models: [m1, m2], topK: [3, 10], rerank: [true, false] }'

  it('becomes every model with every top_k, with and without reranking, after what is written out', () => {
    const { variants } = read({ matrix })
    expect(variants.map(({ model, topK, rerank }) => [model, topK, rerank])).toEqual([
      ['gpt-4o-mini', 3, false],
      ['gpt-4o', 5, true],
      ['m1', 3, true],
      ['m1', 3, false],
      ['m1', 10, true],
      ['m1', 10, false],
      ['m2', 3, true],
      ['m2', 3, false],
      ['m2', 10, true],
      ['m2', 10, false],
    ])
  })

  it('stands alone too, and remembers where each model is named', () => {
    const scenario = read({ matrix, variants: '' })
    expect(scenario.variants.map(({ place }) => place)).toEqual(
      [0, 0, 0, 0, 1, 1, 1, 1].map((at) => ['matrix', 'models', at]),
    )
    expect(read().variants.map(({ place }) => place)).toEqual([
      ['variants', 0, 'model'],
      ['variants', 1, 'model'],
    ])
    expect(scenario.lineOf(['matrix', 'models', 1])).toBe(
      scenarioText({ matrix, variants: '' })
        .split('\n')
        .findIndex((line) => line.startsWith('matrix:')) + 1,
    )
  })

  it.each([
    ['no model', '{ models: [], topK: [3], rerank: [true] }', 'matrix.models'],
    ['a top_k out of range', '{ models: [m], topK: [3, 101], rerank: [true] }', 'matrix.topK[1]'],
    ['a missing list', '{ models: [m], topK: [3] }', 'matrix.rerank'],
    [
      'an unknown key',
      '{ models: [m], topK: [3], rerank: [true], temperature: [0] }',
      'matrix.temperature',
    ],
  ])('with %s is a fault', (_case, text, path) => expect(pathsOf({ matrix: text })).toEqual([path]))
})

describe('a tier', () => {
  const tiers =
    '{ growth: { model: of-tier, topK: 7, rerank: true, temperature: 0.5, monthlyBudgetUsd: ' +
    '"250" }, other: { model: another, topK: 9, rerank: false } }'
  const tenantOf = (
    change: Readonly<Record<string, string>>,
  ): LoadedScenario['tenants'][number] | undefined =>
    read({ tiers }, [tenantLines('A', change), tenantLines('B')]).tenants[0]

  it('decides what the tenant leaves out', () => {
    expect(tenantOf({ current: '{ topK: 2 }', monthlyBudgetUsd: '"99"' })).toMatchObject({
      current: { model: 'of-tier', topK: 2, rerank: true },
      monthlyBudgetUsd: '99',
    })
    expect(tenantOf({ current: '{}', tier: 'other' })).toMatchObject({
      current: { model: 'another', topK: 9, rerank: false },
    })
  })

  it('is no part of what the row of the tenant holds', () => {
    expect(tenantOf({ current: '{ topK: 2, rerank: false }' })?.row).toEqual({
      topK: 2,
      rerank: false,
      monthlyBudgetUsd: '100',
    })
    const text = scenarioText({ tiers }, [
      tenantLines('A', { current: '{}' }).replace(/\n.*monthlyBudgetUsd.*/, ''),
      tenantLines('B'),
    ])
    expect(parseScenario(text, 'x.yaml').tenants[0]).toMatchObject({
      row: {},
      monthlyBudgetUsd: '250',
    })
  })

  it('does not change what the tenant says, for any of them', () => {
    const own = fc.record(
      {
        model: fc.constantFrom('a', 'b'),
        topK: fc.integer({ min: 1, max: 100 }),
        rerank: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(own, (current) => {
        expect(tenantOf({ current: JSON.stringify(current) })?.current).toEqual({
          model: 'of-tier',
          topK: 7,
          rerank: true,
          ...current,
        })
      }),
    )
  })

  it.each(['nobody', 'constructor', 'toString', '__proto__'])(
    'of which nothing is said sets nothing, also when it is called %s',
    (tier) => {
      const tenant = tenantLines('A', { tier, current: '{ topK: 3 }' })
      expect(faultsOf({ tiers }, [tenant, tenantLines('B')])).toMatchObject([
        { path: 'tenants[0].current.model', message: `is set neither here nor by tier "${tier}"` },
        { path: 'tenants[0].current.rerank', message: `is set neither here nor by tier "${tier}"` },
      ])
    },
  )

  it('that has no budget leaves it to the tenant', () => {
    const tenant = tenantLines('A', { tier: 'other' }).replace(/\n.*monthlyBudgetUsd.*/, '')
    const text = scenarioText({ tiers }, [tenant, tenantLines('B')])
    expect(thrownBy(() => parseScenario(text, 'x.yaml')).faults).toMatchObject([
      { path: 'tenants[0].monthlyBudgetUsd', line: text.split('\n').indexOf('  - id: A') + 1 },
    ])
  })

  it.each([
    ['{ growth: { model: m, colour: red } }', 'tiers.growth.colour'],
    ['{ growth: { topK: 0 } }', 'tiers.growth.topK'],
    ['{ growth: { monthlyBudgetUsd: 5 } }', 'tiers.growth.monthlyBudgetUsd'],
  ])('with a fault is told: %s', (text, path) => expect(pathsOf({ tiers: text })).toEqual([path]))
})

describe('a prompt template', () => {
  const promptTemplates =
    "{ letter: { body: '{{tone}} {{passages}} {{question}}', slots: { tone: { type: choice, " +
    'options: [formal, plain] } } } }'
  const withCurrent = (current: string): readonly string[] => [
    tenantLines('A'),
    tenantLines('B', { current: `{ model: gpt-4o-mini, topK: 3, rerank: false, ${current} }` }),
  ]

  it('is found by its name, and without one it is ours', () => {
    const [ours, own] = read(
      { promptTemplates },
      withCurrent('promptTemplate: letter, promptValues: { tone: formal }'),
    ).tenants
    expect(ours?.template).toEqual({ name: 'default', written: null })
    expect(own?.template).toMatchObject({
      name: 'letter',
      written: { body: '{{tone}} {{passages}} {{question}}' },
    })
    expect(own?.row).toMatchObject({ promptTemplate: 'letter', promptValues: { tone: 'formal' } })
  })

  it('may be named by the tier', () => {
    expect(
      read({ promptTemplates, tiers: '{ growth: { promptTemplate: letter } }' }, [
        tenantLines('A', { tier: 'x' }),
        ...withCurrent('promptValues: { tone: plain }').slice(1),
      ]).tenants.map(({ template }) => template.name),
    ).toEqual(['default', 'letter'])
  })

  it.each([
    [
      'that is not there',
      'promptTemplate: memo',
      /^there is no prompt template "memo" in promptTemplates of tenant B$/,
    ],
    [
      'that has the name of a part of every object',
      'promptTemplate: constructor',
      /^there is no prompt template "constructor"/,
    ],
    [
      'without the value of a slot',
      'promptTemplate: letter',
      /^template "letter": promptValues\.tone: one of formal, plain of tenant B$/,
    ],
    [
      'with a wrong value',
      'promptTemplate: letter, promptValues: { tone: rude }',
      /^template "letter": promptValues\.tone: one of formal, plain/,
    ],
    [
      'with a value too many',
      'promptTemplate: letter, promptValues: { tone: plain, company: x }',
      /^template "letter": promptValues\.company: the template has no such slot/,
    ],
    [
      'that is ours, with values',
      'promptValues: { tone: plain }',
      /^the template "default" has no slots for promptValues/,
    ],
  ])('%s is a fault at the tenant', (_case, current, message) => {
    expect(faultsOf({ promptTemplates }, withCurrent(current))).toMatchObject([
      {
        path: 'tenants[1].current.promptTemplate',
        line: expect.any(Number),
        message: expect.stringMatching(message),
      },
    ])
  })

  it('that is not one is a fault where it is used', () => {
    const [fault] = faultsOf(
      { promptTemplates: "{ letter: { body: '{{passages}}' } }" },
      withCurrent('promptTemplate: letter'),
    )
    expect(fault).toMatchObject({
      path: 'tenants[1].current.promptTemplate',
      message: 'template "letter": body: {{question}} must stand there exactly once of tenant B',
    })
  })

  it('cannot be called like ours', () =>
    expect(
      pathsOf({ promptTemplates: "{ default: { body: '{{passages}}{{question}}' } }" }),
    ).toHaveLength(1))
})

describe('a population', () => {
  interface Drawn {
    readonly count?: number
    readonly median?: number
    readonly sigma?: number
    readonly most?: number
    readonly seed?: number
    readonly prefix?: string
  }
  const settings = ({
    count = 12,
    median = 10,
    sigma = 0.8,
    most = 40,
    prefix = 't',
  }: Drawn): string =>
    `{ count: ${count}, idPrefix: ${prefix}, tiers: [starter, growth], themes: [law, support, ` +
    `retail], documents: { median: ${median}, sigma: ${sigma}, most: ${most} }, words: [60, ` +
    '200], queriesPerMonth: 2000, qualityFloor: 0.5, latencyObjectiveMs: 20000 }'
  const tiers =
    '{ starter: { model: small, topK: 5, rerank: false, monthlyBudgetUsd: "200" }, growth: { ' +
    'model: large, topK: 7, rerank: true, monthlyBudgetUsd: "800" } }'
  const drawn = (of: Drawn = {}): LoadedScenario['tenants'] =>
    read({ tiers, population: settings(of), seed: String(of.seed ?? 7) }).tenants.slice(2)
  const documentsOf = (tenants: LoadedScenario['tenants']): readonly number[] =>
    tenants.map(({ corpus }) => (corpus.kind === 'generated' ? corpus.documents : 0))

  it('comes after the tenants written out, or stands alone', () => {
    expect(read({ tiers, population: settings({ count: 2 }) }).tenants.map(({ id }) => id)).toEqual(
      ['A', 'B', 't1', 't2'],
    )
    expect(
      parseScenario(
        scenarioText({ tiers, population: settings({ count: 3 }) }).replace(
          /\ntenants:[\s\S]*/,
          '\n',
        ),
        'x.yaml',
      ).tenants.map(({ id, name }) => [id, name]),
    ).toEqual([
      ['t1', 'Tenant 1'],
      ['t2', 'Tenant 2'],
      ['t3', 'Tenant 3'],
    ])
  })

  it('has as many ids as tenants, equally long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), (count) => {
        const ids = drawn({ count }).map(({ id }) => id)
        expect(new Set(ids).size).toBe(count)
        expect(new Set(ids.map((id) => id.length)).size).toBe(1)
      }),
      { numRuns: 20 },
    )
  })

  it('is the same for one seed and another for another', () => {
    expect(drawn()).toEqual(drawn())
    expect(documentsOf(drawn({ seed: 8 }))).not.toEqual(documentsOf(drawn()))
  })

  it('draws the size of a tenant by its id alone: more tenants change nobody', () => {
    expect(documentsOf(drawn({ count: 30 })).slice(0, 12)).toEqual(
      documentsOf(drawn({ count: 12 })),
    )
  })

  it('has sizes around the median, cut at the most and never none', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.constantFrom(0, 0.5, 3),
        (seed, sigma) => {
          const sizes = documentsOf(drawn({ seed, sigma, count: 100 })).toSorted(
            (one, other) => one - other,
          )
          expect(sizes[0]).toBeGreaterThanOrEqual(1)
          expect(sizes.at(-1)).toBeLessThanOrEqual(40)
          if (sigma === 0) expect(new Set(sizes)).toEqual(new Set([10]))
          if (sigma === 0.5) expect(Math.abs((sizes[49] ?? 0) - 10)).toBeLessThan(4)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('deals tiers and themes out in turn, with what the tiers set', () => {
    const tenants = drawn({ count: 6 })
    expect(
      tenants.map(({ tier, current, monthlyBudgetUsd }) => [tier, current.model, monthlyBudgetUsd]),
    ).toEqual(
      [0, 1, 0, 1, 0, 1].map((at) =>
        at === 0 ? ['starter', 'small', '200'] : ['growth', 'large', '800'],
      ),
    )
    expect(tenants.map(({ corpus }) => (corpus.kind === 'generated' ? corpus.theme : ''))).toEqual([
      'law',
      'support',
      'retail',
      'law',
      'support',
      'retail',
    ])
    expect(tenants.map(({ row, place }) => [row, place])).toEqual(
      tenants.map(() => [{}, ['population']]),
    )
  })

  it('makes bait possible for a single tenant written out', () => {
    expect(read({ tiers, population: settings({}) }, [tenantLines('A')]).tenants).toHaveLength(13)
  })

  it('that gives an id that is written out already is a fault', () => {
    expect(
      faultsOf({ tiers, population: settings({}) }, [
        tenantLines('A'),
        tenantLines('t03'),
        tenantLines('t3'),
      ]),
    ).toMatchObject([
      {
        path: 'population.idPrefix',
        line: expect.any(Number),
        message: 'gives tenant t03, who is written out already',
      },
    ])
  })

  it('whose tier leaves out a model is a fault of the population, with a line', () => {
    const faults = faultsOf({
      tiers:
        '{ starter: { topK: 5, rerank: false, monthlyBudgetUsd: "1" }, growth: { model: m, ' +
        'topK: 5, rerank: false, monthlyBudgetUsd: "1" } }',
      population: settings({ count: 4 }),
    })
    expect([...new Set(faults.map(({ path, message }) => `${path} ${message}`))]).toEqual([
      'population.current.model is set neither here nor by tier "starter"',
    ])
    expect(faults[0]?.line).toBeGreaterThan(0)
  })

  it.each([
    ['nobody', settings({ count: 0 }), 'population.count'],
    ['a spread below zero', settings({ sigma: -1 }), 'population.documents.sigma'],
    ['a prefix that no id may begin with', settings({ prefix: '1' }), 'population.idPrefix'],
  ])('with %s is a fault', (_case, population, path) =>
    expect(pathsOf({ tiers, population })).toEqual([path]),
  )
})

describe('what is resolved', () => {
  it('needs a variant and a tenant', () => {
    expect(faultsOf({ variants: '' })).toMatchObject([
      { path: 'variants', message: 'name at least one variant, here or by a matrix' },
    ])
    const text = scenarioText({
      workload: '{ questions: 6, shared: 1, bait: 0, unanswerable: 1 }',
    }).replace(/\ntenants:[\s\S]*/, '\n')
    expect(thrownBy(() => parseScenario(text, 'x.yaml')).faults).toMatchObject([
      { path: 'tenants', message: 'name at least one tenant, here or by a population' },
    ])
  })

  it('tells all its faults at once', () => {
    const tenants = [
      tenantLines('A', { tier: 'none', current: '{}' }),
      tenantLines('B', { current: '{ model: m, topK: 3, rerank: true, promptTemplate: gone }' }),
    ]
    expect(pathsOf({ variants: '[]' }, tenants)).toEqual([
      'variants',
      'tenants[0].current.model',
      'tenants[0].current.topK',
      'tenants[0].current.rerank',
      'tenants[1].current.promptTemplate',
    ])
  })
})
