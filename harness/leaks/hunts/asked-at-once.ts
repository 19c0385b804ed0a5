/**
 * Many tenants ask at once: what is shared between requests (clients, buffers, batches, "the
 * current tenant") gets its chance.
 */
import type { Hunt, HuntTenant } from './hunt.ts'

const rounds = 4

/** The hunt. */
export const askedAtOnce: Hunt = {
  id: 'ask.at-once',
  vector: 'F22',
  what: 'lets all tenants ask at the same moment, again and again, with random waits',
  async run({ newTenant, ask, random, clock }, watch) {
    const tenants = [
      await newTenant('at-once-a'),
      await newTenant('at-once-b'),
      await newTenant('at-once-c'),
    ]
    const one = async (tenant: HuntTenant, round: number): Promise<void> => {
      await clock.sleep(random(`at-once-${tenant.id}-${round}`).integer(0, 2))
      const answer = await ask(tenant, { id: `at-once-${tenant.id}-${round}` })
      watch.crossed(
        tenant.id,
        { role: 'app', state: 'under load', attempt: `round ${round + 1}` },
        answer.crossings,
      )
    }
    for (let round = 0; round < rounds; round++)
      await Promise.all(
        [...tenants, ...tenants].map((tenant, at) =>
          one(tenant, round * 2 + (at < tenants.length ? 0 : 1)),
        ),
      )
  },
}
