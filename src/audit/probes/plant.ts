/**
 * A row planted in the middle of a probe, as its table's owner and in the judged transaction, which
 * is rolled back.
 */
import type { Relation } from '../catalogue/catalogue.ts'
import type { PlannedRow } from '../clone/plan.ts'
import { insertSql } from '../clone/seed.ts'
import { qualified, quoted } from '../sql/quote.ts'
import type { Outcome } from './clone-session.ts'
import type { ProbeSubject } from './subject.ts'

/**
 * Plants a row without triggers and without row security of the owner's own; foreign keys are tried
 * with, then without.
 */
export async function plantNow(
  subject: ProbeSubject,
  relation: Relation,
  row: PlannedRow,
): Promise<Outcome> {
  const { clone } = subject
  const plant = (before: readonly string[]): Promise<Outcome> =>
    clone.actAs(relation.owner, plantingSql(subject, relation, { row, before }))
  await clone.run('savepoint planting')
  const outcome = await plant([])
  if (outcome.error?.state !== '23503') return outcome
  await clone.run('rollback to savepoint planting')
  return await plant(foreignKeysOff(subject, relation))
}

interface Planting {
  readonly row: PlannedRow
  readonly before: readonly string[]
}

/**
 * Forced row security stays off no longer than the insert takes: what reads as the owner afterwards
 * is under it.
 */
function plantingSql(
  { lookup }: ProbeSubject,
  relation: Relation,
  { row, before }: Planting,
): string {
  const table = qualified(relation)
  return [
    ...(lookup.triggersOf(relation).length > 0
      ? [`alter table ${table} disable trigger user`]
      : []),
    ...(relation.forced ? [`alter table ${table} no force row level security`] : []),
    ...before,
    insertSql(relation, [row]),
    ...(relation.forced ? [`alter table ${table} force row level security`] : []),
  ].join('; ')
}

function foreignKeysOff({ lookup }: ProbeSubject, relation: Relation): readonly string[] {
  return lookup
    .constraintsOf(relation)
    .filter(({ kind, inherited }) => kind === 'f' && !inherited)
    .map(
      ({ name }) => `alter table ${qualified(relation)} drop constraint if exists ${quoted(name)}`,
    )
}
