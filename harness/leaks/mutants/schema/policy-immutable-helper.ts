/** A context helper that promises never to change: PostgreSQL keeps its first answer in a plan. */
import type { Mutant } from '../mutant.ts'
/** The helper in SQL and in PL/pgSQL. */
export const policyImmutableHelper: readonly Mutant[] = [
  ['sql', "language sql immutable as 'select current_setting(''tenantbench.tenant_id'', true)'"],
  [
    'plpgsql',
    "language plpgsql immutable as 'begin return current_setting(''tenantbench.tenant_id'', true); end'",
  ],
].map(([language, body]) => ({
  id: `schema.policy-immutable-helper.${language}`,
  vector: 'B25',
  layer: 'schema',
  severity: 'critical',
  what: `the policy of chunks asks an IMMUTABLE function (${language})`,
  sql:
    `create function asking_tenant() returns text ${body}; alter policy tenant_rows on ` +
    'chunks using (tenant_id = asking_tenant())',
}))
