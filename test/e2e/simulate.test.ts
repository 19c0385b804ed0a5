/**
 * `simulate` as a user runs it: the same bytes on any number of threads and from the cache, a fleet
 * that grows, and bad input that is named before anything is simulated.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  simulateReportSchema,
  type SimulateReport,
} from '../../reports/simulate/simulate-report.ts'
import { openWorkplace, root, runCli, runHere, type Ended } from '../support/cli.ts'

const scenario = (name: string): string => join(root, 'scenarios', `${name}.yaml`)
const tiny = `name: tiny
description: Six small tenants in three indexes, in virtual time.
seed: 11
trials: 1
timeScale: 0
priceBook: list-2026-11
allocation: even
sharedMonthlyUsd: { postgres: "30" }
models:
  embedding: { model: text-embedding-3-small, dimensions: 256 }
  reranker: bge-reranker-v2-m3
capacity: { namespaceLimit: 3, operatingLimit: 2, alertAt: 1 }
workload: { questions: 8, shared: 2, bait: 0, unanswerable: 1 }
tiers:
  starter: { model: gpt-4o-mini, topK: 4, rerank: false, monthlyBudgetUsd: "50" }
  growth: { model: gpt-4o, topK: 4, rerank: true, monthlyBudgetUsd: "200" }
plans:
  starter: { kind: flat, monthlyUsd: "49" }
  growth: { kind: graduated, brackets: [{ upTo: 2000, usdPerQuery: "0.05" }, { upTo: null, usdPerQuery: "0.03" }] }
population:
  count: 6
  idPrefix: t
  tiers: [starter, growth]
  themes: [law, support, retail]
  documents: { median: 4, sigma: 0.2, most: 8 }
  words: [60, 120]
  queriesPerMonth: 400
  qualityFloor: 0.5
  latencyObjectiveMs: 20000
simulation:
  from: 2026-11-01
  months: 1
  demand: { peakToTrough: 4, peakHourUtc: 15, weekendRate: 0.4 }
  limits: { sharedBy: index, maxInFlight: 8 }
  changes:
    - { on: 2026-11-15, price: { provider: openai, sku: gpt-4o-mini, unit: input-tokens, usd: "0.30" } }
`

// What is compiled and counted once need not be again: half of what a command takes.
let shared = ''
const cached = (): NodeJS.ProcessEnv => ({
  NODE_COMPILE_CACHE: join(shared, 'compiled'),
  TENANTBENCH_CACHE_DIR: join(shared, 'tokens'),
})
beforeAll(() => {
  shared = mkdtempSync(join(tmpdir(), 'tenantbench-simulate-'))
})
afterAll(() => rmSync(shared, { recursive: true, force: true }))

async function simulated(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ readonly report: SimulateReport; readonly untimed: string }> {
  using place = openWorkplace()
  const path = join(place.folder, 'tiny.yaml')
  writeFileSync(path, tiny)
  const { exitCode, stdout, stderr } = await runCli(
    place,
    ['simulate', ...args.map((arg) => (arg === 'tiny' ? path : arg)), '--json'],
    { ...cached(), ...environment },
  )
  expect(exitCode, stderr).toBe(0)
  const report = simulateReportSchema.parse(JSON.parse(stdout))
  expect(report.counts.arrived).toBe(
    report.counts.finished + report.counts.failed + report.counts.inFlight,
  )
  return { report, untimed: stdout.replace(/,\s*"timing": \{[\s\S]*\}\s*\}\s*$/, '') }
}

describe('a small fleet', () => {
  it(
    'is the same to the byte on one, two and four threads and from run to run, and another ' +
      'with another seed',
    async () => {
      const [one, ...others] = [
        await simulated(['tiny', '--workers', '1']),
        ...(await Promise.all([
          simulated(['tiny', '--workers', '1']),
          simulated(['tiny', '--workers', '2']),
          simulated(['tiny', '--workers', '4']),
        ])),
      ]
      expect([one, ...others].map(({ report }) => report.timing.workers)).toEqual([1, 1, 2, 3])
      expect(one.untimed).toContain('"assumptions"')
      expect(one.untimed).not.toContain('wallSeconds')
      for (const { untimed } of others) expect(untimed).toBe(one.untimed)
      const other = await simulated(['tiny', '--workers', '1', '--seed', '12'])
      expect(other.report.totalUsd).not.toBe(one.report.totalUsd)
      // Each tenant asks what it is said to, and pays its part of everything.
      expect(one.report.tenants.map(({ queries }) => queries)).toEqual(
        Array.from({ length: 6 }, () => 400),
      )
      const pico = (usd: string): bigint =>
        BigInt(usd.split('.')[0] ?? '0') * 1_000_000_000_000n +
        BigInt((usd.split('.')[1] ?? '').padEnd(12, '0'))
      const ofTenants = one.report.tenants.reduce((sum, { costUsd }) => sum + pico(costUsd), 0n)
      expect(Math.abs(Number(ofTenants - pico(one.report.totalUsd)))).toBeLessThanOrEqual(6)
      expect(one.report.tiers.map(({ tier, revenueUsd }) => [tier, revenueUsd])).toEqual([
        ['starter', '147'],
        ['growth', '60'],
      ])
    },
  )
})

describe('scenarios/fleet-month.yaml', () => {
  it(
    'simulates half a million queries, and the second time counts no tokens again and says the same',
    { timeout: 60_000 },
    async () => {
      const fresh = { TENANTBENCH_CACHE_DIR: join(shared, 'fresh') }
      const [first, second] = [
        await simulated([scenario('fleet-month')], fresh),
        await simulated([scenario('fleet-month')], fresh),
      ]
      expect([
        first.report.timing.tokenProfilesFromCache,
        second.report.timing.tokenProfilesFromCache,
      ]).toEqual([false, true])
      expect(second.untimed).toBe(first.untimed)
      expect([
        first.report.queries,
        first.report.counts.failed,
        first.report.tenants.length,
      ]).toEqual([500_000, 0, 100])
      expect(readdirSync(join(shared, 'fresh'), { recursive: true }).length).toBeGreaterThan(1)
    },
  )
})

describe('scenarios/fleet-growth.yaml', () => {
  it(
    'has the next index ready in time: an alert at 72 in every index but the last, and nobody refused',
    { timeout: 60_000 },
    async () => {
      const { capacity, indexes, refusals, signups } = (await simulated([scenario('fleet-growth')]))
        .report
      expect([refusals, signups]).toEqual([null, { tenants: 1_000, placed: 1_000 }])
      const alerts = capacity.filter(({ event }) => event === 'alert')
      expect(alerts.map(({ index, namespaces }) => [index, namespaces])).toEqual(
        indexes.slice(0, -1).map(({ index }) => [index, 72]),
      )
      expect(indexes).toHaveLength(12)
      // Whatever is ordered at an alert is there 600 s later, and by then its forerunner was never
      // full.
      for (const [at, { atSeconds }] of alerts.entries())
        expect(indexes[at + 1]?.readyAtSeconds).toBeCloseTo(atSeconds + 600, 6)
      expect(indexes.slice(0, -1).map(({ peakNamespaces }) => peakNamespaces)).toEqual(
        alerts.map(() => 90),
      )
    },
  )

  it(
    'with three days until an index is ready refuses signups, tells when and how many, and ' +
      'what would have helped; and it does',
    { timeout: 60_000 },
    async () => {
      const late = ['--grain', 'hour', '--set', 'simulation.provisioning.leadTimeSeconds=259200']
      const { report } = await simulated([scenario('fleet-growth'), ...late])
      const { refusals, signups, capacity } = report
      const refused = capacity.filter(({ event }) => event === 'placement-refused')
      expect(refusals).toMatchObject({
        count: refused.length,
        firstAtSeconds: refused[0]?.atSeconds,
        lastAtSeconds: refused.at(-1)?.atSeconds,
        alertAt: expect.any(Number) as number,
        advice: expect.stringMatching(
          /^With an alert at \d+ of 90 none of the 1,000 signups would have been refused/,
        ) as string,
      })
      expect([refused.length > 0, signups.placed]).toEqual([true, 1_000 - refused.length])
      const threshold = refusals?.alertAt ?? 0
      const [helped, almost] = await Promise.all(
        [threshold, threshold + 1].map(async (alertAt) =>
          simulated([scenario('fleet-growth'), ...late, '--set', `capacity.alertAt=${alertAt}`]),
        ),
      )
      expect(helped?.report.refusals).toBeNull()
      expect(almost?.report.refusals?.count).toBeGreaterThan(0)
    },
  )
})

describe('bad input', () => {
  const change = (of: string): readonly string[] => ['--set', `simulation.changes[0]=${of}`]
  it.each<readonly [what: string, args: readonly string[], exitCode: number, says: RegExp]>([
    [
      'no thread',
      ['--workers', '0'],
      2,
      /--workers is a whole number from 1 to 256\..*\(TB_USAGE\)/s,
    ],
    ['an unknown grain', ['--grain', 'minute'], 2, /grain.*"minute".*\(TB_USAGE\)/s],
    [
      'a file that is there',
      ['--out', '{here}/there.json'],
      5,
      /there\.json exists already\..*\(TB_OUT_UNWRITABLE\)/s,
    ],
    [
      'a negative price',
      change(
        '{ on: 2026-11-05, price: { provider: openai, sku: gpt-4o, unit: input-tokens, usd: "-1" } }',
      ),
      2,
      /line 36: simulation\.changes\[0\]\.price\.usd: .*\(TB_SCENARIO_INVALID\)/s,
    ],
    [
      'a price of what has none',
      change(
        '{ on: 2026-11-05, price: { provider: openai, sku: gpt-nine, unit: input-tokens, usd: "1" } }',
      ),
      2,
      /simulation\.changes.*no price.*gpt-nine.*\(TB_SCENARIO_INVALID\)/s,
    ],
    [
      'an unknown model in a change',
      change('{ on: 2026-11-05, tier: growth, config: { model: gpt-nine } }'),
      2,
      /gpt-nine.*\(TB_SCENARIO_INVALID\)/s,
    ],
    [
      'a change after the time',
      change('{ on: 2026-12-01, tier: growth, config: { topK: 3 } }'),
      2,
      /line 36: simulation\.changes\[0\]\.on: 2026-12-01 is not in the time that is simulated.*\(TB_SCENARIO_INVALID\)/s,
    ],
    [
      'more than grain query is for',
      [
        '--grain',
        'query',
        '--set',
        'simulation.limits={maxInFlight: 1}',
        '--set',
        'population.queriesPerMonth=400000',
      ],
      2,
      /In the hour from 2026-11-\d\d.*take --grain event.*\(TB_SIMULATION_BUSY\)/is,
    ],
  ])('%s is named', async (_what, args, exitCode, says) => {
    using place = openWorkplace()
    const [path, there] = [join(place.folder, 'tiny.yaml'), join(place.folder, 'there.json')]
    writeFileSync(path, tiny)
    writeFileSync(there, 'kept')
    const ended: Ended = await runHere(
      place,
      ['simulate', path, ...args.map((arg) => arg.replace('{here}', place.folder))],
      cached(),
    )
    expect({ exitCode: ended.exitCode, stdout: ended.stdout }, ended.stderr).toEqual({
      exitCode,
      stdout: '',
    })
    expect(ended.stderr).toMatch(says)
    expect(readFileSync(there, 'utf8')).toBe('kept')
  })
})
