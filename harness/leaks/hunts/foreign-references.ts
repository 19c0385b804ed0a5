/**
 * A row that points at another tenant's row: it would tell that the row is there, and would go or
 * stay with it.
 */
import { withTenant } from '../../../src/index.ts'
import type { Hunt, HuntTenant } from './hunt.ts'
import { stateOf } from './reading.ts'

const insert = "insert into chunks values ($1, $2, $3, 98, 'body', 1)"

/** The hunt. */
export const foreignReferences: Hunt = {
  id: 'keys.foreign-references',
  vector: 'D03',
  what: "lets a row point at another tenant's document, and has that document deleted",
  async run({ newTenant, openPool }, watch) {
    const [one, other] = [await newTenant('points'), await newTenant('pointed-at')]
    await using pool = openPool(1)
    const at = (attempt: string) =>
      ({ boundary: 'errors', role: 'app', state: 'one by one', attempt }) as const
    const point = (
      { id }: HuntTenant,
      [chunk, document]: readonly [string, string],
    ): Promise<string> =>
      stateOf(withTenant(pool, id, (session) => session.query(insert, [id, chunk, document])))
    const works = (await point(one, ['points-at-own', one.documentId])) === 'done'
    const [foreign, missing] = [
      await point(one, ['points-at-foreign', other.documentId]),
      await point(one, ['points-at-none', 'nobody-has-this']),
    ]
    const control =
      works && [foreign, missing].every((state) => state === 'done' || state.startsWith('23'))
    watch.held(at('told apart'), {
      holds: foreign === missing,
      control,
      what: `pointing at another tenant's document ends in ${foreign}, at one that is not there in ${missing}`,
    })
    const count = async (): Promise<number> =>
      (await withTenant(pool, one.id, (session) => session.query('select from chunks'))).rows.length
    const before = await count()
    const deleted = await stateOf(
      withTenant(pool, other.id, (session) => session.query('delete from documents')),
    )
    watch.held(at('deleting'), {
      holds: deleted === 'done',
      control,
      what: `a tenant cannot delete its own documents: ${deleted}`,
    })
    const after = await count()
    watch.held(at('cascading'), {
      holds: after === before,
      control: control && before > 0,
      what: `another tenant's deletion took ${before - after} chunks along`,
    })
  },
}
