/** The operator keeps the books of all tenants and must see none of their content. */
import type { Hunt } from './hunt.ts'
import { readEverything, textsOf, inSession } from './reading.ts'

/** The hunt. */
export const operator: Hunt = {
  id: 'roles.operator-reach',
  vector: 'A06',
  what: 'reads everything that the operator may read and looks for texts, chunk ids and templates of tenants',
  async run({ target, tenants, openPool, newTenant }, watch) {
    const templated = await newTenant('templated', { template: true })
    const text = await readEverything(target.operator)
    const at = {
      boundary: 'rows',
      role: 'operator',
      state: 'fresh',
      attempt: 'everything it may read',
    } as const
    const seen = textsOf((await target.operator.query(text)).rows)
    const content = [...tenants, templated].flatMap(({ id, canary, chunkIds }) =>
      [canary, ...chunkIds].map((mark) => ({ id, mark })),
    )
    const found = content.find(({ mark }) => seen.some((each) => each.includes(mark)))
    const control = await canBeSeen(openPool, tenants[0])
    watch.held(at, {
      holds: found === undefined,
      control: control && seen.length > 0,
      what: `the operator read ${JSON.stringify(found?.mark)} of tenant ${found?.id}`,
    })
  },
}

/** The same texts, read by whose they are. */
async function canBeSeen(
  openPool: Parameters<Hunt['run']>[0]['openPool'],
  { id, canary }: { readonly id: Parameters<typeof inSession>[1]; readonly canary: string },
): Promise<boolean> {
  await using one = openPool(1)
  return (await inSession(one, id, await readEverything(one.app))).some((each) =>
    each.includes(canary),
  )
}
