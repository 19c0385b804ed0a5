/** What a tenant's requests run with: its own row over its tier's, checked. */
import { z } from 'zod'
import { TenantbenchError } from '../base/errors.ts'
import {
  defaultTemplate,
  parsePromptTemplate,
  parseSlotValues,
  type PromptTemplate,
  type SlotValues,
} from './prompt-template.ts'

const settings = {
  model: z.string().min(1),
  topK: z.int().min(1).max(100),
  rerank: z.boolean(),
  temperature: z.number().min(0).max(2),
  maxOutputTokens: z.int().min(1).max(32_768),
  promptTemplate: z.string().min(1),
  monthlyBudgetUsd: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'a decimal number of dollars')
    .nullable(),
} as const

/**
 * What a tier or a tenant's row may set. Limits are the table's own; null in a row means that the
 * level below decides.
 */
export const configSettingsSchema = z.strictObject(settings).partial()

/** What a tier sets for all its tenants, or a tenant for itself. */
export type ConfigSettings = Readonly<z.infer<typeof configSettingsSchema>>

const rowSchema = z.strictObject({
  ...settings,
  version: z.int().positive(),
  tierVersion: z.int().nonnegative(),
  templateVersion: z.int().nonnegative(),
  promptValues: z.record(z.string(), z.unknown()),
  templateBody: z.string().nullable(),
  templateSlots: z.unknown(),
})

/** A tenant's configuration, complete. */
export interface TenantConfig extends Readonly<z.infer<z.ZodObject<typeof settings>>> {
  /**
   * Of the tenant's own row, of its tier's, and of its own template (0: there is none). Each grows
   * with each change.
   */
  readonly version: number
  readonly tierVersion: number
  readonly templateVersion: number
  /** The template that `promptTemplate` names, taken apart, and the values of its slots. */
  readonly template: PromptTemplate
  readonly promptValues: SlotValues
}

/**
 * What a signup or an operator decides for one tenant; what is left out is the tier's to decide.
 */
export interface NewTenantConfig extends ConfigSettings {
  readonly promptValues?: Readonly<Record<string, unknown>>
}

/**
 * Checks the row of a tenant, as read from `effective_tenant_configs` with the template it names.
 * It is checked here too because a database can be changed without us. Throws TB_CONFIG_INVALID or
 * TB_TEMPLATE_INVALID with every fault.
 */
export function parseTenantConfig(value: unknown): TenantConfig {
  const parsed = rowSchema.safeParse(value)
  if (!parsed.success) throw invalid(parsed.error.issues)
  const { templateBody, templateSlots, promptValues, ...row } = parsed.data
  const template = templateOf(row.promptTemplate, { body: templateBody, slots: templateSlots })
  return { ...row, template, promptValues: parseSlotValues(template, promptValues) }
}

/** Checks what a row is to hold. Throws TB_CONFIG_INVALID with every fault. */
export function parseConfigSettings(value: unknown): ConfigSettings {
  const parsed = configSettingsSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalid(parsed.error.issues)
}

function templateOf(
  name: string,
  stored: { readonly body: string | null; readonly slots: unknown },
): PromptTemplate {
  if (name === 'default') return defaultTemplate
  if (stored.body !== null) return parsePromptTemplate({ body: stored.body, slots: stored.slots })
  throw new TenantbenchError('TB_CONFIG_INVALID', {
    detail: `The tenant has no prompt template ${JSON.stringify(name)}.`,
  })
}

function invalid(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): TenantbenchError {
  const faults = issues.map(({ path, message }) => ({ path: path.join('.'), line: null, message }))
  return new TenantbenchError('TB_CONFIG_INVALID', {
    detail: faults.map(({ path, message }) => `${path}: ${message}`).join('; '),
    faults,
  })
}
