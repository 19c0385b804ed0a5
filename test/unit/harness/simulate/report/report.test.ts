/** The report of a simulation: its figures add up, and what is not known is said to be so. */
import { describe, expect, it } from 'vitest'
import { reportOf } from '../../../../../harness/simulate/report/report.ts'
import { parseScenario, type LoadedScenario } from '../../../../../harness/scenario/parse.ts'
import { growthOf } from '../../../../../harness/simulate/demand/signups-of.ts'
import { simulateGroup } from '../../../../../harness/simulate/engine/group.ts'
import { collector } from '../../../../../harness/simulate/run/outcome.ts'
import { simulationSchema } from '../../../../../harness/scenario/simulation-schema.ts'
import {
  simulateReportSchema,
  type SimulateReport,
} from '../../../../../reports/simulate/simulate-report.ts'
import { simulateWords } from '../../../../../reports/simulate/terminal.ts'
import { parseUsd, sumUsd } from '../../../../../src/base/money.ts'
import type { SimulationPlan } from '../../../../../harness/simulate/plan.ts'
import { scenarioText, tenantLines } from '../../../support/scenario.ts'
import { planOf, type WrittenPlan } from '../engine/plans.ts'

const simulation = { from: '2026-05-01', months: 2 } as const
const plans = {
  growth: { kind: 'flat', monthlyUsd: '5' },
  starter: { kind: 'flat', monthlyUsd: '0.1' },
}
const written: WrittenPlan = { tenants: [{ queries: 400 }, { queries: 100, tier: 1 }], simulation }
const scenarioOf = (change: Readonly<Record<string, string>> = {}): LoadedScenario =>
  parseScenario(
    scenarioText(
      {
        simulation: JSON.stringify(simulation),
        plans: JSON.stringify(plans),
        sharedMonthlyUsd: '{ postgres: "1" }',
        providerFaults: '{ abortedStreams: 0, lateEvents: 0.001, throttled: 0 }',
        ...change,
      },
      [tenantLines('A'), tenantLines('B', { tier: 'starter' })],
    ),
    '/nowhere/small.yaml',
  )

function reportFor(plan: SimulationPlan, scenario = scenarioOf()): SimulateReport {
  const collected = collector(plan)
  collected.add(simulateGroup(plan, 0))
  const outcome = collected.finish({
    sharedMonthlyUsd: scenario.sharedMonthlyUsd,
    allocation: 'even',
    lateEvents: scenario.providerFaults.lateEvents,
    hasMinimums: true,
  })
  const growth = growthOf(scenario, simulationSchema.parse(simulation), 61 * 86_400)
  const timing: SimulateReport['timing'] = {
    wallSeconds: 2,
    queriesPerSecond: 500,
    workers: 1,
    tokenProfilesFromCache: false,
    peakMemoryBytes: 1,
    stages: [],
  }
  return reportOf({
    scenario,
    planned: { plan, growth, templateOf: Int32Array.of(0, 1), indexOf: Int32Array.of(0, 0) },
    outcome,
    models: 'profiles',
    load: null,
    code: { version: '0.0.0', commit: null, dirty: null },
    timing,
  })
}

const named = (change: Partial<SimulationPlan> = {}): SimulationPlan => {
  const plan = planOf(written)
  return { ...plan, fleet: { ...plan.fleet, tiers: ['growth', 'starter'] }, ...change }
}

describe('a report', () => {
  const report = reportFor(named())

  it('is what its schema says', () => {
    expect(simulateReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
  })

  it('adds up: tenants, months, tiers, products and what is shared', () => {
    const sum = (usd: readonly string[]): bigint => sumUsd(usd.map(parseUsd))
    const total = parseUsd(report.totalUsd)
    expect(sum(report.months.map(({ totalUsd }) => totalUsd))).toBe(total)
    const near = (other: bigint): number => Math.abs(Number(other - total))
    expect(near(sum(report.tenants.map(({ costUsd }) => costUsd)))).toBeLessThanOrEqual(2)
    expect(near(sum(report.tiers.map(({ costUsd }) => costUsd)))).toBeLessThanOrEqual(2)
    expect(near(sum([...report.products.map(({ usd }) => usd), '2']))).toBeLessThanOrEqual(10)
    expect(report.products.reduce((all, { sharePct }) => all + sharePct, 0)).toBeCloseTo(100, 9)
    expect(report.products.map(({ usd }) => Number(usd))).toEqual(
      report.products.map(({ usd }) => Number(usd)).toSorted((one, other) => other - one),
    )
    expect([report.queries, report.tenants.map(({ queries }) => queries)]).toEqual([
      1_000,
      [800, 200],
    ])
    expect(report.cells.reduce((all, { queries }) => all + queries, 0)).toBe(1_000)
  })

  it('has revenue by plan, and names who costs more than it pays', () => {
    expect(
      report.tiers.map(({ tier, revenueUsd, underwaterTenants, underwater }) => ({
        tier,
        revenueUsd,
        underwaterTenants,
        underwater,
      })),
    ).toEqual([
      { tier: 'growth', revenueUsd: '10', underwaterTenants: 0, underwater: [] },
      { tier: 'starter', revenueUsd: '0.2', underwaterTenants: 1, underwater: ['t1'] },
    ])
    const [growth] = report.tiers
    expect(growth?.grossMarginPct).toBeCloseTo((100 * (10 - Number(growth?.costUsd))) / 10, 6)
  })

  it('without plans has no revenue, and says why', () => {
    const { tiers } = reportFor(named(), scenarioOf({ plans: '{}' }))
    expect(
      tiers.every(
        ({ revenueUsd, grossMarginPct, reason }) =>
          revenueUsd === null && grossMarginPct === null && reason !== null,
      ),
    ).toBe(true)
  })

  it('of too busy a service at grain hour has no latencies, and says why', () => {
    const plan = named({ grain: 'hour' })
    const slow = {
      ...plan,
      limits: { ...plan.limits, maxInFlight: 1 },
      stages: { ...plan.stages, embedMs: new Float64Array(4_096).fill(5_000_000) },
    }
    expect(reportFor(slow).latencyMs).toMatchObject({
      p50: null,
      p95: null,
      p99: null,
      reason: expect.stringMatching(/busier than 70 %/) as string,
    })
    expect(reportFor(plan).latencyMs).toMatchObject({
      count: 1_000,
      p50: expect.any(Number) as number,
      reason: null,
    })
  })

  it('tells waits at grain event alone, and assumptions always', () => {
    expect(report.waits).toEqual({
      admissionPct: 0,
      admissionMeanMs: null,
      connectionPct: 0,
      connectionMeanMs: null,
      mostQueued: 0,
    })
    expect(reportFor(named({ grain: 'query' })).waits).toBeNull()
    expect(report.assumptions.join('\n')).toMatch(
      /published profiles.*0\.1 % is booked.*however short its stay/s,
    )
  })
})

describe('for people', () => {
  const words = simulateWords(reportFor(named()))

  it('every heading of latencies says that they are simulated', () => {
    expect(words).toMatch(/Latency \(simulated\): p50 \d+\.\d\d s/)
    expect(words).toMatch(/p50 \(simulated\).*p95 \(simulated\)/)
  })

  it('costs, tiers, products and months are there, and what is assumed', () => {
    for (const phrase of [
      '2 tenants asked 1,000 queries',
      'Gross margin',
      'Under water (cost above revenue): starter: t1',
      'openai small',
      '2026-06',
      'Assumed:',
    ])
      expect(words).toContain(phrase)
  })
})
