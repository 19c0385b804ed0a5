/**
 * `tenants.three-provisioned`: at least three tenants are in the database, have chunks there, and
 * answered from their own documents.
 */
import type { CheckResult } from '../../../src/base/verdict.ts'
import type { Database } from '../../../src/index.ts'

/** What was seen of one tenant's answers. */
export interface TenantAnswers {
  readonly tenant: string
  /** Chunks that it holds; documents where chunks are not shown. */
  readonly chunks: number
  readonly answered: number
  /** Answers whose sources held the document with the answer. */
  readonly fromOwn: number
}

/** What of a tenant is known to be there, and in what its corpus is counted. */
export interface ProvisionedInput {
  readonly created: ReadonlySet<string>
  readonly counted: 'chunks' | 'documents'
  readonly tenants: readonly TenantAnswers[]
}

const leastTenants = 3

/** Judges the reference system; `operator` says who is in the database. */
export async function checkProvisioned(
  operator: Database,
  tenants: readonly TenantAnswers[],
): Promise<CheckResult> {
  const { rows } = await operator.query<{ tenant: string }>(
    'select tenant_id as tenant from tenants join placements using (tenant_id) join ' +
      'namespace_sizes using (tenant_id) where records > 0',
  )
  return judgeProvisioned({
    created: new Set(rows.map(({ tenant }) => tenant)),
    counted: 'chunks',
    tenants,
  })
}

/** Judges any system by what is known of it. */
export function judgeProvisioned({ created, counted, tenants }: ProvisionedInput): CheckResult {
  const id = 'tenants.three-provisioned'
  const complete = tenants.filter(
    ({ tenant, chunks, answered, fromOwn }) =>
      created.has(tenant) && chunks > 0 && answered > 0 && fromOwn > 0,
  )
  const lacking = tenants
    .filter((each) => !complete.includes(each))
    .map(
      ({ tenant, chunks, answered, fromOwn }) =>
        `${tenant} (${created.has(tenant) ? 'created' : 'not created'}, ${chunks} ${counted}, ` +
        `${answered} answers, ${fromOwn} from its own documents)`,
    )
  if (new Set(complete.map(({ tenant }) => tenant)).size < leastTenants || lacking.length > 0)
    return {
      id,
      verdict: 'fail',
      evidence:
        `${complete.length} of ${tenants.length} tenants created, fed and queried; ` +
        `${leastTenants} are needed. Lacking: ${lacking.join(', ') || 'none'}.`,
    }
  const sum = (of: (each: TenantAnswers) => number): number =>
    complete.reduce((total, each) => total + of(each), 0)
  return {
    id,
    verdict: 'pass',
    evidence:
      `${complete.length} tenants created, fed and queried: ` +
      `${sum(({ chunks }) => chunks)} ${counted}, ${sum(({ answered }) => answered)} ` +
      `answers, ${sum(({ fromOwn }) => fromOwn)} of them from the document that holds ` +
      `the answer, at least ${Math.min(...complete.map(({ fromOwn }) => fromOwn))} for ` +
      'each tenant.',
  }
}
