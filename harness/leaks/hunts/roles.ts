/**
 * What a login can become: every role of the server is tried, row security is switched off where
 * that is allowed, then all is read.
 */
import type { Database } from '../../../src/index.ts'
import type { Hunt } from './hunt.ts'
import { errorTexts, inSession, readEverything, textsOf } from './reading.ts'

/** The hunt. */
export const roles: Hunt = {
  id: 'roles.escape',
  vector: 'A07',
  what: "becomes every role that the application's login can become and reads everything; switches row security off",
  async run({ tenants: [tenant], openPool }, watch) {
    await using one = openPool(1)
    const { rows } = await one.app.query<{ name: string }>(
      "select rolname as name from pg_roles where rolname <> session_user and rolname !~ '^pg_' order by 1",
    )
    for (const { name } of rows) {
      watch.saw(
        null,
        {
          boundary: 'rows',
          role: 'app',
          state: 'recycled',
          attempt: `as role ${name.replace(/^.*_/, '')}`,
        },
        await asRole(one.app, `set local role "${name}"`),
      )
    }
    watch.saw(
      null,
      { boundary: 'rows', role: 'app', state: 'recycled', attempt: 'with row security off' },
      await asRole(one.app, 'set local row_security = off'),
    )
    watch.saw(
      tenant.id,
      { boundary: 'rows', role: 'app', state: 'recycled', attempt: 'as itself' },
      await inSession(one, tenant.id, await readEverything(one.app)),
    )
  },
}

async function asRole(app: Database, become: string): Promise<readonly string[]> {
  const client = await app.pool.connect()
  const seen: string[] = []
  try {
    await client.query('begin')
    await errorTexts(
      (async () => {
        await client.query(become)
        // An owner need not read: it can lift row security for everybody.
        await client.query('savepoint lifting')
        const lifted = await errorTexts(
          client.query('alter table chunks disable row level security'),
        )
        if (lifted.length > 0) await client.query('rollback to savepoint lifting')
        // Where row security is off a statement is refused as a whole: tables are read one by one.
        const text = await readEverything({ query: async (said) => client.query(said) })
        for (const part of text.split(' union all ')) {
          await client.query('savepoint part')
          await errorTexts(client.query(part).then(({ rows }) => seen.push(...textsOf(rows))))
          await client.query('rollback to savepoint part')
        }
      })(),
    )
    return seen
  } finally {
    await client.query('rollback')
    client.release()
  }
}
