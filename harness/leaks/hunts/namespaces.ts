/**
 * The vector store past every layer: each tenant's namespace holds its own ids, the default one
 * nothing, and equal ids stay apart.
 */
import type { Hunt } from './hunt.ts'

/** The hunt. */
export const namespaces: Hunt = {
  id: 'store.namespaces',
  vector: 'F05',
  what: 'looks into each namespace directly, into the default one, and gives two tenants a document with the same id',
  async run({ newTenant, feed, ask, idsIn, target }, watch) {
    const two = [await newTenant('stored-a'), await newTenant('stored-b')]
    for (const tenant of two) await feed(tenant, 'same-id')
    const at = (attempt: string) => ({ role: 'app', state: 'one by one', attempt }) as const
    for (const tenant of two) {
      const { placement: place } = target.database.directory.require(tenant.id)
      watch.saw(tenant.id, { ...at('its namespace'), boundary: 'matches' }, await idsIn(place))
      watch.saw(
        null,
        { ...at('the default namespace'), boundary: 'matches' },
        await idsIn({ ...place, namespace: '__default__' }),
      )
      watch.crossed(
        tenant.id,
        at('asking'),
        (await ask(tenant, { id: `stored-${tenant.id}` })).crossings,
      )
    }
  },
}
