/** What a run is told. */
import type { Clock } from '../../src/base/clock.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import type { Answer, Providers } from '../../src/index.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { ProgressListener } from './progress.ts'

/** How a run is to be done. `databaseUrl` is a secret. */
export interface RunOptions {
  readonly scenario: LoadedScenario
  readonly runId: string
  readonly runDir: string
  readonly databaseUrl: string | null
  readonly keepTexts: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly progress: ProgressListener
  readonly code: RunRecord['code']
  /** Layers that break isolation on purpose, for tests. */
  readonly sabotage?: Sabotage
}

/** Ways to break the reference system on purpose. `sql` runs as the superuser after provisioning. */
export interface Sabotage {
  readonly decorate?: (providers: Providers) => Providers
  readonly decorateAnswer?: (answer: Answer, tenantId: TenantId) => Answer
  readonly afterProvisioning?: (adminUrl: string) => Promise<void>
}
