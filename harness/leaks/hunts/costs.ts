/**
 * What was used is charged to who used it: each tenant's books hold its own requests, all of them,
 * and nobody else's.
 */
import { queryAsTenant } from '../../../src/index.ts'
import type { Hunt, HuntTenant } from './hunt.ts'
import { inOneGo } from './reading.ts'

/** The hunt. */
export const costs: Hunt = {
  id: 'costs.own',
  vector: 'F18',
  what: "lets tenants ask at once and reads each one's usage, charges and ledger",
  async run({ newTenant, ask, target, tenants }, watch) {
    const two = [await newTenant('pays-a'), await newTenant('pays-b')]
    const requests = [0, 1, 2].flatMap((round) =>
      two.map((tenant) => ({ tenant, id: `pays-${round}` })),
    )
    const answered = await Promise.all(
      requests.map(async ({ tenant, id }) =>
        (await ask(tenant, { id })).outcome === 'answered' ? [tenant.id] : [],
      ),
    )
    for (const { id } of [...two, ...tenants]) {
      const lines = await inOneGo(
        target.database,
        id,
        'select to_jsonb(found)::text as seen from usage_events as found union all select ' +
          'to_jsonb(found)::text from charges as found union all select to_jsonb(found)::text ' +
          'from ledger as found limit 2000',
      )
      watch.saw(
        id,
        { boundary: 'cost-lines', role: 'app', state: 'shared', attempt: 'all lines' },
        lines,
      )
    }
    for (const tenant of two) {
      const own = await countOf(target, tenant)
      const asked = answered.flat().filter((id) => id === tenant.id).length
      watch.held(
        {
          boundary: 'cost-lines',
          role: 'app',
          state: 'shared',
          attempt: `requests of ${tenant.id}`,
        },
        {
          holds: own === asked,
          control: asked > 0,
          what: `tenant ${tenant.id} was answered ${asked} times and charged for ${own} requests`,
        },
      )
    }
  },
}

async function countOf(
  { database }: Parameters<Hunt['run']>[0]['target'],
  { id }: HuntTenant,
): Promise<number> {
  const [row] = await queryAsTenant<{ requests: number }>(database, id, {
    text:
      'select count(distinct request_id)::int as requests from usage_events where ' +
      "operation = 'chat' and request_id like '%pays-%'",
    values: [],
  })
  return row?.requests ?? 0
}
