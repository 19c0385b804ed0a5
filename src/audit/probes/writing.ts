/**
 * How a blind write is judged: what happened is read by the observer inside the same transaction,
 * which is then rolled back. Only SQLSTATE 42501 counts as blocked, and not where it refused a step
 * out of the session.
 */
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import { literal, qualified, quoted } from '../sql/quote.ts'
import { columnId } from '../tenancy/key-classes.ts'
import type { Observation } from '../clone/helpers.ts'
import { cutOff, type Outcome } from './clone-session.ts'
import { coverageKey, type Evidence, type EvidenceKind } from './evidence.ts'
import { ownState } from './own-state.ts'
import { statements } from './read.ts'
import { isUnjudged, textOf, unsaidOwners, type ProbeSubject } from './subject.ts'

/** Row security or a missing privilege refused: the only state that counts as blocked. */
export const blocked = '42501'

/** A write, and how to see what came of it. */
export interface Attempt {
  readonly kind: EvidenceKind
  readonly relation: Relation
  readonly sql: string
  /** What the observer reads to see what happened; owners in it that are foreign are evidence. */
  readonly check: Observation
  /** Whose the rows are that `check` finds, where it asks for that owner's key itself. */
  readonly owner?: string
}

/**
 * Runs one write and looks at what came of it. Returns its SQLSTATE, or null when it went through.
 */
export async function attempt(
  subject: ProbeSubject,
  { kind, relation, sql, check, owner }: Attempt,
): Promise<string | null> {
  const { clone, coverage, session } = subject
  if (coverage.slow.has(relation.oid)) return cutOff
  coverage.probes++
  return clone.rolledBack(async () => {
    const outcome = await unhindered(subject, relation, sql)
    noteTold(subject, { relation, sql, outcome })
    if (isUnjudged(subject, relation, outcome)) return outcome.error?.state ?? null
    if (outcome.error !== null) {
      if (outcome.error.state === blocked)
        coverage.tried.add(coverageKey(relation.oid, session, kind))
      return outcome.error.state
    }
    coverage.tried.add(coverageKey(relation.oid, session, kind))
    const after = await clone.observe(check)
    const owners =
      owner !== undefined
        ? after.rows.length > 0
          ? [owner]
          : []
        : [...subject.marks.ownersIn(textOf(after.rows))].filter(
            (each) => each !== 'A' && each !== 'shared',
          )
    if (owners.length > 0)
      subject.saw({
        ...evidenceBase(subject, relation, sql),
        kind,
        owners,
        seen: `${after.rows.length} row(s), e.g. ${textOf(after.rows.slice(0, 1)).slice(0, 140)}`,
      })
    return null
  })
}

/**
 * Constraints that have nothing to do with tenants must not look like isolation: they are taken off
 * inside the transaction.
 */
export async function unhindered(
  subject: ProbeSubject,
  relation: Relation,
  sql: string,
): Promise<Outcome> {
  const { clone, lookup } = subject
  await clone.run('savepoint attempt')
  const outcome = await clone.run(sql)
  if (outcome.error === null || !['23503', '23514', '23505'].includes(outcome.error.state))
    return outcome
  await clone.run('rollback to savepoint attempt')
  const hindering = [...lookup.constraintsOf(relation), ...lookup.referencesTo(relation)].filter(
    ({ kind, definition, inherited }) =>
      !inherited &&
      (kind === 'f' || (kind === 'c' && !/current_setting|\(.*\..*\(/.test(definition))),
  )
  for (const { name, table } of hindering) {
    const on = lookup.relation(table)
    if (on !== null)
      await clone.actAs(
        on.owner,
        `alter table ${qualified(on)} drop constraint if exists ${quoted(name)}`,
      )
  }
  return clone.run(sql)
}

/** What all evidence of a write has in common. */
export function evidenceBase(
  subject: ProbeSubject,
  relation: Relation,
  sql: string,
): Omit<Evidence, 'kind' | 'owners' | 'seen'> {
  return {
    oid: relation.oid,
    object: nameOf(relation),
    session: subject.session,
    state: 'own',
    connection: 'recycled',
    sql: statements(subject, ownState(subject), sql),
    detail: null,
  }
}

/** What a refused or a successful write says aloud. */
export function noteTold(
  subject: ProbeSubject,
  {
    relation,
    sql,
    outcome,
  }: { readonly relation: Relation; readonly sql: string; readonly outcome: Outcome },
): void {
  const told = [outcome.error?.text ?? '', ...outcome.notices].join('\n')
  const owners = unsaidOwners(subject, told, sql)
  if (owners.length > 0)
    subject.saw({
      ...evidenceBase(subject, relation, sql),
      kind: 'error',
      owners,
      seen: told.trim().slice(0, 300),
    })
}

/** Rows that the transaction wrote, its savepoints too. */
export const changedNow = (relation: Relation): Observation => ({ relation, written: true })

/**
 * Rows just written that carry another tenant's key now, whatever they carried on the way; without
 * a key of their own, a foreign parent.
 */
export function plantedNow(
  subject: ProbeSubject,
  relation: Relation,
): Pick<Attempt, 'check' | 'owner'> {
  const { model, tenants } = subject
  const axis = model.tables.get(relation.oid)?.axis[0]
  const key =
    axis === undefined
      ? undefined
      : tenants
          .find(({ label }) => label === 'B')
          ?.keys.get(model.classes.classOf(columnId(relation, axis)))
  if (axis !== undefined && key !== undefined)
    return {
      check: { ...changedNow(relation), condition: holdsKey(subject, { relation, axis, key }) },
      owner: 'B',
    }
  const keys = subject.lookup
    .constraintsOf(relation)
    .filter(({ kind }) => kind === 'f')
    .flatMap(({ columns }) => columns)
  return { check: { ...changedNow(relation), columns: keys } }
}

/**
 * Compared as PostgreSQL prints the column, of a JSON document any value; all names are of the
 * system's own schema, since the observer's search path is empty.
 */
function holdsKey(
  { lookup }: ProbeSubject,
  {
    relation,
    axis,
    key,
  }: { readonly relation: Relation; readonly axis: string; readonly key: string },
): string {
  const column = lookup.columnOf(relation, axis)
  if (column?.baseType.startsWith('json') === true) {
    const values = `pg_catalog.jsonb_each_text(${quoted(axis)}::pg_catalog.jsonb)`
    return `exists (select from ${values} as held where held.value = ${literal(key)})`
  }
  // Of a type of the system's own: as that type prints the key, with its scale or its length.
  const isPlain = column !== null && column.typeKind === 'b' && !column.type.includes('.')
  return holdsText(axis, key, isPlain ? column.type : null)
}

/** Blanks at the end are the type's, where it has a fixed length. */
export function holdsText(column: string, text: string, type: string | null = null): string {
  const printed = (value: string): string => `pg_catalog.rtrim(pg_catalog.format('%s', ${value}))`
  return `${printed(quoted(column))} = ${printed(`${literal(text)}${type === null ? '' : `::${type}`}`)}`
}

/** Whether a column is part of a key, so that it cannot be given any value. */
export function isKey({ lookup }: ProbeSubject, relation: Relation, column: string): boolean {
  return (
    lookup
      .constraintsOf(relation)
      .some(({ kind, columns }) => kind !== 'c' && columns.includes(column)) ||
    lookup.indexesOf(relation).some(({ unique, columns }) => unique && columns.includes(column))
  )
}
