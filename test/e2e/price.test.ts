/**
 * `tenantbench price`, as a user runs it: one run of the smoke scenario, priced again and again.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSheet } from 'read-excel-file/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PriceReport } from '../../reports/price/price-report.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import type { SimulateReport } from '../../reports/simulate/simulate-report.ts'
import { openWorkplace, root, runCli, runHere, type Ended } from '../support/cli.ts'

const place = openWorkplace()
const run = join(place.folder, 'run')
/** A floor that nobody meets for A, and one that the others do. */
const floors = [
  '--set',
  'tenants[0].qualityFloor=0.999',
  '--set',
  'tenants[1].qualityFloor=0.3',
  '--set',
  'tenants[2].qualityFloor=0.3',
]
const goodPlans =
  'plans:\n  enterprise: { kind: commit, commitUsd: "600", includedQueries: 5000, ' +
  'overageUsdPerQuery: "0.1" }\n  starter: { kind: flat, monthlyUsd: "80" }\n'

beforeAll(async () => {
  const { exitCode, stderr } = await runCli(place, [
    'run',
    join(root, 'scenarios/smoke.yaml'),
    '--out',
    run,
    '--trials',
    '6',
    ...floors,
  ])
  expect(exitCode, stderr).toBe(0)
}, 120_000)
afterAll(() => place[Symbol.dispose]())

function file(name: string, text: string): string {
  const path = join(place.folder, name)
  writeFileSync(path, text)
  return path
}

const priced = (...more: readonly string[]): Promise<Ended> =>
  runHere(place, ['price', run, ...floors, ...more])
async function reportOf(...more: readonly string[]): Promise<PriceReport> {
  const { exitCode, stdout, stderr } = await priced(...more, '--json')
  expect(exitCode, stderr).toBe(0)
  return JSON.parse(stdout) as PriceReport
}

/** The run under another name, with something changed in its record. */
function changedRun(name: string, change: (record: RunRecord) => RunRecord): string {
  const folder = join(place.folder, name)
  mkdirSync(folder)
  for (const each of ['samples.jsonl']) copyFileSync(join(run, each), join(folder, each))
  writeFileSync(
    join(folder, 'run.json'),
    JSON.stringify(change(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as RunRecord)),
  )
  return folder
}

