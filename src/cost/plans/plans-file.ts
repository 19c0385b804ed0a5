/**
 * A plan for each tier, as YAML: `plans: { tier: plan }`. All faults of a file at once, each with
 * path and line.
 */
import { z } from 'zod'
import { TenantbenchError, type Fault } from '../../base/errors.ts'
import { lineAt, placesOf, readYaml, written, type Place } from '../../base/yaml-input.ts'
import { planSchema, type Plan } from './plan.ts'

const fileSchema = z.strictObject({
  plans: z
    .record(z.string().min(1), planSchema)
    .refine((plans) => Object.keys(plans).length > 0, 'at least one tier with a plan'),
})

/**
 * Reads the text of a file. Every tier named must have a plan. Throws TB_PLANS_INVALID with every
 * fault.
 */
export function parsePlans(
  text: string,
  path: string,
  tiers: readonly string[],
): ReadonlyMap<string, Plan> {
  const input = readYaml(text)
  if (input.faults.length > 0) throw invalid(path, input.faults)
  const parsed = fileSchema.safeParse(valueOf(input, path))
  const at = ({ place, message }: { readonly place: Place; readonly message: string }): Fault => ({
    path: written(place),
    line: lineAt(input, place),
    message,
  })
  const given = new Set(namesIn(input))
  const missing = [...new Set(tiers)]
    .filter((tier) => !given.has(tier))
    .map((tier) => ({ place: ['plans'], message: `the tier ${JSON.stringify(tier)} has no plan` }))
  const faults = [...(parsed.success ? [] : parsed.error.issues.flatMap(placesOf)), ...missing].map(
    at,
  )
  if (faults.length > 0 || !parsed.success) throw invalid(path, faults)
  return new Map(Object.entries(parsed.data.plans))
}

function valueOf({ document }: ReturnType<typeof readYaml>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw invalid(path, [
      { path: '', line: null, message: error instanceof Error ? error.message : String(error) },
    ])
  }
}

/** Tiers that are written at all, also with a faulty plan: those are not missing as well. */
function namesIn({ document }: ReturnType<typeof readYaml>): readonly string[] {
  const plans: unknown = document.get('plans', true)
  if (
    typeof plans !== 'object' ||
    plans === null ||
    !('items' in plans) ||
    !Array.isArray(plans.items)
  )
    return []
  return plans.items.map((item: unknown) =>
    typeof item === 'object' && item !== null && 'key' in item ? String(item.key) : '',
  )
}

function invalid(path: string, faults: readonly Fault[]): TenantbenchError {
  return new TenantbenchError('TB_PLANS_INVALID', {
    detail: `${faults.length} in ${path}.`,
    faults,
  })
}
