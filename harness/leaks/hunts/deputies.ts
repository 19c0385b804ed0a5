/**
 * Functions that run with somebody else's rights: each one that the application may call is called
 * with another tenant's ids.
 */
import { withTenant } from '../../../src/index.ts'
import type { Hunt } from './hunt.ts'
import { errorTexts, inSession, readEverything, textsOf } from './reading.ts'

const mostArguments = 3

/** The hunt. */
export const deputies: Hunt = {
  id: 'rows.deputies',
  vector: 'C08',
  what: "calls every function in the schema with another tenant's ids and reads on in the same transaction",
  async run({ tenants: [tenant, other], openPool }, watch) {
    await using one = openPool(1)
    const text = await readEverything(one.app)
    const at = (attempt: string) =>
      ({ boundary: 'rows', role: 'app', state: 'with hostile input', attempt }) as const
    watch.saw(tenant.id, at('calling none'), await inSession(one, tenant.id, text))
    const { rows } = await one.app.query<{ name: string; arguments: number }>(
      `select quote_ident(nspname) || '.' || quote_ident(proname) as name, pronargs::int as
        arguments from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
       where nspname not in ('pg_catalog', 'information_schema') and prokind = 'f'
         and prorettype <> 'trigger'::regtype and has_function_privilege(current_user, pg_proc.oid,
           'execute') order by 1`,
    )
    for (const { name, arguments: count } of rows.filter(
      (each) => each.arguments <= mostArguments,
    )) {
      for (const value of [other.id, other.chunkIds[0] ?? '', other.documentId]) {
        const seen: string[] = []
        const call =
          'select to_jsonb(found)::text as seen from ' +
          `${name}(${Array.from({ length: count }, (_each, place) => `$${place + 1}`).join(', ')}) ` +
          'as found limit 500'
        const errors = await errorTexts(
          withTenant(one, tenant.id, async (session) => {
            seen.push(
              ...textsOf(
                (
                  await session.query(
                    call,
                    Array.from({ length: count }, () => value),
                  )
                ).rows,
              ),
            )
            seen.push(...textsOf((await session.query(text)).rows))
          }),
        )
        watch.saw(
          tenant.id,
          at(`${name}(${count}) with ${value === other.id ? 'an id' : 'a key'}`),
          [...seen, ...errors],
        )
      }
    }
  },
}
