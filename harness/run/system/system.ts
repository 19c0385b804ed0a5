/**
 * The system under test as a run has it: the target that is asked, and what only some systems can
 * say of themselves. The reference system brings services, books and a bill; a module or a service
 * of the user's brings what it chooses to tell.
 */
import type { PicoUsd } from '../../../src/base/money.ts'
import type { CheckResult } from '../../../src/base/verdict.ts'
import type { Reconciliation } from '../../../src/index.ts'
import type { RunRecord } from '../../../reports/record/record.ts'
import type { Incidents } from '../../reconcile/month.ts'
import type { CostOf } from '../../measure/cell-figures.ts'
import type { Observed, Sample } from '../../measure/sample.ts'
import type { ReferenceTarget } from '../../target/reference/reference-target.ts'
import type { RunTarget } from '../../target/recipe.ts'

/** A check that could not be made, and why. It is no pass. */
export type NotExamined = RunRecord['notExamined'][number]

/** What a run came to in money and time, once asking is over. */
export interface SystemBooks {
  readonly month: string
  /** What was observed, with the times that count. */
  readonly samples: readonly Sample[]
  readonly costOf: CostOf
  /** Why there is no cost where there is none. */
  readonly whyNoCost: string
  /** What each query carries of fixed cost, by cell. */
  readonly sharedByCell: ReadonlyMap<string, PicoUsd>
  /** The ledger against the bill; null where there is no bill. */
  readonly reconciliation: { readonly found: Reconciliation; readonly incidents: Incidents } | null
  /** Checks on the books themselves. */
  readonly checks: readonly CheckResult[]
  readonly notExamined: readonly NotExamined[]
  readonly warnings: readonly string[]
  readonly servicesPeakMemoryBytes: number
}

/** What the record says of the system itself. */
export interface SystemFacts extends Pick<RunRecord, 'services' | 'capacityLimits' | 'capacity'> {
  readonly environment: Pick<RunRecord['environment'], 'postgres' | 'database'>
  /** Where a tenant's vectors lie and what they weigh. */
  placeOf(tenant: string): Pick<RunRecord['tenants'][number], 'index' | 'storedBytes' | 'reason'>
  readonly assumptions: readonly string[]
}

/** What only the reference system has. `adminUrl` is a secret. */
export interface ReferenceParts {
  readonly target: ReferenceTarget
  readonly adminUrl: string
}

/** The system under test, open. */
export interface OpenSystem extends AsyncDisposable {
  readonly target: RunTarget
  /** Aborted when what it stands on is gone. */
  readonly lost: AbortSignal
  readonly reference: ReferenceParts | null
  /** Whether times and answers come from stand-ins of ours. */
  readonly isModelled: boolean
  /** Whether usage is counted by our own meter, and configurations are rows of our database. */
  readonly isMetered: boolean
  /** Changes that the scenario plants once tenants are fed. */
  plant(): Promise<void>
  closeBooks(observed: readonly Observed[]): Promise<SystemBooks>
  facts(): Promise<SystemFacts>
  /** Removes what the run created in it; what could not be removed comes back, in sentences. */
  release(): Promise<readonly string[]>
}
