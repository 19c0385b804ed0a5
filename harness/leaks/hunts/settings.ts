/**
 * Settings that policies read. Whatever setting a policy names beside the tenant's is switched on,
 * and the tenant's own is given values that a careless comparison takes for more than one tenant:
 * patterns, lists, prefixes, another case.
 */
import type { Queryable } from '../../../src/index.ts'
import type { Hunt, HuntStage } from './hunt.ts'
import { errorTexts, inSession, readEverything, textsOf } from './reading.ts'
import { withTenant } from '../../../src/index.ts'

const switchedOn = ['on', 'true', '1', 'admin', '*'] as const

/** The hunt. */
export const settings: Hunt = {
  id: 'rows.settings',
  vector: 'B07',
  what: 'switches on every setting that a policy reads, and names tenants by patterns, lists, prefixes and other cases',
  async run(stage, watch) {
    const [short, long, capital] = await lookalikes(stage)
    await using one = stage.openPool(1)
    const text = await readEverything(one.app)
    const at = (attempt: string) =>
      ({ boundary: 'rows', role: 'app', state: 'with hostile input', attempt }) as const
    for (const { id } of [short, long, capital])
      watch.saw(id, at('a tenant whose id others begin with'), await inSession(one, id, text))
    for (const context of [
      '%',
      '_%',
      `${short.id.slice(0, -1)}`,
      `${short.id},${long.id}`,
      `{${short.id},${long.id}}`,
      ` ${short.id}`,
      `${short.id} `,
      short.id.toUpperCase(),
      '.*',
      '*',
      '',
    ]) {
      watch.saw(null, at(`as ${JSON.stringify(context)}`), await asWritten(one.app, context, text))
    }
    const own = stage.tenants[0]
    for (const name of await settingsOfPolicies(one.app)) {
      for (const value of switchedOn) {
        const seen: string[] = []
        await errorTexts(
          withTenant(one, own.id, async (session) => {
            await session.query('select set_config($1, $2, true)', [name, value])
            seen.push(...textsOf((await session.query(text)).rows))
          }),
        )
        watch.saw(own.id, at(`with ${name} = ${value}`), seen)
      }
    }
  },
}

/** Three tenants whose ids a pattern, a prefix or a folded case takes for one another. */
async function lookalikes(
  stage: HuntStage,
): Promise<
  readonly [
    { readonly id: HuntStage['tenants'][0]['id'] },
    { readonly id: HuntStage['tenants'][0]['id'] },
    { readonly id: HuntStage['tenants'][0]['id'] },
  ]
> {
  return [
    await stage.newTenant('alike', { id: 'alike-a' }),
    await stage.newTenant('alike', { id: 'alike-ab' }),
    await stage.newTenant('alike', { id: 'Alike-A' }),
  ]
}

async function asWritten(
  app: HuntStage['target']['database']['app'],
  context: string,
  text: string,
): Promise<readonly string[]> {
  const client = await app.pool.connect()
  try {
    await client.query('begin')
    await client.query("select set_config('tenantbench.tenant_id', $1, true)", [context])
    return textsOf((await client.query(text)).rows)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

async function settingsOfPolicies(app: Queryable): Promise<readonly string[]> {
  const { rows } = await app.query<{ said: string }>(
    "select coalesce(qual, '') || coalesce(with_check, '') as said from pg_policies where schemaname = 'public'",
  )
  const names = rows.flatMap(({ said }) =>
    [...said.matchAll(/current_setting\('([^']+)'/g)].map(([, name]) => name ?? ''),
  )
  return [...new Set(names)].filter((name) => name !== 'tenantbench.tenant_id')
}
