/**
 * A poisoned namespace: another tenant's chunk id lies in it for real. The text must not come
 * along.
 */
import { hydrate } from '../../../src/index.ts'
import type { Hunt } from './hunt.ts'

/** The hunt. */
export const foreignIds: Hunt = {
  id: 'ask.foreign-ids',
  vector: 'F08',
  what: "puts another tenant's chunk id into a tenant's namespace, and asks; hands foreign ids to hydration",
  async run({ newTenant, ask, putInto, target }, watch) {
    const [one, other] = [await newTenant('poisoned'), await newTenant('poisoning')]
    // What one tenant has just read may lie in some cache.
    await ask(other, { id: 'warms-up' })
    const { placement: place } = target.database.directory.require(one.id)
    await putInto(place, other.chunkIds)
    const at = (attempt: string) => ({ role: 'app', state: 'with hostile input', attempt }) as const
    const { crossings } = await ask(one, { id: 'poisoned' })
    watch.crossed(
      one.id,
      at('asking'),
      crossings
        .filter(({ boundary }) => boundary !== 'matches')
        .map((each) => (each.boundary === 'rows' ? { ...each, identifiers: [] } : each)),
    )
    const { passages } = await hydrate(target.database, one.id, [
      ...other.chunkIds,
      ...one.chunkIds,
    ])
    watch.saw(
      one.id,
      { ...at('hydrating'), boundary: 'rows' },
      passages.map((passage) => JSON.stringify(passage)),
    )
  },
}