describe('a recorded run', () => {
  it('is priced with plans: tenants, tiers, who would move, and tiers for a target', async () => {
    const report = await reportOf('--plans', file('plans.yaml', goodPlans))
    const record = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as RunRecord
    expect(report.source).toEqual({ kind: 'run', runId: record.runId, scenario: 'smoke' })
    expect(
      report.tenants.map(({ tenant, optimalModel, currentCostPerQueryUsd }) => [
        tenant,
        optimalModel,
        currentCostPerQueryUsd,
      ]),
    ).toEqual(
      record.comparison.map(({ tenant, optimalModel, currentCostPerQueryUsd }) => [
        tenant,
        optimalModel,
        currentCostPerQueryUsd,
      ]),
    )
    expect(Number(report.priceBooks[0]?.totalMonthlyUsd)).toBeCloseTo(
      record.costByTenant.reduce((sum, { monthlyUsd }) => sum + Number(monthlyUsd), 0),
      9,
    )
    const [enterprise, starter] = report.tiers
    expect(enterprise).toMatchObject({
      tier: 'enterprise',
      revenueUsd: '600',
      underwaterTenants: 0,
      reason: null,
    })
    expect(enterprise?.grossMarginPct).toBeCloseTo(100 * (1 - Number(enterprise?.costUsd) / 600), 6)
    expect(enterprise?.markupPct).toBeCloseTo(100 * (600 / Number(enterprise?.costUsd) - 1), 6)
    // C costs more than the $80 of its plan.
    expect(starter).toMatchObject({ tier: 'starter', revenueUsd: '160', underwaterTenants: 1 })
    expect(starter?.underwater[0]?.tenant).toBe('C')
    expect(report.movers.movers.map(({ tenant, to }) => [tenant, to])).toEqual([['A', 'starter']])
    expect(report.proposal).toMatchObject({ targetMarginPct: 60, holds: true, wouldMove: 0 })
    expect(report.tornado.map(({ factor }) => factor).toSorted()).toEqual([
      'mix',
      'model-price',
      'top-k',
      'volume',
    ])
    expect(report.monteCarlo).toMatchObject({ draws: 1_000, seed: 42, driftOutProbability: 0 })
    expect(report.assumptions.join('\n')).toMatch(/scenario of the run by its hash/)
  })

  it('says none where nobody meets the floor, and chooses for the others with a probability', async () => {
    const { tenants, standardise } = await reportOf()
    expect(tenants[0]).toMatchObject({
      tenant: 'A',
      optimalModel: null,
      projectedCostPerQueryUsd: null,
      probability: null,
    })
    expect(tenants[0]?.reason).toMatch(/^none does: .*below the floor of 99\.9 %/)
    for (const { probability, low95Usd, high95Usd, projectedCostPerQueryUsd } of tenants.slice(1)) {
      expect(probability).toBeGreaterThan(0.95)
      expect(
        Number(low95Usd) < Number(projectedCostPerQueryUsd) &&
          Number(projectedCostPerQueryUsd) < Number(high95Usd),
      ).toBe(true)
    }
    expect(standardise.ways[0]).toMatchObject({ way: 'standard', satisfied: 2, tenants: 3 })
  })

  it('costs the same by its own book priced again, and what another price makes of it', async () => {
    const { priceBooks } = await reportOf(
      '--prices',
      'list-2026-11',
      '--prices',
      'm11-2023',
      '--price',
      'openai/gpt-3.5-turbo/input-tokens=1',
    )
    const [own, again, poor, dearer] = priceBooks
    expect(again).toMatchObject({
      id: 'list-2026-11',
      totalMonthlyUsd: own?.totalMonthlyUsd,
      differencePct: 0,
      changes: [],
    })
    expect(poor).toMatchObject({ totalMonthlyUsd: null, differencePct: null })
    expect(poor?.reason).toMatch(/claude-haiku-4-5 has no price for input-tokens in m11-2023/)
    // B asks 20,000 times a month, and each prompt token costs $0.5 a million more.
    const record = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as RunRecord
    const prompt =
      record.cells.find(({ tenant, isCurrent }) => tenant === 'B' && isCurrent)?.tokens
        .promptMean ?? 0
    expect(Number(dearer?.totalMonthlyUsd) - Number(own?.totalMonthlyUsd)).toBeCloseTo(
      20_000 * prompt * 0.5e-6,
      6,
    )
  })

  it('is the same bytes for one seed, and other months for another', async () => {
    const [one, other, third] = [
      await reportOf('--seed', '1'),
      await reportOf('--seed', '1'),
      await reportOf('--seed', '2'),
    ]
    expect(other).toEqual(one)
    expect(third.monteCarlo.costUsd).not.toEqual(one.monteCarlo.costUsd)
  })

  it('is written as JSON, Markdown and the spreadsheet', async () => {
    const out = join(place.folder, 'priced')
    const { exitCode, stdout } = await priced('--out', out)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/Which configuration each tenant should get/)
    expect(readdirSync(out).toSorted()).toEqual([
      'comparison.csv',
      'comparison.xlsx',
      'price.json',
      'price.md',
    ])
    const report = JSON.parse(readFileSync(join(out, 'price.json'), 'utf8')) as PriceReport
    const [header, , b] = readFileSync(join(out, 'comparison.csv'), 'utf8').split('\n')
    expect(header).toBe(
      'Tenant,Doc Count,Avg Doc Size,Current Cost/Query,Optimal Model,Optimal top_k,Projected Cost',
    )
    expect(b).toMatch(
      new RegExp(
        `^B,40,[\\d.]+,[\\d.]+,${report.tenants[1]?.optimalModel ?? '?'},5,` +
          `${report.tenants[1]?.projectedCostPerQueryUsd ?? '?'}$`,
      ),
    )
    expect((await readSheet(join(out, 'comparison.xlsx')))[0]).toEqual(header?.split(','))
    expect((await priced('--out', out)).exitCode).toBe(2)
  })

  it('may be named by its run.json', async () => {
    const { exitCode, stdout } = await runCli(place, [
      'price',
      join(run, 'run.json'),
      ...floors,
      '--json',
    ])
    expect({ exitCode, tenants: (JSON.parse(stdout) as PriceReport).tenants.length }).toEqual({
      exitCode: 0,
      tenants: 3,
    })
  })
})

