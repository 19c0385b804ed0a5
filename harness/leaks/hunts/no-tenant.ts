/**
 * Whoever borrows a connection next and names no tenant must see nothing, whatever the one before
 * has left on it.
 */
import { withTenant } from '../../../src/index.ts'
import type { Hunt, HuntTenant } from './hunt.ts'
import { asNobody, errorTexts, inOneGo, inSession, readEverything } from './reading.ts'
import type { HuntState } from './watch.ts'
import type { TenantDatabase } from '../../../src/index.ts'

type Before = readonly [
  attempt: string,
  state: HuntState,
  work: (one: TenantDatabase, tenant: HuntTenant) => Promise<unknown>,
]

const setForSession = "select set_config('tenantbench.tenant_id', $1, false)"

const before: readonly Before[] = [
  ['before anybody', 'fresh', async () => undefined],
  ['after a session', 'recycled', (one, { id }) => inSession(one, id, 'select 1')],
  ['after one statement', 'recycled', (one, { id }) => inOneGo(one, id, 'select 1')],
  [
    'after a session that set its tenant for good',
    'recycled',
    (one, { id }) => withTenant(one, id, (session) => session.query(setForSession, [id])),
  ],
  [
    'after a statement that set its tenant for good',
    'recycled',
    (one, { id }) => inOneGo(one, id, setForSession.replace('$1', `'${id}'`)),
  ],
  ['after RESET', 'recycled', (one) => one.app.query('reset tenantbench.tenant_id')],
  ['after RESET ALL', 'recycled', (one) => one.app.query('reset all')],
  [
    'after a failed session',
    'after an error',
    (one, { id }) => errorTexts(inSession(one, id, 'select 1 / 0')),
  ],
  [
    'after a failed statement',
    'after an error',
    (one, { id }) => errorTexts(inOneGo(one, id, 'select 1 / 0')),
  ],
]

/** The hunt. */
export const noTenant: Hunt = {
  id: 'session.no-tenant',
  vector: 'E01',
  what: 'reads everything without a tenant after each way in which a connection can have been used',
  async run({ tenants: [tenant, other], openPool }, watch) {
    await using one = openPool(1)
    const text = await readEverything(one.app)
    for (const [attempt, state, work] of before) {
      await work(one, tenant)
      watch.saw(
        null,
        { boundary: 'rows', role: 'app', state, attempt },
        await asNobody(one.app, text),
      )
      watch.saw(
        other.id,
        { boundary: 'rows', role: 'app', state, attempt: `another tenant ${attempt}` },
        await inSession(one, other.id, text),
      )
    }
  },
}
