/**
 * Layers between the parts of the reference system: how a fault is planted in it on purpose.
 * Without any it is what a service would compose; the modules in src know of none.
 */
import type { TenantId } from '../../../src/base/tenant-id.ts'
import type {
  Answer,
  ConfigStore,
  IngestRequest,
  Providers,
  Question,
  TenantDatabase,
} from '../../../src/index.ts'

/** What may be laid over what. */
export interface Layers {
  /** Between the modules and the tapped providers. */
  readonly decorate?: (providers: Providers) => Providers
  /** Between the modules and the tenants' pool; called once for every pool. */
  readonly decorateDatabase?: (database: TenantDatabase) => TenantDatabase
  readonly decorateConfigs?: (configs: ConfigStore) => ConfigStore
  readonly decorateIngest?: (request: IngestRequest) => IngestRequest
  readonly decorateQuestion?: (question: Question) => Question
  readonly decorateAnswer?: (answer: Answer, tenantId: TenantId) => Answer
}
