/**
 * What the superuser makes before anything of the database's own is there: schemas and trusted
 * extensions.
 */
import type { Catalogue, Grant } from '../catalogue/catalogue.ts'
import { quoted, roleSql } from '../sql/quote.ts'
import type { Piece } from './piece.ts'

/** Schemas in which, until everything is built, every owner may create. */
export function schemaPieces({ schemas }: Catalogue): readonly Piece[] {
  return schemas.map(({ name, owner }): Piece => ({
    object: `schema ${name}`,
    sql: [
      `CREATE SCHEMA IF NOT EXISTS ${quoted(name)}`,
      `ALTER SCHEMA ${quoted(name)} OWNER TO ${quoted(owner)}`,
      `GRANT ALL ON SCHEMA ${quoted(name)} TO PUBLIC`,
    ].join('; '),
  }))
}

/** Who may use the schemas in the end. */
export function schemaGrantPieces({ schemas }: Catalogue): readonly Piece[] {
  return schemas.map(({ name, grants }): Piece => {
    const granted = grantSql(`SCHEMA ${quoted(name)}`, grants)
    const sql = [
      `REVOKE ALL ON SCHEMA ${quoted(name)} FROM PUBLIC`,
      ...(granted === '' ? [] : [granted]),
    ]
    return { object: `schema ${name}`, sql: sql.join('; ') }
  })
}

/**
 * Extensions that an ordinary owner could create as well; the others can reach beyond the database,
 * or might.
 */
export function extensionPieces(
  { extensions }: Catalogue,
  trusted: ReadonlySet<string>,
): readonly Piece[] {
  return extensions
    .filter(({ name }) => trusted.has(name))
    .map(({ name, schema }): Piece => ({
      object: `extension ${name}`,
      sql: `CREATE EXTENSION IF NOT EXISTS ${quoted(name)} SCHEMA ${quoted(schema)}`,
    }))
}

/** Privileges as GRANT statements, empty without any. */
export function grantSql(on: string, grants: readonly Grant[], columns = ''): string {
  return grants
    .map(({ grantee, privilege, grantable }) => {
      const option = grantable && grantee !== null ? ' WITH GRANT OPTION' : ''
      return `GRANT ${privilege}${columns} ON ${on} TO ${roleSql(grantee)}${option}`
    })
    .join('; ')
}
