/**
 * A savepoint that is rolled back restores what a transaction had set before it: that must still be
 * the tenant that it belongs to.
 */
import { withTenant } from '../../../src/index.ts'
import type { Hunt } from './hunt.ts'
import { asNobody, errorTexts, inSession, readEverything, textsOf } from './reading.ts'

/** The hunt. */
export const savepoints: Hunt = {
  id: 'session.savepoints',
  vector: 'E05',
  what: 'rolls back to a savepoint in tenant work and reads on; then reads as nobody',
  async run({ tenants: [tenant, other], openPool }, watch) {
    await using one = openPool(1)
    const text = await readEverything(one.app)
    const at = (attempt: string) =>
      ({ boundary: 'rows', role: 'app', state: 'in a savepoint', attempt }) as const
    for (const { id } of [tenant, other]) {
      await withTenant(one, id, async (session) => {
        await session.query('savepoint here')
        watch.saw(id, at('inside'), textsOf((await session.query(text)).rows))
        await errorTexts(session.query('select 1 / 0'))
        await session.query('rollback to savepoint here')
        watch.saw(id, at('rolled back after an error'), textsOf((await session.query(text)).rows))
        await session.query('release savepoint here')
        watch.saw(id, at('released'), textsOf((await session.query(text)).rows))
      })
    }
    watch.saw(null, at('nobody afterwards'), await asNobody(one.app, text))
    watch.saw(other.id, at('another afterwards'), await inSession(one, other.id, text))
  },
}
