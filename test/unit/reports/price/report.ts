/** A small price report, to be changed in what a test is about. */
import type { PriceReport, PriceTenant, PriceTier } from '../../../../reports/price/price-report.ts'

export function priceTenant(change: Partial<PriceTenant> = {}): PriceTenant {
  return {
    tenant: 'A',
    tier: 'gold',
    currentModel: 'dear',
    currentTopK: 10,
    currentRerank: true,
    currentCostPerQueryUsd: '0.045',
    optimalModel: 'cheap',
    optimalTopK: 5,
    optimalRerank: false,
    optimalIsDerived: false,
    projectedCostPerQueryUsd: '0.008',
    low95Usd: '0.0075',
    high95Usd: '0.0085',
    monthlyDifferenceUsd: '-185',
    probability: 0.9871,
    qualitySource: 'measured',
    reason: 'cheap top_k 5 is the cheapest that fits.',
    flipsWhen: null,
    pareto: [],
    notMeasured: [],
    ...change,
  }
}

export function priceTier(change: Partial<PriceTier> = {}): PriceTier {
  return {
    tier: 'gold',
    tenants: 2,
    queries: 10_000,
    revenueUsd: '100',
    costUsd: '60',
    grossMarginPct: 40,
    markupPct: 66.667,
    reason: null,
    underwaterTenants: 0,
    underwater: [],
    breakEvenQueries: 500,
    breakEvenUpToQueries: null,
    breakEvenReason: null,
    ...change,
  }
}

export function priceReport(change: Partial<PriceReport> = {}): PriceReport {
  const way = {
    configurations: ['cheap top_k 5'],
    satisfied: 2,
    tenants: 2,
    costUsd: '60',
    low95Usd: '55',
    high95Usd: '65',
    grossMarginPct: 40,
    quality: { share: 0.9, low95: 0.85, high95: 0.95 },
  }
  return {
    source: { kind: 'run', runId: 'run-1', scenario: 'small' },
    priceBooks: [
      {
        id: 'own',
        sha256: 'a',
        totalMonthlyUsd: '60',
        differencePct: 0,
        changes: [],
        reason: null,
      },
      {
        id: 'other',
        sha256: 'b',
        totalMonthlyUsd: null,
        differencePct: null,
        changes: [{ tenant: 'A', from: 'cheap top_k 5', to: 'none' }],
        reason: 'A: dear has no price',
      },
    ],
    tenants: [priceTenant()],
    leftOut: [],
    whatIf: { configurations: [], tenants: [] },
    standardise: {
      verdict: 'customise',
      ways: [
        { way: 'standard', ...way },
        { way: 'per-tier', ...way },
        { way: 'per-tenant', ...way },
      ],
      savingUsd: '40',
      savingPlusMinusUsd: '2',
      savingPct: 40,
      customisingCostUsd: '0',
      furtherCostUsd: '0',
      says: 'One a tenant saves $40.00: worth it.',
    },
    tiers: [priceTier()],
    movers: {
      movers: [{ tenant: 'A', from: 'gold', to: 'silver', paysUsd: '100', wouldPayUsd: '50' }],
      revenueBeforeUsd: '100',
      revenueAfterUsd: '50',
      assumption: 'Everybody takes the cheapest.',
      reason: null,
    },
    proposal: {
      targetMarginPct: 60,
      tiers: [
        {
          tier: 'tier-1',
          upToQueries: 1_000,
          plan: {
            kind: 'commit',
            commitUsd: '30',
            includedQueries: 1_000,
            overageUsdPerQuery: '0.025',
          },
          tenants: ['A'],
        },
      ],
      margins: [priceTier({ tier: 'tier-1', grossMarginPct: 60 })],
      underwaterTenants: 0,
      belowTarget: [],
      wouldMove: 0,
      holds: true,
      rule: 'By the 80th percentile.',
      says: 'Holds: no tier is under 60 %.',
    },
    tornado: [
      {
        factor: 'volume',
        low: { changePct: -20, profitUsd: '-1.5', grossMarginPct: null },
        high: { changePct: 20, profitUsd: '48', grossMarginPct: 38.4 },
        swingUsd: '49.5',
        how: 'Every tenant asks more or less.',
      },
    ],
    tornadoLeft: [{ factor: 'mix', reason: 'the heaviest tenth of the tenants asks everything' }],
    monteCarlo: {
      draws: 1_000,
      seed: 42,
      costUsd: { p5: '55', p50: '60', p95: '66' },
      grossMarginPct: { p5: 34, p50: 40, p95: 45 },
      overBudget: [{ tenant: 'A', probability: 0.25 }],
      overBudgetTenants: 1,
      driftOutProbability: 0.012,
      assumptions: ['Drawn.'],
      reason: null,
    },
    assumptions: ['Prices stay.'],
    reason: null,
    ...change,
  }
}
