/**
 * Keys are each tenant's own: one that another tenant has already must be as good as one that
 * nobody has.
 */
import { withTenant } from '../../../src/index.ts'
import type { Hunt } from './hunt.ts'
import { stateOf } from './reading.ts'
import type { TenantSession } from '../../../src/index.ts'

type Insert = readonly [
  what: string,
  insert: (session: TenantSession, key: string) => Promise<unknown>,
]

const at = "'2026-11-01'"
const inserts: readonly Insert[] = [
  [
    'document id',
    (session, key) =>
      session.query(`insert into documents values ($1, $2, 'Title', 'hash', 1, ${at})`, [
        session.tenantId,
        key,
      ]),
  ],
  [
    'chunk id',
    (session, key) =>
      session.query(
        "insert into chunks select tenant_id, $1, document_id, 99, 'body', 1 from documents limit 1",
        [key],
      ),
  ],
  [
    'idempotency key',
    (session, key) =>
      session.query(
        `insert into usage_events select tenant_id, $1, 'r', 1, 'chat', 'p', 's', 'completed', ` +
          `false, '{}', ${at}, ${at} from tenants`,
        [key],
      ),
  ],
  [
    'template name',
    (session, key) =>
      session.query(`insert into prompt_templates values ($1, $2, 1, 'body', '{}', ${at})`, [
        session.tenantId,
        key,
      ]),
  ],
]

/** The hunt. */
export const sharedKeys: Hunt = {
  id: 'keys.shared',
  vector: 'D01',
  what: 'inserts keys that another tenant has: whether it works would tell that the other has them',
  async run({ newTenant, openPool }, watch) {
    const [one, other] = [await newTenant('keys-one'), await newTenant('keys-other')]
    await using pool = openPool(1)
    for (const [what, insert] of inserts) {
      const key = 'hunted-key'
      const first = await stateOf(withTenant(pool, other.id, (session) => insert(session, key)))
      const again = await stateOf(withTenant(pool, one.id, (session) => insert(session, key)))
      watch.held(
        { boundary: 'errors', role: 'app', state: 'one by one', attempt: what },
        {
          holds: again === first,
          control: first === 'done' && (again === first || again.startsWith('23')),
          what: `a ${what} that another tenant has ends in ${again}`,
        },
      )
    }
  },
}
