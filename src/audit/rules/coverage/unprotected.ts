/** Tables without row security that tenants reach, each under the vector that fits it best. */
import { nameOf, type Relation } from '../../catalogue/catalogue.ts'
import { qualified, quoted } from '../../sql/quote.ts'
import type { Hit, RuleSubject } from '../rule.ts'
import { loginsOf, sessionsWith, tenantCondition, tenantTables } from '../support.ts'

/** The vectors of tables that row security does not cover. */
export type UnprotectedVector =
  'A01' | 'A02' | 'A09' | 'A10' | 'A10b' | 'A11' | 'A16' | 'A17' | 'B20'

/** Hits of one of these vectors. */
export function unprotectedHits(subject: RuleSubject, wanted: UnprotectedVector): readonly Hit[] {
  return tenantTables(subject)
    .filter(({ rowSecurity }) => !rowSecurity)
    .flatMap((relation) => {
      // A log that may only be appended to shows nothing.
      const sessions = sessionsWith(subject, relation, ['SELECT', 'UPDATE', 'DELETE'])
      if (sessions.length === 0 || vectorOf(subject, relation) !== wanted) return []
      return [
        {
          object: nameOf(relation),
          oid: relation.oid,
          roles: loginsOf(sessions),
          detail: `row security is off, and ${loginsOf(sessions).join(', ')} may read or write it`,
          fix: mend(subject, relation),
        },
      ]
    })
}

function vectorOf(subject: RuleSubject, relation: Relation): UnprotectedVector {
  const { lookup, model } = subject
  const [parent] = relation.parents.flatMap((oid) => lookup.relation(oid) ?? [])
  if (parent !== undefined && relation.isPartition)
    return rootOf(subject, relation).rowSecurity ? 'A10' : 'A10b'
  if (parent !== undefined) return 'A11'
  if (lookup.policiesOf(relation).length > 0) return 'A02'
  if (relation.kind === 'p') return 'A10b'
  const table = model.tables.get(relation.oid)
  if (isRegistry(subject, relation)) return 'A17'
  if (table?.decides === true) return 'B20'
  if (isCopy(subject, relation)) return 'A16'
  return table?.kind === 'satellite' ? 'A09' : 'A01'
}

function rootOf(subject: RuleSubject, relation: Relation): Relation {
  const parent =
    relation.parents[0] === undefined ? null : subject.lookup.relation(relation.parents[0])
  return parent === null ? relation : rootOf(subject, parent)
}

/** The table of the tenants themselves: its own key is the tenant's, and others point at it. */
function isRegistry({ lookup, model }: RuleSubject, relation: Relation): boolean {
  const axis = model.tables.get(relation.oid)?.axis ?? []
  const ownKey = lookup
    .constraintsOf(relation)
    .some(
      ({ kind, columns }) =>
        kind === 'p' && columns.length === 1 && axis.includes(columns[0] ?? ''),
    )
  return ownKey && lookup.referencesTo(relation).some(({ table }) => table !== relation.oid)
}

const leastAlike = 0.8
const fewestColumns = 3

/**
 * A table whose columns are those of one under row security, and that has no policy of its own: a
 * backup, a staging table.
 */
function isCopy(subject: RuleSubject, relation: Relation): boolean {
  const names = new Set(relation.columns.map(({ name }) => name))
  return subject.lookup.catalogue.relations.some((other) => {
    if (other.oid === relation.oid || !other.rowSecurity || other.columns.length < fewestColumns)
      return false
    const alike = other.columns.filter(({ name }) => names.has(name)).length
    return (
      alike / Math.max(other.columns.length, 1) >= leastAlike &&
      alike / Math.max(relation.columns.length, 1) >= leastAlike
    )
  })
}

function mend(subject: RuleSubject, relation: Relation): string {
  const on = qualified(relation)
  const [parent] = relation.parents.flatMap((oid) => subject.lookup.relation(oid) ?? [])
  if (parent?.rowSecurity === true)
    return `REVOKE ALL ON ${on} FROM PUBLIC${sessionsWith(subject, relation, [
      'SELECT',
      'INSERT',
      'UPDATE',
      'DELETE',
    ])
      .map(({ role }) => `, ${quoted(role)}`)
      .join('')};`
  const condition = tenantCondition(subject, relation) ?? parentCondition(subject, relation)
  const policy =
    subject.lookup.policiesOf(relation).length > 0
      ? ''
      : `\nCREATE POLICY tenant ON ${on} USING (${condition ?? 'false'}) WITH CHECK (${condition ?? 'false'});`
  return `ALTER TABLE ${on} ENABLE ROW LEVEL SECURITY;\nALTER TABLE ${on} FORCE ROW LEVEL SECURITY;${policy}`
}

/** A satellite is seen when the row it hangs on is. */
function parentCondition({ lookup, model }: RuleSubject, relation: Relation): string | null {
  const key = lookup
    .constraintsOf(relation)
    .find(
      ({ kind, target }) =>
        kind === 'f' &&
        target !== null &&
        (model.tables.get(target)?.kind ?? 'shared') !== 'shared',
    )
  const target =
    key?.target === undefined || key.target === null ? null : lookup.relation(key.target)
  if (key === undefined || target === null) return null
  return (
    `EXISTS (SELECT 1 FROM ${qualified(target)} parent WHERE ` +
    `${key.columns
      .map(
        (column, position) =>
          `parent.${quoted(key.targetColumns[position] ?? '')} = ` +
          `${qualified(relation)}.${quoted(column)}`,
      )
      .join(' AND ')})`
  )
}
