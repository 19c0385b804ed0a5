/** An operator that sees content. */
import type { Mutant } from '../mutant.ts'
const opened = (table: string): Mutant => ({
  id: `roles.operator-reads.${table}`,
  vector: 'A18',
  layer: 'roles',
  severity: 'high',
  what: `the operator reads ${table}`,
  sql: `grant select on ${table} to {operator}; create policy peeks on ${table} for select to {operator} using (true)`,
})

/** One mutant a table. */
export const operatorReads: readonly Mutant[] = [
  opened('chunks'),
  opened('documents'),
  opened('prompt_templates'),
]
