/**
 * Writing configuration: a tier's and a tenant's as the operator, a tenant's templates in the
 * tenant's own session.
 */
import { isoTime, type Clock } from '../base/clock.ts'
import type { TenantId } from '../base/tenant-id.ts'
import type { Database } from '../db/pool.ts'
import { queryAsTenant, type TenantDatabase } from '../isolation/tenant-session.ts'
import { parsePromptTemplate, type WrittenTemplate } from './prompt-template.ts'
import { parseConfigSettings, type ConfigSettings, type NewTenantConfig } from './tenant-config.ts'

const columns =
  'model, top_k, rerank, temperature, max_output_tokens, prompt_template, monthly_budget_usd'
const replaced = columns
  .split(', ')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')

function valuesOf(settings: ConfigSettings): readonly (string | number | boolean | null)[] {
  const { model, topK, rerank, temperature, maxOutputTokens, promptTemplate, monthlyBudgetUsd } =
    parseConfigSettings(settings)
  return [
    model ?? null,
    topK ?? null,
    rerank ?? null,
    temperature ?? null,
    maxOutputTokens ?? null,
    promptTemplate ?? null,
    monthlyBudgetUsd ?? null,
  ]
}

/**
 * Gives a tenant its first configuration or replaces the one it has. Throws TB_CONFIG_INVALID
 * before anything is written.
 */
export async function writeConfig(
  operator: Database,
  clock: Clock,
  change: { readonly tenantId: TenantId; readonly config: NewTenantConfig },
): Promise<void> {
  const { promptValues = {}, ...settings } = change.config
  await operator.query(
    `insert into tenant_configs (tenant_id, changed_at, prompt_values, ${columns}) values ($1, $2,
      $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (tenant_id) do update set changed_at = excluded.changed_at, prompt_values =
       excluded.prompt_values, ${replaced}`,
    [change.tenantId, isoTime(clock.nowMs()), JSON.stringify(promptValues), ...valuesOf(settings)],
  )
}

/**
 * Makes a tier or replaces its defaults; all its tenants follow at once. Throws TB_CONFIG_INVALID
 * before anything is written.
 */
export async function writeTier(
  operator: Database,
  clock: Clock,
  change: { readonly tier: string; readonly settings: ConfigSettings },
): Promise<void> {
  await operator.query(
    `insert into tiers (tier, changed_at, ${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tier) do update set changed_at = excluded.changed_at, ${replaced}`,
    [change.tier, isoTime(clock.nowMs()), ...valuesOf(change.settings)],
  )
}

/**
 * Writes a template of a tenant, in the tenant's own session. Throws TB_TEMPLATE_INVALID before
 * anything is written.
 */
export async function writePromptTemplate(
  database: TenantDatabase,
  clock: Clock,
  change: {
    readonly tenantId: TenantId
    readonly name: string
    readonly template: WrittenTemplate
  },
): Promise<void> {
  const { tenantId, name, template } = change
  parsePromptTemplate(template)
  await queryAsTenant(database, tenantId, {
    text: `insert into prompt_templates (tenant_id, name, body, slots, changed_at) values ($1, $2, $3, $4, $5)
      on conflict (tenant_id, name) do update set body = excluded.body, slots = excluded.slots,
        changed_at = excluded.changed_at`,
    values: [tenantId, name, template.body, JSON.stringify(template.slots), isoTime(clock.nowMs())],
  })
}
