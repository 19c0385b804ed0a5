/**
 * A nightly job that goes through all tenants on one connection, fails for some, tries again, and
 * must write to each its own.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import { withTenant, type TenantDatabase } from '../../../src/index.ts'
import type { Hunt, HuntTenant } from './hunt.ts'
import { errorTexts, inOneGo, inSession } from './reading.ts'

/** The hunt. */
export const batch: Hunt = {
  id: 'jobs.batch',
  vector: 'E20',
  what:
    'goes through tenants on one connection, fails for every second, retries them in ' +
    'another order, and reads what each was given',
  async run({ newTenant, openPool }, watch) {
    const tenants = [
      await newTenant('batch-a'),
      await newTenant('batch-b'),
      await newTenant('batch-c'),
    ]
    await using one = openPool(1)
    const waiting: HuntTenant[] = []
    for (const [at, tenant] of tenants.entries()) {
      await errorTexts(write(one, tenant, at % 2 === 0))
      if (at % 2 === 0) waiting.push(tenant)
    }
    for (const tenant of waiting.reverse()) await write(one, tenant, false)
    const text = 'select to_jsonb(documents)::text as seen from documents'
    for (const { id } of tenants) {
      watch.saw(
        id,
        { boundary: 'rows', role: 'app', state: 'recycled', attempt: 'in a session' },
        await inSession(one, id, text),
      )
      watch.saw(
        id,
        { boundary: 'rows', role: 'app', state: 'recycled', attempt: 'in one go' },
        await inOneGo(one, id, text),
      )
    }
  },
}

/**
 * Whose row it is says the connection, as a job would have it; the title says whose it should be.
 */
async function write(
  one: TenantDatabase,
  { id, canary }: HuntTenant,
  fails: boolean,
): Promise<void> {
  await withTenant(one, id, async (session) => {
    await session.query(
      "insert into documents values (current_setting('tenantbench.tenant_id', true), " +
        "'summary', $1, 'hash', 1, '2026-11-01')",
      [`Summary (${canary})`],
    )
    if (fails) throw new TenantbenchError('TB_BUG')
  })
}
