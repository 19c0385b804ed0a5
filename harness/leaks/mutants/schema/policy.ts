/** The policies of the schema as a mutant changes them. */
import type { Mutant, MutantSeverity } from '../mutant.ts'

/** What a policy reads the tenant from. */
export const asker = "current_setting('tenantbench.tenant_id', true)"
/** The good condition. */
export const mine = `tenant_id = (select ${asker})`

/**
 * The tables with one policy for reading and writing; the others have one for reading and may have
 * more.
 */
const writable = ['chunks', 'documents', 'namespace_sizes', 'prompt_templates'] as const

/** A change of the condition that lets a table's rows be read. */
export interface PolicyChange {
  readonly table: string
  readonly using: string
  readonly vector: string
  readonly severity?: MutantSeverity
  readonly what: string
}

/** A mutant for each of them; what is written is still checked. */
export function policyOn(name: string, changes: readonly PolicyChange[]): readonly Mutant[] {
  return changes.map(({ table, using, vector, severity = 'critical', what }) => {
    const policy = (writable as readonly string[]).includes(table) ? 'tenant_rows' : 'tenant_reads'
    return {
      id: `schema.${name}.${table}`,
      vector,
      layer: 'schema',
      severity,
      what: `${what} (${table})`,
      sql: `alter policy ${policy} on ${table} using (${using})`,
    }
  })
}
