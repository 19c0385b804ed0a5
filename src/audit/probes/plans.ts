/** Plans and cursors that outlive a context: prepared for one tenant, executed for another. */
import { nameOf } from '../catalogue/catalogue.ts'
import { literal } from '../sql/quote.ts'
import { plainScans, settingsOf, type Context } from './clone-session.ts'
import { coverageKey } from './evidence.ts'
import { readable, selectSql, statements, witness } from './read.ts'
import { foreignIn, textOf, type ProbeSubject } from './subject.ts'
import { ownState } from './own-state.ts'

/**
 * Prepares under tenant A and executes under B; A's rows must be gone. Only where the context is a
 * setting.
 */
export async function probePlans(subject: ProbeSubject): Promise<void> {
  const { tenants, contexts, lookup, model } = subject
  const [own, other] = tenants
  if (
    own === undefined ||
    other === undefined ||
    model.keySources.every(({ source }) => source.setting === 'role')
  )
    return
  for (const relation of readable(subject)) {
    const sql = selectSql(subject, relation)
    // Without a policy or a view's condition there is nothing that a plan could remember.
    if (
      sql === null ||
      subject.coverage.slow.has(relation.oid) ||
      (lookup.policiesOf(relation).length === 0 && relation.kind !== 'v')
    )
      continue
    await stalePlan(subject, { relation, sql, from: contexts.of(own), to: contexts.of(other) })
    await mixedCursor(subject, { relation, sql, from: contexts.of(own), to: contexts.of(other) })
  }
}

interface Switch {
  readonly relation: ReturnType<typeof readable>[number]
  readonly sql: string
  readonly from: Context
  readonly to: Context
}

function setAll(context: Context): string {
  return (
    'select ' +
    [...settingsOf(context)]
      .map(([name, value]) => `pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`)
      .join(', ')
  )
}

async function stalePlan(
  subject: ProbeSubject,
  { relation, sql, from, to }: Switch,
): Promise<void> {
  const { clone, coverage } = subject
  coverage.probes++
  coverage.tried.add(coverageKey(relation.oid, subject.session, 'stale-plan'))
  const { rows, plain } = await clone.rolledBack(async () => {
    await clone.run('set local plan_cache_mode to force_generic_plan')
    await clone.run(setAll(from))
    await clone.run(`prepare tenantbench_plan as ${sql}`)
    await clone.run('execute tenantbench_plan')
    await clone.run(setAll(to))
    const again = textOf((await clone.run('execute tenantbench_plan')).rows)
    // What B sees of A without any plan is another matter.
    return { rows: again, plain: textOf((await clone.run(sql)).rows) }
  })
  // A prepared statement outlives its transaction.
  await clone.run('deallocate all')
  const stale = foreignIn(subject, rows, ['B'])
  if (!stale.includes('A') || subject.marks.ownersIn(plain).has('A')) return
  const own = ownState(subject)
  subject.saw({
    kind: 'stale-plan',
    oid: relation.oid,
    object: nameOf(relation),
    session: subject.session,
    state: 'own',
    connection: 'recycled',
    owners: ['A'],
    seen: witness(subject, rows, ['A']),
    sql: `${statements(subject, own, `prepare p as ${sql}; execute p`)}\n${setAll(to)};\nexecute p;`,
    detail: null,
  })
}

async function mixedCursor(
  subject: ProbeSubject,
  { relation, sql, from, to }: Switch,
): Promise<void> {
  const { clone, coverage } = subject
  coverage.probes++
  await clone.rolledBack(async () => {
    await clone.run(plainScans)
    await clone.run(setAll(from))
    await clone.run(`declare tenantbench_cursor no scroll cursor for ${sql}`)
    const first = textOf((await clone.run('fetch 1 from tenantbench_cursor')).rows)
    await clone.run(setAll(to))
    const rest = textOf((await clone.run('fetch 100 from tenantbench_cursor')).rows)
    if (subject.marks.ownersIn(first).has('A'))
      coverage.tried.add(coverageKey(relation.oid, subject.session, 'mixed-cursor'))
    if (!subject.marks.ownersIn(first).has('A') || !subject.marks.ownersIn(rest).has('B')) return
    subject.saw({
      kind: 'mixed-cursor',
      oid: relation.oid,
      object: nameOf(relation),
      session: subject.session,
      state: 'own',
      connection: 'recycled',
      owners: ['B'],
      seen: witness(subject, rest, ['B']),
      sql:
        `${statements(subject, ownState(subject), `begin; declare c cursor for ${sql}; fetch 1 from c`)}` +
        `\n${setAll(to)};\nfetch all from c;`,
      detail: null,
    })
  })
}
