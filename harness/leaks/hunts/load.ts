/**
 * More workers than connections, tenants mixed, random waits, some work failing: every row must be
 * the asker's.
 */
import { withTenant } from '../../../src/index.ts'
import type { Hunt, HuntStage, HuntTenant } from './hunt.ts'
import { errorTexts, inOneGo, inSession, textsOf } from './reading.ts'
import type { Watch } from './watch.ts'

const connections = 3
const workers = 12
const rounds = 12
const text = 'select chunk_id, body, tenant_id from chunks limit 200'

/** The hunt. */
export const load: Hunt = {
  id: 'session.load',
  vector: 'E19',
  what: `${workers} workers on ${connections} connections, tenants mixed, with random waits and failures between`,
  async run(stage, watch) {
    await using few = stage.openPool(connections)
    await Promise.all(
      Array.from({ length: workers }, (_each, worker) => work(stage, watch, { few, worker })),
    )
  },
}

async function work(
  { tenants, clock, random }: HuntStage,
  watch: Watch,
  { few, worker }: { readonly few: ReturnType<HuntStage['openPool']>; readonly worker: number },
): Promise<void> {
  const draws = random(`load-${worker}`)
  for (let round = 0; round < rounds; round++) {
    const { id } = draws.pick<HuntTenant>(tenants)
    const way = draws.pick(['session', 'one go', 'failing', 'in two steps'] as const)
    const waits = (): Promise<void> => clock.sleep(draws.integer(0, 2))
    await waits()
    const at = { boundary: 'rows', role: 'app', state: 'under load', attempt: way } as const
    if (way === 'session') watch.saw(id, at, await inSession(few, id, text))
    else if (way === 'one go') watch.saw(id, at, await inOneGo(few, id, text))
    else if (way === 'failing')
      await errorTexts(draws.pick([inSession, inOneGo])(few, id, 'select 1 / 0'))
    else {
      watch.saw(
        id,
        at,
        await withTenant(few, id, async (session) => {
          const first = textsOf((await session.query(text)).rows)
          await waits()
          return [...first, ...textsOf((await session.query(text)).rows)]
        }),
      )
    }
  }
}