describe('wrong input is refused with 2', () => {
  it('plans, all faults at once with path and line', async () => {
    const faulty =
      'plans:\n  enterprise:\n    kind: commit\n    commitUsd: "-600"\n    includedQueries: ' +
      '5000\n    overageUsdPerQuery: 0.1\n  pro:\n    kind: graduated\n    brackets:\n      - ' +
      '{ upTo: 100, usdPerQuery: "0.1" }\n      - { upTo: 50, usdPerQuery: "0.1" }\n'
    const { exitCode, stderr } = await priced('--plans', file('faulty.yaml', faulty))
    expect(exitCode).toBe(2)
    for (const said of [
      'line 4: plans.enterprise.commitUsd: a price is not negative',
      'line 6: plans.enterprise.overageUsdPerQuery: write dollars as a quoted decimal',
      'line 11: plans.pro.brackets[1].upTo: the last bracket is open: null',
      'line 11: plans.pro.brackets[1].upTo: brackets ascend without overlap: 50 is not after 100',
      'the tier "starter" has no plan',
      'TB_PLANS_INVALID',
    ])
      expect(stderr).toContain(said)
  })

  it.each([
    ['plans without a tier', ['--plans', 'EMPTY'], /at least one tier with a plan/],
    ['plans that are not there', ['--plans', '/nowhere.yaml'], /TB_PLANS_INVALID/],
    [
      'a margin of everything',
      ['--target-margin', '100'],
      /--target-margin is percent from 0 to 99/,
    ],
    ['a margin in words', ['--target-margin', 'much'], /--target-margin is percent/],
    ['no draws', ['--draws', '0'], /--draws is a whole number/],
    ['a negative cost', ['--customising-cost=-1'], /--customising-cost is dollars/],
    ['an unknown book', ['--prices', 'list-1999'], /TB_PRICE_BOOK_UNKNOWN/],
    [
      'an unknown product',
      ['--price', 'openai/gpt-9/input-tokens=1'],
      /has no price of openai gpt-9/,
    ],
    ['a flag twice', ['--draws', '10', '--draws', '20'], /Given more than once: --draws/],
    [
      'another scenario',
      ['--scenario', join(root, 'test/support/small.yaml')],
      /is not the scenario that was run: its hash is [0-9a-f]{12}, the record's [0-9a-f]{12}/,
    ],
  ] as const)('%s', async (_case, more, says) => {
    const { exitCode, stderr, stdout } = await priced(
      ...more.map((each) => (each === 'EMPTY' ? file('empty.yaml', 'plans: {}\n') : each)),
    )
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(says)
  })

  it('the scenario without what the run was given', async () => {
    const { exitCode, stderr } = await runHere(place, ['price', run])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/--set what the run was given/)
  })

  it.each([
    [
      'a scenario that does not come along',
      (record: RunRecord) => ({ ...record, scenario: 'of-mine' }),
      /no scenario of-mine comes along: name yours with --scenario/,
    ],
    [
      'a price book that has changed since',
      (record: RunRecord) => ({
        ...record,
        priceBook: { ...record.priceBook, sha256: '0'.repeat(64) },
      }),
      /is another than the run was priced by/,
    ],
  ])('%s', async (name, change, says) => {
    const { exitCode, stderr } = await runHere(place, [
      'price',
      changedRun(name.replaceAll(' ', '-'), change),
      ...floors,
    ])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(says)
  })

  it('no run', async () =>
    expect((await runHere(place, ['price', join(place.folder, 'nowhere')])).exitCode).toBe(2))
})

