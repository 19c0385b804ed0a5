/**
 * Writing for somebody else: another tenant's row is inserted as it is, own rows are given away,
 * and everything is changed and deleted by statements that read no column, which policies for
 * reading do not hold back. Each attempt is rolled back.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import { withTenant, type Queryable, type TenantDatabase } from '../../../src/index.ts'
import type { TenantId } from '../../../src/base/tenant-id.ts'
import type { Hunt } from './hunt.ts'
import { inSession, stateOf } from './reading.ts'

const refused = '42501'

/** The hunt. */
export const blindWrites: Hunt = {
  id: 'rows.blind-writes',
  vector: 'B13',
  what: "inserts another tenant's rows, gives own rows away, changes and deletes without reading, and empties tables",
  async run({ tenants: [tenant, other], openPool }, watch) {
    await using one = openPool(1)
    for (const table of await tablesOf(one.app)) {
      const [foreign] = await inSession(
        one,
        other.id,
        `select to_jsonb(found)::text as seen from ${table} as found limit 1`,
      )
      const own = (
        await inSession(
          one,
          tenant.id,
          `select to_jsonb(found)::text as seen from ${table} as found limit 2000`,
        )
      ).length
      const attempts: readonly (readonly [string, string])[] = [
        [
          'insert',
          `insert into ${table} select * from jsonb_populate_record(null::${table}, ` +
            `'${(foreign ?? '{}').replaceAll("'", "''")}')`,
        ],
        ['give away', `update ${table} set tenant_id = '${other.id}'`],
        ['change', `update ${table} set tenant_id = '${tenant.id}'`],
        ['delete', `delete from ${table}`],
        ['truncate', `truncate ${table} cascade`],
      ]
      for (const [attempt, text] of attempts) {
        const outcome = await tried(one, tenant.id, text)
        const control =
          foreign !== undefined && own > 0 && (outcome === refused || wentThrough(outcome))
        watch.held(
          { boundary: 'rows', role: 'app', state: 'recycled', attempt: `${attempt} ${table}` },
          {
            holds: outcome === refused || isOwnRight(attempt, outcome, own),
            control,
            what:
              `to ${attempt} ${table} ended in ` +
              `${outcome}${typeof outcome === 'number' ? ` rows, of ${own} own ones` : ''}`,
          },
        )
      }
    }
  },
}

/**
 * A rule of the table speaks only when row security has let the row through; any other error says
 * nothing.
 */
function wentThrough(outcome: number | string): boolean {
  return typeof outcome === 'number' || outcome.startsWith('23')
}

/**
 * Own rows may be changed and deleted; whoever reaches more rows than its own has reached
 * another's.
 */
function isOwnRight(attempt: string, outcome: number | string, own: number): boolean {
  return (
    (attempt === 'change' || attempt === 'delete') &&
    (typeof outcome === 'number' ? outcome <= own : true)
  )
}

async function tablesOf(app: Queryable): Promise<readonly string[]> {
  const { rows } = await app.query<{ name: string }>(
    'select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid where ' +
      "relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attname = 'tenant_id' " +
      "and has_table_privilege(current_user, pg_class.oid, 'select') order by 1",
  )
  return rows.map(({ name }) => `"${name}"`)
}

/** How many rows it reached, or the SQLSTATE that it ended in. Nothing stays. */
async function tried(
  one: TenantDatabase,
  tenantId: TenantId,
  text: string,
): Promise<number | string> {
  let reached: number | null = null
  const state = await stateOf(
    withTenant(one, tenantId, async (session) => {
      reached = (await session.query(text)).rowCount ?? 0
      throw new TenantbenchError('TB_INTERRUPTED')
    }),
  )
  return reached ?? state
}
