/** Conditions that several catalogue queries share. */

/** Not a schema of the system. */
export const userSchema = (column: string): string =>
  `${column} !~ '^pg_' and ${column} <> 'information_schema'`
/** Not made by an extension; `catalogue` is the system catalogue that holds the object. */
export const notOfExtension = (catalogue: string, oid: string): string =>
  `not exists (select 1 from pg_depend x where x.classid = '${catalogue}'::regclass and ` +
  `x.objid = ${oid} and x.deptype = 'e')`
