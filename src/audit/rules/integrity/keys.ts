/**
 * Keys that reach across tenants: unique ones that do not hold the tenant, foreign ones that may
 * point at any tenant's row.
 */
import { nameOf, type Constraint } from '../../catalogue/catalogue.ts'
import { comment, qualified, quoted } from '../../sql/quote.ts'
import type { Hit, RuleSubject } from '../rule.ts'
import { axisOf, loginsOf, sessionsWith, tenantTables } from '../support.ts'

/** Unique or exclusion indexes without the tenant's column, on values that somebody can guess. */
export function uniqueHits(subject: RuleSubject, exclusion: boolean): readonly Hit[] {
  return tenantTables(subject).flatMap((relation) => {
    const sessions = sessionsWith(subject, relation, ['INSERT', 'UPDATE'])
    const axis = subject.model.tables.get(relation.oid)?.axis ?? []
    if (sessions.length === 0 || !relation.rowSecurity) return []
    return subject.lookup
      .indexesOf(relation)
      .filter(
        (index) =>
          index.exclusion === exclusion &&
          (index.unique || index.exclusion) &&
          (!index.primary ||
            index.columns.every((column) => isNatural(subject, relation.oid, column))) &&
          !index.columns.some((column) => column !== null && axis.includes(column)),
      )
      .filter(({ columns }) => !columns.every((column) => isRandom(subject, relation.oid, column)))
      .map((index) => ({
        object: nameOf(relation),
        oid: relation.oid,
        roles: loginsOf(sessions),
        detail:
          `${index.name} ` +
          `(${index.columns.map((column) => column ?? 'expression').join(', ')}) does not ` +
          'hold the tenant',
        evidenceDetail: index.name,
        fix: exclusion
          ? "-- Add the tenant's column to the constraint, WITH =."
          : `DROP INDEX ${quoted(relation.schema)}.${quoted(index.name)};\nCREATE UNIQUE INDEX ` +
            `ON ${qualified(relation)} (` +
            [axisOf(subject, relation), ...index.columns]
              .flatMap((column) => (column === null ? [] : [quoted(column)]))
              .join(', ') +
            ');',
      }))
  })
}

/** A key that means something, such as a phone number: a text; numbers are usually counted. */
function isNatural({ lookup }: RuleSubject, oid: number, column: string | null): boolean {
  const relation = lookup.relation(oid)
  return (
    relation !== null &&
    column !== null &&
    /^(text|character)|citext$/.test(lookup.columnOf(relation, column)?.baseType ?? '')
  )
}

/** Random values cannot be guessed: a conflict tells nothing. */
function isRandom({ lookup }: RuleSubject, oid: number, column: string | null): boolean {
  const relation = lookup.relation(oid)
  const found = relation === null || column === null ? null : lookup.columnOf(relation, column)
  if (found === null) return false
  return (
    found.baseType === 'uuid' ||
    /gen_random|uuid_generate|random\(|encode\(/.test(found.defaultSql ?? '') ||
    /(token|secret|nonce|hash|digest|api_?key)/i.test(found.name) ||
    found.identity !== '' ||
    /nextval/.test(found.defaultSql ?? '')
  )
}

/** Foreign keys to tenants' rows that do not hold the tenant's column. */
export function referenceHits(
  subject: RuleSubject,
  test: (key: Constraint) => boolean,
): readonly Hit[] {
  const { model, lookup } = subject
  return tenantTables(subject).flatMap((relation) => {
    const sessions = sessionsWith(subject, relation, ['INSERT', 'UPDATE'])
    const axis = model.tables.get(relation.oid)?.axis ?? []
    if (sessions.length === 0 || !relation.rowSecurity) return []
    return lookup
      .constraintsOf(relation)
      .filter(
        (key) =>
          key.kind === 'f' && test(key) && !key.columns.some((column) => axis.includes(column)),
      )
      .flatMap((key) => {
        const target = key.target === null ? null : lookup.relation(key.target)
        const targetAxis = target === null ? null : axisOf(subject, target)
        if (target === null || targetAxis === null) return []
        const own = axisOf(subject, relation)
        return [
          {
            object: nameOf(relation),
            oid: relation.oid,
            roles: loginsOf(sessions),
            detail: `${key.name} points at ${nameOf(target)} without the tenant`,
            evidenceDetail: key.name,
            fix:
              own === null
                ? comment(
                    `Give ${nameOf(relation)} the tenant's column and make it part of the key.`,
                  )
                : `ALTER TABLE ${qualified(target)} ADD UNIQUE ` +
                  `(${[targetAxis, ...key.targetColumns].map(quoted).join(', ')});\nALTER TABLE ` +
                  `${qualified(relation)} DROP CONSTRAINT ${quoted(key.name)}, ADD FOREIGN KEY ` +
                  `(${[own, ...key.columns].map(quoted).join(', ')}) REFERENCES ${qualified(target)} ` +
                  `(${[targetAxis, ...key.targetColumns].map(quoted).join(', ')});`,
          },
        ]
      })
  })
}
