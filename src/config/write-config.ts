/** Writing a tenant's configuration, as the operator. */
import { isoTime, type Clock } from '../base/clock.ts'
import type { TenantId } from '../base/tenant-id.ts'
import type { Database } from '../db/pool.ts'
import { parseTenantConfig, type NewTenantConfig } from './tenant-config.ts'

const defaults = { version: 1, temperature: 0, maxOutputTokens: 1_024, promptTemplate: 'default' } as const

/** Gives a tenant its first configuration or replaces the one it has. Throws TB_CONFIG_INVALID before anything is written. */
export async function writeConfig(operator: Database, clock: Clock, change: { readonly tenantId: TenantId; readonly config: NewTenantConfig }): Promise<void> {
  const config = parseTenantConfig({ ...defaults, ...change.config })
  await operator.query(
    `insert into tenant_configs (tenant_id, model, top_k, rerank, temperature, max_output_tokens, prompt_template, monthly_budget_usd, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id) do update set model = excluded.model, top_k = excluded.top_k, rerank = excluded.rerank,
       temperature = excluded.temperature, max_output_tokens = excluded.max_output_tokens, prompt_template = excluded.prompt_template,
       monthly_budget_usd = excluded.monthly_budget_usd, changed_at = excluded.changed_at`,
    [change.tenantId, config.model, config.topK, config.rerank, config.temperature, config.maxOutputTokens, config.promptTemplate, config.monthlyBudgetUsd, isoTime(clock.nowMs())],
  )
}