it('a run of which no cost is known ends with 3, and says so', async () => {
  const nothing = {
    mean: null,
    low95: null,
    high95: null,
    direct: null,
    shared: null,
    standardDeviation: null,
    method: 'even',
    reason: 'nothing was metered',
  } as const
  const folder = changedRun('unmetered', (record) => ({
    ...record,
    cells: record.cells.map((cell) => ({ ...cell, costPerQueryUsd: nothing })),
  }))
  const { exitCode, stdout } = await runHere(place, ['price', folder, ...floors, '--json'])
  const report = JSON.parse(stdout) as PriceReport
  expect(exitCode).toBe(3)
  expect(report).toMatchObject({
    tenants: [],
    tiers: [],
    reason: 'of no tenant is it known what it costs',
    standardise: { verdict: 'none' },
  })
  expect(report.leftOut).toEqual(
    ['A', 'B', 'C'].map((tenant) => ({ tenant, reason: 'nothing was metered' })),
  )
})

describe('configurations that were not run', () => {
  const other = [
    '--config',
    'model=gpt-4o-mini,topK=3,rerank=true',
    '--config',
    'model=gpt-4o,topK=5,rerank=false',
  ]

  it("cost the tokens of each tenant's own chunks, and are not recommended while nobody measured them", async () => {
    const [plain, report] = [await reportOf(), await reportOf(...other)]
    expect(
      report.whatIf.configurations.map(
        ({ model, topK, rerank, tenants, notMeasured, infeasible }) => [
          model,
          topK,
          rerank,
          tenants,
          notMeasured,
          infeasible,
        ],
      ),
    ).toEqual([
      ['gpt-4o-mini', 3, true, 3, 3, 0],
      ['gpt-4o', 5, false, 3, 3, 0],
    ])
    expect(
      report.tenants.map(({ optimalModel, optimalTopK }) => [optimalModel, optimalTopK]),
    ).toEqual(plain.tenants.map(({ optimalModel, optimalTopK }) => [optimalModel, optimalTopK]))
    for (const { low95Usd, costPerQueryUsd, high95Usd, tenant, topK, p95Ms } of report.whatIf
      .tenants) {
      expect(
        Number(low95Usd) < Number(costPerQueryUsd) && Number(costPerQueryUsd) < Number(high95Usd),
        tenant,
      ).toBe(true)
      // A p95 is known of the model and rerank that were run.
      expect(p95Ms === null).toBe(topK === 5)
    }
    // Two chunks fewer of the same model cost less, and the same month is today's.
    const record = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as RunRecord
    const five = record.cells.find(({ tenant, isCurrent }) => tenant === 'B' && !isCurrent)
    expect(
      Number(
        report.whatIf.tenants.find(({ tenant, topK }) => tenant === 'B' && topK === 3)
          ?.costPerQueryUsd,
      ),
    ).toBeLessThan(Number(five?.costPerQueryUsd.mean))
    expect(report.priceBooks[0]).toEqual(plain.priceBooks[0])
    expect(report.assumptions.join('\n')).toMatch(
      /gpt-4o top_k 5 was not run for A, B, C: prompts are derived/,
    )
  })

  it('are recommended with a mark where another run measured them', async () => {
    // As if others had asked them, and always got the right answer.
    const measured = changedRun('measured', (record) => ({
      ...record,
      cells: record.cells
        .filter(({ isCurrent }) => !isCurrent)
        .map((cell) => ({
          ...cell,
          variant: { ...cell.variant, topK: 3 },
          quality: {
            questions: 500,
            retrievalRecall: 1,
            answerAccuracy: 1,
            low95: 0.99,
            high95: 1,
            source: 'measured',
          },
        })),
    }))
    const cheap = [
      ...other.slice(0, 2),
      '--measured',
      measured,
      '--price',
      'pinecone/bge-reranker-v2-m3/rerank-requests=0',
    ]
    const report = await reportOf(...cheap)
    expect(report.tenants[0]).toMatchObject({ tenant: 'A', optimalModel: null })
    expect(report.tenants[2]).toMatchObject({
      tenant: 'C',
      optimalModel: 'gpt-4o-mini',
      optimalTopK: 3,
      optimalIsDerived: true,
      qualitySource: 'measured',
    })
    const { stdout } = await priced(...cheap)
    expect(stdout).toMatch(/gpt-4o-mini, top_k 3, rerank †/)
    expect(stdout).toMatch(/† Nobody ran it/)
  })

  it('that were run already are said to be', async () => {
    const report = await reportOf('--config', 'model=gpt-4o-mini,topK=5,rerank=true')
    expect(report.whatIf.configurations).toEqual([])
    expect(report.assumptions.join('\n')).toMatch(
      /gpt-4o-mini top_k 5 with rerank was run for every tenant: nothing of it is derived/,
    )
  })

  it.each([
    [
      'an unknown model',
      ['--config', 'model=gpt-9,topK=3,rerank=false'],
      /--config "model=gpt-9,topK=3,rerank=false": unknown model "gpt-9"/,
    ],
    [
      'no chunks',
      ['--config', 'model=gpt-4o,topK=0,rerank=false'],
      /topK is a whole number from 1 to 100/,
    ],
    ['half a configuration', ['--config', 'topK=3'], /write model, topK and rerank, once each/],
    ['measured by nobody', ['--measured', '/nowhere'], /TB_RECORD_INVALID/],
  ] as const)('%s is refused with 2', async (_case, more, says) => {
    const { exitCode, stderr, stdout } = await priced(...more)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(says)
  })
})

