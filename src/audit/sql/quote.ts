/** Names and texts of a user's database as SQL: they are data, whatever they hold. */
import pg from 'pg'
import { printable } from '../../base/text.ts'

/** An identifier, always in quotes. */
export function quoted(name: string): string {
  return pg.escapeIdentifier(name)
}

/** A schema-qualified name, in quotes. */
export function qualified({
  schema,
  name,
}: {
  readonly schema: string
  readonly name: string
}): string {
  return `${quoted(schema)}.${quoted(name)}`
}

/** A text as a literal. */
export function literal(text: string): string {
  return pg.escapeLiteral(text)
}

/** A role in a GRANT or a policy; null is PUBLIC. */
export function roleSql(role: string | null): string {
  return role === null ? 'PUBLIC' : quoted(role)
}

/**
 * A sentence as a comment: names in it may hold a line break, behind which anything would be SQL.
 */
export function comment(sentence: string): string {
  return `-- ${printable(sentence)}`
}
