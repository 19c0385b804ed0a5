/**
 * What may stay on a connection beside settings: temporary tables, cursors, subscriptions, locks,
 * the last number drawn.
 */
import { withTenant } from '../../../src/index.ts'
import type { Hunt } from './hunt.ts'
import { errorTexts, inOneGo, inSession, textsOf } from './reading.ts'

const leaving: readonly (readonly [attempt: string, leave: string, find: string])[] = [
  [
    'a temporary table that hides the real one',
    'create temporary table chunks as select * from public.chunks',
    'select to_jsonb(chunks)::text as seen from chunks limit 500',
  ],
  [
    'a cursor that outlives its transaction',
    'declare hunted cursor with hold for select to_jsonb(found)::text as seen from chunks as found',
    'fetch 500 from hunted',
  ],
  [
    'a prepared statement with its values',
    'prepare hunted_values as select to_jsonb(found)::text as seen from chunks as found where ' +
      "tenant_id = current_setting('tenantbench.tenant_id', true)",
    'execute hunted_values',
  ],
  [
    'a search path',
    'set search_path = pg_temp, public',
    'select to_jsonb(chunks)::text as seen from chunks limit 500',
  ],
  ['the last number drawn', 'select count(*) from chunks', 'select lastval()::text as seen'],
]

/** The hunt. */
export const residue: Hunt = {
  id: 'session.residue',
  vector: 'E08',
  what:
    'leaves temporary tables, cursors, prepared statements and a search path behind, and ' +
    'looks for them as the next tenant',
  async run({ tenants: [tenant, other], openPool }, watch) {
    await using one = openPool(1)
    for (const [attempt, leave, find] of leaving) {
      const at = { boundary: 'rows', role: 'app', state: 'recycled', attempt } as const
      await errorTexts(inOneGo(one, tenant.id, leave))
      await errorTexts(withTenant(one, tenant.id, (session) => session.query(leave)))
      for (const { id } of [other, tenant]) {
        const seen: string[] = []
        await errorTexts(
          withTenant(one, id, async (session) =>
            seen.push(...textsOf((await session.query(find)).rows)),
          ),
        )
        if (id === other.id) watch.saw(id, at, seen)
      }
      await errorTexts(one.app.query('close all; discard temp; reset all'))
      await errorTexts(one.app.query('deallocate hunted_values'))
      watch.saw(
        other.id,
        { ...at, attempt: `reading after ${attempt}` },
        await inSession(
          one,
          other.id,
          'select to_jsonb(chunks)::text as seen from chunks limit 500',
        ),
      )
    }
  },
}
