/**
 * A view that is itself the filter: whether a cheap condition of the caller's sees rows before the
 * view drops them.
 */
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import { qualified } from '../sql/quote.ts'
import { plainScans } from './clone-session.ts'
import { coverageKey } from './evidence.ts'
import { statements } from './read.ts'
import { foreignIn, isUnjudged, type ProbeSubject } from './subject.ts'
import { ownState } from './own-state.ts'

/** Looks through every view that the session may read. */
export async function probePeeking(subject: ProbeSubject): Promise<void> {
  for (const view of subject.lookup.catalogue.relations) {
    if (view.kind !== 'v' || subject.coverage.slow.has(view.oid)) continue
    const readable = subject.privileges.columns(subject.session.role, view, 'SELECT')
    const columns = view.columns
      .filter(({ name, baseType }) => readable.includes(name) && marked.test(baseType))
      .slice(0, mostColumns)
    for (const { name } of columns) await lookThrough(subject, view, name)
  }
}

/** Types of which a value can be recognised. */
const marked = /^(text|character|integer|bigint|uuid|numeric)/
const mostColumns = 4

async function lookThrough(subject: ProbeSubject, view: Relation, column: string): Promise<void> {
  subject.coverage.probes++
  // The bare column: a cast or a concatenation would make the condition dearer than the view's own,
  // and so run after it.
  const sql = `select count(*) from ${qualified(view)} where ${subject.clone.look(column)}`
  const outcome = await subject.clone.rolledBack(async () => {
    await subject.clone.run(plainScans)
    return subject.clone.run(sql)
  })
  isUnjudged(subject, view, outcome)
  if (outcome.error === null)
    subject.coverage.tried.add(coverageKey(view.oid, subject.session, 'peek'))
  const told = [outcome.error?.text ?? '', ...outcome.notices].join('\n')
  const foreign = foreignIn(subject, told, ['A'])
  if (foreign.length > 0)
    subject.saw({
      kind: 'peek',
      oid: view.oid,
      object: nameOf(view),
      session: subject.session,
      state: 'own',
      connection: 'recycled',
      owners: foreign,
      seen: `a condition of the caller was run on rows of ${foreign.join(', ')}`,
      sql: statements(subject, ownState(subject), sql),
      detail: null,
    })
}
