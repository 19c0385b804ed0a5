/** Row security that is off for a table. */
import type { Mutant } from '../mutant.ts'
const content = ['chunks', 'documents', 'prompt_templates'] as const
const others = [
  'namespace_sizes',
  'usage_events',
  'charges',
  'ledger',
  'tenants',
  'placements',
  'tenant_configs',
  'tenant_config_history',
] as const

/** One mutant a table. */
export const rowSecurityOff: readonly Mutant[] = [...content, ...others].map((table) => ({
  id: `schema.row-security-off.${table}`,
  vector: 'A02',
  layer: 'schema',
  severity: (content as readonly string[]).includes(table) ? 'critical' : 'high',
  what: `row security is off on ${table}`,
  sql: `alter table ${table} disable row level security`,
}))
