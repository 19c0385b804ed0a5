/**
 * Every relation read as each tenant, by both ways of reading, on a new connection and on one that
 * served somebody else.
 */
import type { Hunt } from './hunt.ts'
import { inOneGo, inSession, readEverything } from './reading.ts'

/** The hunt. */
export const everything: Hunt = {
  id: 'rows.everything',
  vector: 'A01',
  what: 'reads every table and view as each tenant without any filter, fresh and recycled',
  async run({ tenants, openPool }, watch) {
    await using one = openPool(1)
    const text = await readEverything(one.app)
    for (const [at, { id }] of tenants.entries()) {
      const state = at === 0 ? 'fresh' : 'recycled'
      watch.saw(
        id,
        { boundary: 'rows', role: 'app', state, attempt: 'in a session' },
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
