/** What an audit is told. */
import type { ThreatModel } from '../base/finding.ts'
import type { Clock } from '../base/clock.ts'
import type { ThrowawayServer } from './clone/server.ts'
import type { NamedRole } from './reach/sessions.ts'
import type { StatedTenancy } from './tenancy/model.ts'

/** A finding that is accepted, by its key, with the reason. */
export interface Exception {
  readonly key: string
  readonly reason: string
}

/** What an audit is doing. */
export type AuditStage = 'catalogue' | 'rules' | 'clone' | 'probes' | 'fix-check'

/** What is judged, and how. `databaseUrl` is a secret. */
export interface AuditOptions {
  readonly databaseUrl: string
  readonly roles: readonly NamedRole[]
  readonly probe: 'clone' | 'template' | 'readonly' | 'off'
  readonly threatModel: ThreatModel
  readonly stated: StatedTenancy
  readonly exceptions: readonly Exception[]
  /** Apply the mends on a clone and audit that. */
  readonly fixCheck: boolean
  readonly signal: AbortSignal
  readonly clock: Clock
  /** A throw-away server of a major version, for the clone. */
  readonly openServer: (majorVersion: number) => Promise<ThrowawayServer>
  readonly onStage: (stage: AuditStage) => void
}
