/**
 * What pricing says, as JSON with money in decimal strings: the shape that others read. What is
 * null has its reason beside it.
 */

/** A configuration that no other beats in cost, quality and p95 at once. */
export interface PricePareto {
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
  readonly costPerQueryUsd: string
  readonly quality: number
  readonly p95Ms: number | null
  readonly probability: number | null
}

/** A tenant with the configuration that it should get. */
export interface PriceTenant {
  readonly tenant: string
  readonly tier: string
  readonly currentModel: string
  readonly currentTopK: number
  readonly currentRerank: boolean
  readonly currentCostPerQueryUsd: string
  readonly optimalModel: string | null
  readonly optimalTopK: number | null
  readonly optimalRerank: boolean | null
  /** Whether nobody ran the optimal one. */
  readonly optimalIsDerived: boolean | null
  readonly projectedCostPerQueryUsd: string | null
  readonly low95Usd: string | null
  readonly high95Usd: string | null
  readonly monthlyDifferenceUsd: string | null
  readonly probability: number | null
  readonly qualitySource: 'measured' | 'modelled' | null
  readonly reason: string
  readonly flipsWhen: string | null
  readonly pareto: readonly PricePareto[]
  readonly notMeasured: readonly string[]
}

/** A tenant under a configuration that nobody ran. */
export interface PriceWhatIf {
  readonly tenant: string
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
  readonly costPerQueryUsd: string
  readonly low95Usd: string
  readonly high95Usd: string
  readonly monthlyUsd: string
  readonly monthlyDifferenceUsd: string
  readonly quality: {
    readonly share: number
    readonly low95: number
    readonly high95: number
    readonly questions: number
    readonly source: 'measured' | 'modelled'
  } | null
  readonly p95Ms: number | null
  readonly infeasible: boolean
}

/** All tenants for whom it was derived, under such a configuration. */
export interface PriceWhatIfFleet {
  readonly model: string
  readonly topK: number
  readonly rerank: boolean
  readonly tenants: number
  readonly monthlyUsd: string
  readonly low95Usd: string
  readonly high95Usd: string
  readonly todayUsd: string
  readonly differenceUsd: string
  readonly infeasible: number
  readonly notMeasured: number
}

/** The same usage by another book; the first is the run's own. */
export interface PriceBookTotal {
  readonly id: string
  readonly sha256: string
  readonly totalMonthlyUsd: string | null
  readonly differencePct: number | null
  /** Tenants that should get another configuration under this book than under the run's own. */
  readonly changes: readonly {
    readonly tenant: string
    readonly from: string
    readonly to: string
  }[]
  readonly reason: string | null
}

/** What a tier earns. */
export interface PriceTier {
  readonly tier: string
  readonly tenants: number
  readonly queries: number
  readonly revenueUsd: string | null
  readonly costUsd: string
  readonly grossMarginPct: number | null
  readonly markupPct: number | null
  readonly reason: string | null
  readonly underwaterTenants: number | null
  readonly underwater: readonly {
    readonly tenant: string
    readonly revenueUsd: string
    readonly costUsd: string
  }[]
  readonly breakEvenQueries: number | null
  readonly breakEvenUpToQueries: number | null
  readonly breakEvenReason: string | null
}

/** Who would change plans. */
export interface PriceMovers {
  readonly movers: readonly {
    readonly tenant: string
    readonly from: string
    readonly to: string
    readonly paysUsd: string
    readonly wouldPayUsd: string
  }[]
  readonly revenueBeforeUsd: string | null
  readonly revenueAfterUsd: string | null
  readonly assumption: string
  readonly reason: string | null
}

/** One end of a swing of the fleet's profit. */
export interface PriceSwingEnd {
  readonly changePct: number
  readonly profitUsd: string
  readonly grossMarginPct: number | null
}

/** What a factor does to the fleet's profit. */
export interface PriceSwing {
  readonly factor: 'model-price' | 'top-k' | 'volume' | 'mix'
  readonly low: PriceSwingEnd
  readonly high: PriceSwingEnd
  readonly swingUsd: string
  readonly how: string
}

/** A plan as it would be written into a file of plans. */
export interface PricePlan {
  readonly kind: 'commit'
  readonly commitUsd: string
  readonly includedQueries: number
  readonly overageUsdPerQuery: string
}

/** Tiers for a target margin. */
export interface PriceProposal {
  readonly targetMarginPct: number
  readonly tiers: readonly {
    readonly tier: string
    readonly upToQueries: number
    readonly plan: PricePlan
    readonly tenants: readonly string[]
  }[]
  readonly margins: readonly PriceTier[]
  readonly underwaterTenants: number
  readonly belowTarget: readonly string[]
  readonly wouldMove: number
  readonly holds: boolean
  readonly rule: string
  readonly says: string
}

/** The fleet under one way of giving out configurations. */
export interface PriceWay {
  readonly way: 'standard' | 'per-tier' | 'per-tenant'
  readonly configurations: readonly string[]
  readonly satisfied: number
  readonly tenants: number
  readonly costUsd: string
  readonly low95Usd: string
  readonly high95Usd: string
  readonly grossMarginPct: number | null
  readonly quality: {
    readonly share: number
    readonly low95: number
    readonly high95: number
  } | null
}

/** Whether customising pays. */
export interface PriceStandardise {
  readonly verdict: 'customise' | 'standardise' | 'undecided' | 'none'
  readonly ways: readonly PriceWay[]
  readonly savingUsd: string | null
  readonly savingPlusMinusUsd: string | null
  readonly savingPct: number | null
  readonly customisingCostUsd: string
  readonly furtherCostUsd: string | null
  readonly says: string
}

/** How far a month may come out otherwise. */
export interface PriceMonteCarlo {
  readonly draws: number
  readonly seed: number
  readonly costUsd: { readonly p5: string; readonly p50: string; readonly p95: string } | null
  readonly grossMarginPct: {
    readonly p5: number
    readonly p50: number
    readonly p95: number
  } | null
  readonly overBudget: readonly { readonly tenant: string; readonly probability: number }[]
  readonly overBudgetTenants: number
  readonly driftOutProbability: number | null
  readonly assumptions: readonly string[]
  readonly reason: string | null
}

/** The report. */
export interface PriceReport {
  readonly source: {
    readonly kind: 'run' | 'simulation'
    readonly runId: string
    readonly scenario: string
  }
  readonly priceBooks: readonly PriceBookTotal[]
  readonly tenants: readonly PriceTenant[]
  /** Tenants whose cost today is not known: nothing below counts them. */
  readonly leftOut: readonly { readonly tenant: string; readonly reason: string }[]
  /** Configurations that nobody ran. */
  readonly whatIf: {
    readonly configurations: readonly PriceWhatIfFleet[]
    readonly tenants: readonly PriceWhatIf[]
  }
  readonly standardise: PriceStandardise
  readonly tiers: readonly PriceTier[]
  readonly movers: PriceMovers
  readonly proposal: PriceProposal
  readonly tornado: readonly PriceSwing[]
  readonly tornadoLeft: readonly { readonly factor: string; readonly reason: string }[]
  readonly monteCarlo: PriceMonteCarlo
  readonly assumptions: readonly string[]
  /** Why nothing could be priced, or null. */
  readonly reason: string | null
}
