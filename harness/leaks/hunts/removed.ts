/**
 * A tenant leaves and its name is wanted again: whoever comes must not find what the first one
 * left, in rows, vectors or books.
 */
import { messageOf } from '../../../src/base/errors.ts'
import type { Hunt, HuntStage, HuntTenant } from './hunt.ts'
import { errorTexts, inSession, readEverything } from './reading.ts'
import type { Watch } from './watch.ts'

/** The hunt. */
export const removed: Hunt = {
  id: 'tenant.removed',
  vector: 'F07',
  what: 'removes a tenant, looks for its vectors, asks as it, and signs up under its id again',
  async run(stage, watch) {
    const [gone, stays] = [await stage.newTenant('leaves'), await stage.newTenant('leaves-not')]
    const tenant = stage.target.database.directory.require(gone.id)
    const { placement: place } = tenant
    const before = (await stage.idsIn(place)).length
    await stage.ask(gone, { id: 'before-leaving' })
    await stage.target.remove(gone.id)
    const at = (attempt: string) => ({ role: 'app', state: 'after a removal', attempt }) as const
    const after = (await stage.idsIn(place)).length
    watch.held(
      { ...at('vectors'), boundary: 'matches' },
      {
        holds: after === 0,
        control: before > 0,
        what: `${after} vectors of a removed tenant are still there`,
      },
    )
    const answer = await stage.ask(gone, { id: 'after-leaving' })
    watch.held(
      { ...at('asking'), boundary: 'answer' },
      { holds: answer.outcome === 'failed', control: true, what: 'a removed tenant was answered' },
    )
    const other = await stage.ask(stays, { id: 'stays' })
    watch.crossed(stays.id, at('another tenant'), other.crossings)
    watch.held(
      { ...at('what others have'), boundary: 'matches' },
      {
        holds:
          (await stage.idsIn(stage.target.database.directory.require(stays.id).placement)).length >
          0,
        control: true,
        what: "another tenant's vectors went as well",
      },
    )
    // A process that has not heard of the removal goes on naming the tenant.
    stage.target.database.directory.add(tenant)
    const left = await inSession(
      stage.target.database,
      gone.id,
      await readEverything(stage.target.database.app),
    )
    stage.target.database.directory.remove(gone.id)
    watch.held(
      { ...at('rows'), boundary: 'rows' },
      {
        holds: !left.some((text) => text.includes(gone.canary)),
        control: left.length > 0,
        what: 'texts of a removed tenant are still there',
      },
    )
    await comeBack(stage, watch, gone)
  },
}

/**
 * Where an id is given again, its second bearer is another: everything of the first one's is
 * foreign.
 */
async function comeBack(stage: HuntStage, watch: Watch, gone: HuntTenant): Promise<void> {
  const at = {
    boundary: 'rows',
    role: 'app',
    state: 'after a removal',
    attempt: 'under the same id',
  } as const
  const back = await stage
    .newTenant('back', { id: gone.id, withoutDocuments: true })
    .catch(messageOf)
  if (typeof back === 'string') return watch.held(at, { holds: true, control: true, what: back })
  const seen: string[] = []
  const text = await readEverything(stage.target.database.app)
  await errorTexts(
    inSession(stage.target.database, back.id, text).then((texts) => seen.push(...texts)),
  )
  const answer = await stage.ask(back, { id: 'back' })
  const old = [gone.canary, ...gone.chunkIds, 'before-leaving']
  const found = [
    ...seen,
    ...answer.crossings.flatMap(({ texts, identifiers }) => [...texts, ...identifiers]),
  ].some((each) => old.some((mark) => each.includes(mark)))
  watch.held(at, {
    holds: !found,
    control: true,
    what: `whoever signed up as ${gone.id} after it was removed found what it had left`,
  })
}
