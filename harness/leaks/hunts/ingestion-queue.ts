/**
 * A queue of ingestion jobs of several tenants, some of which fail: each job's texts and vectors
 * must be where its tenant is.
 */
import type { Hunt, HuntStage, HuntTenant } from './hunt.ts'
import { errorTexts, inSession } from './reading.ts'
import type { Watch } from './watch.ts'

/** The hunt. */
export const ingestionQueue: Hunt = {
  id: 'ingest.queue',
  vector: 'F16',
  what:
    'takes documents in for one tenant, fails for another, goes on with a third, two at a ' +
    'time; then looks where everything lies',
  async run(stage, watch) {
    const tenants = [
      await stage.newTenant('queue-a'),
      await stage.newTenant('queue-b'),
      await stage.newTenant('queue-c'),
    ] as const
    const [one, other, third] = tenants
    const spoiled = (tenant: HuntTenant): Promise<readonly string[]> =>
      errorTexts(
        stage.target.ingest(
          tenant.id,
          [{ id: tenant.documentId, title: `Again (${tenant.canary})`, text: 'This id is taken.' }],
          tenant.canary,
        ),
      )
    await stage.feed(one, 'second')
    await spoiled(other)
    await stage.feed(one, 'third')
    await spoiled(one)
    await Promise.all([stage.feed(other, 'second'), stage.feed(third, 'second'), spoiled(one)])
    await stage.feed(third, 'third')
    for (const tenant of tenants) await lookAt(stage, watch, tenant)
  },
}

/**
 * Rows by the tenant's own session; vectors in its namespace past every layer; and one question.
 */
async function lookAt(stage: HuntStage, watch: Watch, tenant: HuntTenant): Promise<void> {
  const at = (attempt: string) => ({ role: 'app', state: 'after an error', attempt }) as const
  watch.saw(
    tenant.id,
    { ...at('texts'), boundary: 'rows' },
    await inSession(
      stage.target.database,
      tenant.id,
      'select to_jsonb(chunks)::text as seen from chunks',
    ),
  )
  const { placement: place } = stage.target.database.directory.require(tenant.id)
  watch.saw(tenant.id, { ...at('vectors'), boundary: 'matches' }, await stage.idsIn(place))
  watch.crossed(
    tenant.id,
    at('asking'),
    (await stage.ask(tenant, { id: `queue-${tenant.id}` })).crossings,
  )
}
