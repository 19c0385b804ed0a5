/**
 * A hidden row whose key does not fit the type that a policy casts it to: whether the error quotes
 * it.
 */
import { nameOf } from '../catalogue/catalogue.ts'
import { plantNow } from './plant.ts'
import { coverageKey } from './evidence.ts'
import { ownState } from './own-state.ts'
import { plainScans } from './clone-session.ts'
import { selectSql, statements } from './read.ts'
import { unsaidOwners, type ProbeSubject } from './subject.ts'

const textual = /^(text|character|json)|citext$/

/** Tries every table whose policies cast something of the row. */
export async function probeCasts(subject: ProbeSubject): Promise<void> {
  const { lookup, model, marks, plan, clone, session, coverage } = subject
  for (const relation of lookup.catalogue.relations) {
    const sql = selectSql(subject, relation)
    const columns = relation.columns.filter(
      ({ baseType, name }) =>
        textual.test(baseType) &&
        lookup
          .policiesOf(relation)
          .some(({ using }) => using?.includes('::') === true && using.includes(name)),
    )
    if (
      sql === null ||
      coverage.slow.has(relation.oid) ||
      columns.length === 0 ||
      subject.seeding.planted.get(relation.oid)?.has('B') !== true
    )
      continue
    const row = plan.another(relation, 'B')
    const mark = marks.text('B')
    const names = model.sessionColumns
      .filter(({ use }) => use.relation.oid === relation.oid)
      .flatMap(({ constants }) => constants)
      .filter((name) => /^\w+$/.test(name))
    const values = new Map([
      ...row.values,
      ...columns.map(
        ({ name, baseType }) =>
          [
            name,
            baseType.startsWith('json')
              ? JSON.stringify(Object.fromEntries(names.map((key) => [key, mark])))
              : mark,
          ] as const,
      ),
    ])
    coverage.probes++
    await clone.rolledBack(async () => {
      await clone.run(plainScans)
      const planted = await plantNow(subject, relation, { owner: 'B', values })
      if (planted.error !== null) return
      const outcome = await clone.run(sql)
      coverage.tried.add(coverageKey(relation.oid, session, 'error'))
      const told = [outcome.error?.text ?? '', ...outcome.notices].join('\n')
      const owners = unsaidOwners(subject, told, sql)
      if (owners.length > 0)
        subject.saw({
          kind: 'error',
          oid: relation.oid,
          object: nameOf(relation),
          session,
          state: 'own',
          connection: 'recycled',
          owners,
          seen: told.slice(0, 200),
          sql: statements(subject, ownState(subject), sql),
          detail: null,
        })
    })
  }
}
