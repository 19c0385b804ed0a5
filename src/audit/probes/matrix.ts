/** The whole matrix for one session: fresh and recycled connection, every state, every kind of probe. */
import type { Client } from 'pg'
import { nameOf } from '../catalogue/catalogue.ts'
import { insertSql } from '../clone/seed.ts'
import { qualified } from '../sql/quote.ts'
import { probeCalls } from './calls.ts'
import { probeCasts } from './casts.ts'
import { cloneSession, type CloneSession } from './clone-session.ts'
import { probeIntegrity } from './integrity.ts'
import { probePeeking } from './peek.ts'
import { probePlans } from './plans.ts'
import { readAll, readable, statements, type ReadState } from './read.ts'
import type { ProbeSubject } from './subject.ts'
import { ownState } from './own-state.ts'
import { probeWrites } from './write.ts'

/** How the matrix gets connections: each new one is fresh. */
export interface MatrixOptions {
  readonly subject: Omit<ProbeSubject, 'clone'>
  openClient(): Promise<Client>
}

/** Probes one session. */
export async function probeSession({ subject, openClient }: MatrixOptions): Promise<void> {
  const stored = subject.lookup.catalogue.storedSettings
  await withClone(openClient, stored, async (clone) => {
    await clone.become(subject.session, [])
    await readAll({ ...subject, clone }, noContext(subject, 'fresh'))
  })
  await withClone(openClient, stored, async (clone) => {
    const whole = { ...subject, clone }
    await readStates(whole)
    const [own] = subject.tenants
    await clone.become(subject.session, own === undefined ? [] : subject.contexts.of(own))
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

async function withClone(openClient: () => Promise<Client>, stored: ProbeSubject['lookup']['catalogue']['storedSettings'], work: (clone: CloneSession) => Promise<void>): Promise<void> {
  const client = await openClient()
  try {
    await work(cloneSession(client, stored))
  } finally {
    await client.end()
  }
}

/** Where the role is the context, a session always has one. */
function noContext({ model }: Pick<ProbeSubject, 'model'>, connection: ReadState['connection']): ReadState {
  const byRole = model.keySources.some(({ source }) => source.setting === 'role')
  return { state: 'none', connection, context: [], detail: null, belongs: byRole ? ['A'] : [] }
}

async function readStates(subject: ProbeSubject): Promise<void> {
  const { clone, session, contexts } = subject
  const own = ownState(subject)
  for (const connection of ['fresh', 'recycled'] as const) {
    await clone.become(session, own.context)
    await readAll(subject, { ...own, connection })
    await clone.reset()
  }
  await clone.become(session, [])
  await readAll(subject, noContext(subject, 'recycled'))
  await clone.reset()
  for (const { state, context, detail, belongs } of contexts.varied) {
    await clone.become(session, context)
    await readAll(subject, { state, connection: 'recycled', context, detail, belongs })
    await clone.reset()
  }
}

/** Rows of B are added; whatever A sees of views and functions without arguments must stay as it was. */
async function probeVolume(subject: ProbeSubject): Promise<void> {
  const { clone, session, lookup, seeding, plan } = subject
  const own = ownState(subject)
  const views = readable(subject).filter(({ kind, oid }) => (kind === 'v' || kind === 'm') && !subject.coverage.slow.has(oid))
  if (views.length === 0) return
  const look = async (): Promise<ReadonlyMap<number, string>> => {
    await clone.become(session, own.context)
    const seen = await readAll({ ...subject, saw: () => undefined }, own, views)
    await clone.reset()
    return seen
  }
  const [first, again] = [await look(), await look()]
  await clone.run('set session_replication_role to replica')
  await clone.run('begin')
  for (const relation of lookup.catalogue.relations) if (seeding.planted.get(relation.oid)?.has('B') === true) {
    await clone.run('savepoint one')
    const { error } = await clone.run(insertSql(relation, [plan.another(relation, 'B')]))
    await clone.run(error === null ? 'release savepoint one' : 'rollback to savepoint one')
  }
  for (const view of lookup.catalogue.relations) if (view.kind === 'm') {
    await clone.run('savepoint one')
    const { error } = await clone.run(`refresh materialized view ${qualified(view)}`)
    await clone.run(error === null ? 'release savepoint one' : 'rollback to savepoint one')
  }
  const after = await look()
  await clone.run('rollback')
  await clone.run('set session_replication_role to origin')
  for (const view of views) {
    const [before, same, now] = [first.get(view.oid), again.get(view.oid), after.get(view.oid)]
    if (before === undefined || before !== same || now === before || now === undefined || now.startsWith('!')) continue
    subject.saw({ kind: 'volume', oid: view.oid, object: nameOf(view), session, state: 'own', connection: 'recycled', owners: ['B'], seen: `it changed when rows of B were added: ${before.slice(0, 80)} became ${now.slice(0, 80)}`, sql: statements(subject, own, `select * from ${qualified(view)}`), detail: null })
  }
}