describe('a simulation', () => {
  const simulation = join(place.folder, 'fleet.json')
  const six = [
    '--set',
    'population.count=6',
    '--set',
    'population.queriesPerMonth=500',
    '--set',
    'simulation.grain=hour',
  ]
  const simulatedPrice = (...more: readonly string[]): Promise<Ended> =>
    runHere(place, ['price', simulation, ...six, ...more])
  const simulatedReport = async (...more: readonly string[]): Promise<PriceReport> => {
    const { exitCode, stdout, stderr } = await simulatedPrice(...more, '--json')
    expect(exitCode, stderr).toBe(0)
    return JSON.parse(stdout) as PriceReport
  }

  beforeAll(async () => {
    const { exitCode, stderr } = await runHere(place, [
      'simulate',
      join(root, 'scenarios/fleet-month.yaml'),
      ...six,
      '--out',
      simulation,
    ])
    expect(exitCode, stderr).toBe(0)
  }, 60_000)

  it('has tiers that earn and cost what the simulation says, by the plans of its scenario', async () => {
    const simulated = JSON.parse(readFileSync(simulation, 'utf8')) as SimulateReport
    const report = await simulatedReport()
    expect(report.source).toEqual({
      kind: 'simulation',
      runId: 'fleet-month-7-hour',
      scenario: 'fleet-month',
    })
    const byTier = <T extends { readonly tier: string }>(tiers: readonly T[]): readonly T[] =>
      tiers.toSorted((one, other) => (one.tier < other.tier ? -1 : 1))
    for (const [at, tier] of byTier(report.tiers).entries()) {
      const other = byTier(simulated.tiers)[at]
      expect([tier.tier, tier.tenants, tier.queries, tier.revenueUsd]).toEqual([
        other?.tier,
        other?.tenants,
        other?.queries,
        other?.revenueUsd,
      ])
      expect(Number(tier.costUsd)).toBeCloseTo(Number(other?.costUsd), 6)
    }
    expect(
      report.tenants.every(
        ({ optimalModel, reason }) =>
          optimalModel === null && /no configuration has measured quality/.test(reason),
      ),
    ).toBe(true)
    expect(report.assumptions.join('\n')).toMatch(/Plans are those of the scenario\./)
  })

  it('is priced under other books and configurations, with quality from a run', async () => {
    const report = await simulatedReport(
      '--prices',
      'list-2026-11',
      '--price',
      'openai/gpt-4o/input-tokens=5',
      '--config',
      'model=gpt-4o-mini,topK=5,rerank=true',
      '--measured',
      run,
    )
    expect(report.priceBooks.map(({ totalMonthlyUsd }) => totalMonthlyUsd)[1]).toBe(
      report.priceBooks[0]?.totalMonthlyUsd,
    )
    expect(report.priceBooks[2]?.differencePct).toBeGreaterThan(0)
    expect(report.whatIf.configurations).toMatchObject([
      { model: 'gpt-4o-mini', topK: 5, rerank: true, tenants: 6, notMeasured: 0 },
    ])
    expect(
      report.whatIf.tenants.every(
        ({ quality, p95Ms }) => quality?.source === 'modelled' && p95Ms !== null,
      ),
    ).toBe(true)
    expect(report.assumptions.join('\n')).toMatch(/for 6 of 6 tenants predicted from other tenants/)
  })

  it("has plans of the user in place of the scenario's", async () => {
    const flat = ['starter', 'growth', 'enterprise']
      .map((tier) => `  ${tier}: { kind: flat, monthlyUsd: "10" }`)
      .join('\n')
    expect(
      (await simulatedReport('--plans', file('flat.yaml', `plans:\n${flat}\n`))).tiers
        .map(({ revenueUsd }) => Number(revenueUsd))
        .reduce((sum, each) => sum + each, 0),
    ).toBe(60)
  })

  it('is written as JSON, Markdown and the spreadsheet', async () => {
    const out = join(place.folder, 'priced-fleet')
    expect((await simulatedPrice('--out', out)).exitCode).toBe(0)
    expect(readdirSync(out).toSorted()).toEqual([
      'comparison.csv',
      'comparison.xlsx',
      'price.json',
      'price.md',
    ])
    expect(readFileSync(join(out, 'comparison.csv'), 'utf8').split('\n')[1]).toMatch(
      /^t1,\d+,[\d.]+,0\.\d+,,,$/,
    )
    expect((await readSheet(join(out, 'comparison.xlsx')))[1]?.[0]).toBe('t1')
  })

  it.each([
    [
      'without what was set',
      (): Promise<Ended> => runHere(place, ['price', simulation]),
      /is not the scenario that was simulated: its hash is [0-9a-f]{12}, the report's [0-9a-f]{12}/,
    ],
    [
      'with a simulation as what was measured',
      () => simulatedPrice('--measured', simulation),
      /a simulation measures no quality/,
    ],
    [
      'that is none',
      () => runHere(place, ['price', file('none.json', '{ "simulationVersion": 1 }')]),
      /TB_RECORD_INVALID/,
    ],
    [
      'of an unknown book',
      () =>
        runHere(place, [
          'price',
          file(
            'book.json',
            readFileSync(simulation, 'utf8').replace(
              /"priceBook":\s*\{[^}]*\}/,
              '"priceBook": { "id": "of-mine", "sha256": "0" }',
            ),
          ),
          ...six,
        ]),
      /of-mine, by which the simulation was priced \(0\), is none of list-2026-11/,
    ],
  ] as const)('%s is refused with 2', async (_case, priceIt, says) => {
    const { exitCode, stderr } = await priceIt()
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(says)
  })
})
