/**
 * What a reconciliation says, as JSON with money in decimal strings: the shape that others read
 * (DESIGN section 5).
 */

/** A component, or all of them. */
export interface ReconcileComponent {
  readonly component: string
  readonly allocatedUsd: string
  readonly billedUsd: string
  readonly driftPct: number | null
  readonly verdict: 'pass' | 'warn' | 'stop'
}

/**
 * A cause with where most of it is. `usd` is allocated less billed: negative where the bill is
 * higher.
 */
export interface ReconcileCause {
  readonly cause: string
  readonly usd: string
  readonly events: number
  /** Some requests behind the largest part, where the events are at hand. */
  readonly requests: readonly string[]
  readonly where: readonly {
    readonly component: string
    readonly product: string | null
    readonly day: string | null
    readonly usd: string
    readonly events: number
    readonly why: string
  }[]
}

/** The report. */
export interface ReconcileReport {
  readonly month: string
  /** Whose bills these are. */
  readonly subject: 'simulated bills' | 'your bills'
  readonly verdict: 'pass' | 'warn' | 'stop'
  readonly components: readonly ReconcileComponent[]
  readonly usage: ReconcileComponent
  readonly total: ReconcileComponent
  readonly gapUsd: string
  readonly causes: readonly ReconcileCause[]
  readonly unallocatedUsd: string
  readonly unallocated: readonly { readonly component: string; readonly usd: string }[]
  /** Whether the sums are what they should be, to the pico-dollar. */
  readonly closes: {
    readonly ledger: boolean
    readonly causes: boolean
    readonly bill: boolean | null
  }
  readonly events: number
  readonly tenants: readonly { readonly tenant: string; readonly usd: string }[]
  readonly priceBook: { readonly id: string; readonly sha256: string }
  /** After how many hours UTC a provider's days begin, where that is not midnight. */
  readonly dayBegins: readonly { readonly provider: string; readonly hours: number }[]
  readonly simulation: {
    readonly fault: string | null
    readonly what: string
    readonly expectedCause: string | null
    readonly expectedGapUsd: string
    readonly ownLedgerAgrees: boolean
  } | null
  readonly timing: { readonly recordSeconds: number; readonly reconcileSeconds: number } | null
}
