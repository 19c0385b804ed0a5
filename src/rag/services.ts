/** What a RAG request runs on. This room sees tenant sessions, never the pool. */
import type { Clock } from '../base/clock.ts'
import type { TenantId } from '../base/tenant-id.ts'
import type { ProviderUsage } from '../base/usage.ts'
import type { ConfigStore } from '../config/config-store.ts'
import { usageEvent, type UsageEvent } from '../cost/charge.ts'
import { recordUsage } from '../cost/store/usage.ts'
import type { TenantDatabase } from '../isolation/tenant-session.ts'
import type { Providers } from '../providers/providers.ts'

/** Models that all tenants share, because an index holds vectors of one model. */
export interface SharedModels {
  readonly embedding: { readonly model: string; readonly dimensions: number }
  readonly reranker: string
}

/** Everything a request needs. */
export interface RagServices {
  readonly database: TenantDatabase
  readonly providers: Providers
  readonly configs: ConfigStore
  readonly models: SharedModels
  readonly clock: Clock
  /** Hears of usage once it is recorded. */
  readonly onMetered?: (events: readonly UsageEvent[]) => void
}

/** Writes what a request's calls used to the tenant's account. */
export async function meter(
  services: RagServices,
  tenantId: TenantId,
  request: { readonly requestId: string; readonly usage: readonly ProviderUsage[] },
): Promise<void> {
  const nowMs = services.clock.nowMs()
  const seen = new Map<string, number>()
  const events = request.usage.map((usage) => {
    const key = `${usage.operation}:${usage.attempt}`
    const part = seen.get(key) ?? 0
    seen.set(key, part + 1)
    return usageEvent(tenantId, request.requestId, { usage, occurredAtMs: nowMs, part })
  })
  await recordUsage(services.database, events, nowMs)
  services.onMetered?.(events)
}
