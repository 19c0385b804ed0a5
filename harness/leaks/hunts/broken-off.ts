/**
 * Work that ends as nobody planned: an exception, a cancelled request, a server process that is
 * killed. The next one must not notice.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'
import { withTenant, type TenantDatabase } from '../../../src/index.ts'
import type { Hunt, HuntTenant } from './hunt.ts'
import { asNobody, errorTexts, inOneGo, inSession, readEverything } from './reading.ts'
import type { HuntState } from './watch.ts'

/**
 * `next` is who waits for the connection already; it is called at the moment before the work is cut
 * off.
 */
interface Cut {
  readonly one: TenantDatabase
  readonly tenant: HuntTenant
  readonly killer: TenantDatabase
  next(): void
}
type End = readonly [attempt: string, state: HuntState, work: (cut: Cut) => Promise<unknown>]

async function aborted(
  one: TenantDatabase,
  work: (cancellable: TenantDatabase) => Promise<unknown>,
  start: (abort: () => void) => void,
): Promise<void> {
  const cancel = new AbortController()
  start(() => cancel.abort(new TenantbenchError('TB_INTERRUPTED')))
  await errorTexts(work({ ...one, signal: cancel.signal }))
}

const ends: readonly End[] = [
  [
    'an exception',
    'after an error',
    ({ one, tenant: { id } }) =>
      errorTexts(
        withTenant(one, id, async (session) => {
          await session.query('select 1')
          throw new TenantbenchError('TB_BUG')
        }),
      ),
  ],
  [
    'a swallowed error',
    'after an error',
    ({ one, tenant: { id } }) =>
      errorTexts(withTenant(one, id, async (session) => errorTexts(session.query('select 1 / 0')))),
  ],
  [
    'an abort between two statements',
    'after an abort',
    async ({ one, tenant: { id }, next }) => {
      let abort = (): void => undefined
      await aborted(
        one,
        (cancellable) =>
          withTenant(cancellable, id, async (session) => {
            await session.query('select 1')
            next()
            abort()
            await session.query('select 1')
          }),
        (given) => (abort = given),
      )
    },
  ],
  [
    'an abort during a statement',
    'after an abort',
    async ({ one, tenant: { id }, next }) => {
      let abort = (): void => undefined
      await aborted(
        one,
        (cancellable) =>
          withTenant(cancellable, id, async (session) => {
            const sleeping = session.query('select pg_sleep(0.02)')
            next()
            abort()
            await sleeping
          }),
        (given) => (abort = given),
      )
    },
  ],
  [
    'a killed backend',
    'after its backend was killed',
    ({ one, tenant: { id }, killer }) =>
      errorTexts(
        withTenant(one, id, async (session) => {
          const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid')
          await killer.app.query('select pg_terminate_backend($1, 1000)', [rows[0]?.pid ?? 0])
          await session.query('select 1')
        }),
      ),
  ],
]

/** The hunt. */
export const brokenOff: Hunt = {
  id: 'session.broken-off',
  vector: 'E04',
  what: 'throws, aborts and kills in the middle of tenant work, then reads as nobody and as another tenant',
  async run({ tenants: [tenant, other], openPool }, watch) {
    await using one = openPool(1)
    await using killer = openPool(1)
    const text = await readEverything(one.app)
    for (const [attempt, state, end] of ends) {
      const waiting: Promise<readonly string[]>[] = []
      await end({ one, tenant, killer, next: () => void waiting.push(asNobody(one.app, text)) })
      for (const seen of await Promise.all(waiting))
        watch.saw(
          null,
          { boundary: 'rows', role: 'app', state, attempt: `who waited during ${attempt}` },
          seen,
        )
      watch.saw(
        null,
        { boundary: 'rows', role: 'app', state, attempt: `nobody after ${attempt}` },
        await asNobody(one.app, text),
      )
      watch.saw(
        other.id,
        { boundary: 'rows', role: 'app', state, attempt: `another in one go after ${attempt}` },
        await inOneGo(one, other.id, text),
      )
      watch.saw(
        other.id,
        { boundary: 'rows', role: 'app', state, attempt: `another in a session after ${attempt}` },
        await inSession(one, other.id, text),
      )
    }
  },
}
