/** What a run is told. */
import type { Clock } from '../../src/base/clock.ts'
import type { PicoUsd } from '../../src/base/money.ts'
import type { ProviderEndpoints } from '../../src/index.ts'
import type { CheckResult } from '../../src/base/verdict.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import type { RecordedRun } from '../compare/compare-runs.ts'
import type { OwnMonthResult } from '../reconcile/check-own-month.ts'
import type { Observed } from '../measure/sample.ts'
import type { Provisioned } from './provision/provision.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { Layers } from '../target/reference/layers.ts'
import type { Target } from '../target/target.ts'
import type { ProgressListener } from './progress.ts'
import type { ReferenceParts } from './system/system.ts'
import type { Environment } from './system/target-plan.ts'

/** How a run is to be done. `databaseUrl` is a secret. */
export interface RunOptions {
  readonly scenario: LoadedScenario
  readonly runId: string
  readonly runDir: string
  /** Nobody asked for this folder by name: when it is taken, a numbered one will do. */
  readonly mayNumber?: boolean
  readonly databaseUrl: string | null
  readonly keepTexts: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly progress: ProgressListener
  readonly code: RunRecord['code']
  /** Where a target of the user's finds what its headers name; only they are filled from it. */
  readonly environment?: Environment
  /** The vendors themselves, in place of local ones; a secret. */
  readonly live?: ProviderEndpoints | null
  /** The most that may be spent; null for no cap. */
  readonly maxSpend?: PicoUsd | null
  /** Whether what is done is kept when the run is interrupted. */
  readonly isResumable?: boolean
  /**
   * The folder is that of an interrupted run of the same scenario: what it has done is not asked
   * again.
   */
  readonly isResumed?: boolean
  /** Holds the finished run against earlier ones; what it says is a check of the run. */
  readonly compareWith?: ((run: RecordedRun) => Promise<CheckResult>) | null
  /** Layers that break isolation on purpose, for tests. */
  readonly sabotage?: Sabotage
  /**
   * The user's own month, if it was reconciled: it is the check then, and the run's own is told
   * beside it.
   */
  readonly ownMonth?: OwnMonthResult | null
  /** More to check while the system is still up, after the month is closed: for readiness. */
  readonly whileUp?: (up: SystemUp) => Promise<readonly CheckResult[]>
}

/** The system under test while it runs. */
export interface SystemUp {
  readonly target: Target
  /** What only the reference system has; null on another. */
  readonly reference: ReferenceParts | null
  readonly provisioned: Provisioned
  readonly observed: readonly Observed[]
  readonly signal: AbortSignal
}

/**
 * Ways to break the reference system on purpose. `sql` runs as the superuser after provisioning.
 */
export interface Sabotage extends Layers {
  readonly afterProvisioning?: (adminUrl: string) => Promise<void>
}
