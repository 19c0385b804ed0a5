/**
 * One statement, prepared once, run for two tenants in turn. PostgreSQL plans it anew five times
 * and then keeps a plan; whatever of the first tenant went into that plan would be served to the
 * second.
 */
import { withTenant } from '../../../src/index.ts'
import type { Hunt } from './hunt.ts'
import { inOneGo, textsOf } from './reading.ts'

const untilKept = 7
const text = 'select to_jsonb(chunks)::text as seen from chunks limit 500'

/** The hunt. */
export const prepared: Hunt = {
  id: 'session.prepared',
  vector: 'B25',
  what:
    'runs one prepared statement for a tenant until its plan is kept, then for another ' +
    'tenant on the same connection',
  async run({ tenants, openPool }, watch) {
    await using one = openPool(1)
    const at = (attempt: string) =>
      ({ boundary: 'rows', role: 'app', state: 'with a prepared statement', attempt }) as const
    for (const { id } of [
      ...Array.from({ length: untilKept }, () => tenants[0]),
      ...tenants,
      tenants[0],
    ])
      watch.saw(id, at('by the driver'), await inOneGo(one, id, text))
    await withTenant(one, tenants[0].id, (session) => session.query(`prepare hunted as ${text}`))
    for (const { id } of [...Array.from({ length: untilKept }, () => tenants[1]), ...tenants]) {
      watch.saw(
        id,
        at('by PREPARE'),
        await withTenant(one, id, async (session) =>
          textsOf((await session.query('execute hunted')).rows),
        ),
      )
    }
    await one.app.query('deallocate hunted')
  },
}
