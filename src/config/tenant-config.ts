/** What a tenant's requests run with: the row in `tenant_configs`, checked. */
import { z } from 'zod'
import { TenantbenchError } from '../base/errors.ts'

/** Limits are the table's own; the row is checked again here because a database can be changed without us. */
export const tenantConfigSchema = z.strictObject({
  version: z.int().positive(),
  model: z.string().min(1),
  topK: z.int().min(1).max(100),
  rerank: z.boolean(),
  temperature: z.number().min(0).max(2),
  maxOutputTokens: z.int().min(1).max(32_768),
  promptTemplate: z.string().min(1),
  monthlyBudgetUsd: z.string().regex(/^\d+(\.\d+)?$/, 'a decimal number of dollars').nullable(),
})

/** A tenant's configuration. */
export type TenantConfig = Readonly<z.infer<typeof tenantConfigSchema>>

/** What a signup or an operator decides; the version is the database's. */
export type NewTenantConfig = Pick<TenantConfig, 'model' | 'topK' | 'rerank' | 'monthlyBudgetUsd'> & Partial<Pick<TenantConfig, 'temperature' | 'maxOutputTokens' | 'promptTemplate'>>

/** Checks a configuration. Throws TB_CONFIG_INVALID with every fault. */
export function parseTenantConfig(value: unknown): TenantConfig {
  const parsed = tenantConfigSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), line: null, message }))
  throw new TenantbenchError('TB_CONFIG_INVALID', { detail: faults.map(({ path, message }) => `${path}: ${message}`).join('; '), faults })
}
