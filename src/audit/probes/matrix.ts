/**
 * The whole matrix for one session: fresh and recycled connection, every state, every kind of
 * probe.
 */
import { nameOf } from '../catalogue/catalogue.ts'
import { qualified } from '../sql/quote.ts'
import { probeCalls } from './calls.ts'
import { probeCasts } from './casts.ts'
import type { CloneSession, Outcome } from './clone-session.ts'
import { probeIntegrity } from './integrity.ts'
import { plantNow } from './plant.ts'
import { probePeeking } from './peek.ts'
import { probePlans } from './plans.ts'
import { readAll, readable, statements, type ReadState } from './read.ts'
import type { ProbeSubject } from './subject.ts'
import { ownState } from './own-state.ts'
import { probeWrites } from './write.ts'

/** How the matrix gets connections: each new one is fresh. */
export interface MatrixOptions {
  readonly subject: Omit<ProbeSubject, 'clone'>
  openSession(): Promise<CloneSession>
}

/** Probes one session. */
export async function probeSession({ subject, openSession }: MatrixOptions): Promise<void> {
  await withClone(openSession, async (clone) => {
    await readAll({ ...subject, clone }, noContext(subject, 'fresh'))
  })
  await withClone(openSession, async (clone) => {
    const whole = { ...subject, clone }
    await readStates(whole)
    const [own] = subject.tenants
    await clone.become(own === undefined ? [] : subject.contexts.of(own))
    await probeWrites(whole)
    await probeIntegrity(whole)
    await probeCasts(whole)
    await probePeeking(whole)
    await probeCalls(whole)
    await probePlans(whole)
    await clone.reset()
    await probeVolume(whole)
  })
}

async function withClone(
  openSession: () => Promise<CloneSession>,
  work: (clone: CloneSession) => Promise<void>,
): Promise<void> {
  const clone = await openSession()
  try {
    await work(clone)
  } finally {
    await clone.end()
  }
}

/** Where the role is the context, a session always has one. */
function noContext(
  { model }: Pick<ProbeSubject, 'model'>,
  connection: ReadState['connection'],
): ReadState {
  const byRole = model.keySources.some(({ source }) => source.setting === 'role')
  return { state: 'none', connection, context: [], detail: null, belongs: byRole ? ['A'] : [] }
}

async function readStates(subject: ProbeSubject): Promise<void> {
  const { clone, contexts } = subject
  const own = ownState(subject)
  for (const connection of ['fresh', 'recycled'] as const) {
    await clone.become(own.context)
    await readAll(subject, { ...own, connection })
    await clone.reset()
  }
  await readAll(subject, noContext(subject, 'recycled'))
  for (const { state, context, detail, belongs } of contexts.varied) {
    await clone.become(context)
    await readAll(subject, { state, connection: 'recycled', context, detail, belongs })
    await clone.reset()
  }
}

/**
 * Rows of B are added; whatever A sees of views and functions without arguments must stay as it
 * was.
 */
async function probeVolume(subject: ProbeSubject): Promise<void> {
  const { clone, session, lookup, seeding, plan } = subject
  const own = ownState(subject)
  const views = readable(subject).filter(
    ({ kind, oid }) => (kind === 'v' || kind === 'm') && !subject.coverage.slow.has(oid),
  )
  if (views.length === 0) return
  const look = async (): Promise<ReadonlyMap<number, string>> => {
    await clone.become(own.context)
    const seen = await readAll({ ...subject, saw: () => undefined }, own, views)
    await clone.reset()
    return seen
  }
  const [first, again] = [await look(), await look()]
  const after = await clone.rolledBack(async () => {
    for (const relation of lookup.catalogue.relations) {
      if (seeding.planted.get(relation.oid)?.has('B') === true)
        await taking(clone, () => plantNow(subject, relation, plan.another(relation, 'B')))
    }
    for (const view of lookup.catalogue.relations) {
      if (view.kind === 'm')
        await taking(clone, () =>
          clone.actAs(view.owner, `refresh materialized view ${qualified(view)}`),
        )
    }
    return await look()
  })
  for (const view of views) {
    const [before, same, now] = [first.get(view.oid), again.get(view.oid), after.get(view.oid)]
    if (
      before === undefined ||
      before !== same ||
      now === before ||
      now === undefined ||
      now.startsWith('!')
    )
      continue
    subject.saw({
      kind: 'volume',
      oid: view.oid,
      object: nameOf(view),
      session,
      state: 'own',
      connection: 'recycled',
      owners: ['B'],
      seen: `it changed when rows of B were added: ${before.slice(0, 80)} became ${now.slice(0, 80)}`,
      sql: statements(subject, own, `select * from ${qualified(view)}`),
      detail: null,
    })
  }
}

/** A step within a transaction that goes on without it when it fails. */
async function taking(clone: CloneSession, step: () => Promise<Outcome>): Promise<void> {
  await clone.run('savepoint step')
  const { error } = await step()
  await clone.run(error === null ? 'release savepoint step' : 'rollback to savepoint step')
}
