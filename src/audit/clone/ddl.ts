/**
 * A catalogue as the statements that make it again, one text an object. Nothing of a row is in it. Superusers come back as roles that
 * bypass row security and read and write everything, but that reach neither files nor programs of the machine.
 */
import { nameOf, type Catalogue, type Grant, type Relation } from '../catalogue/catalogue.ts'
import type { Lookup } from '../sql/lookup.ts'
import { literal, qualified, quoted, roleSql } from '../sql/quote.ts'

/** An object with the statements that make it. */
export interface Piece {
  readonly object: string
  readonly sql: string
}

/** Extensions that reach out of the database. They are never installed on a clone. */
export const reachingExtensions: ReadonlySet<string> = new Set(['dblink', 'postgres_fdw', 'file_fdw', 'http', 'pg_net', 'pg_cron', 'aws_s3', 'aws_lambda', 'mysql_fdw', 'oracle_fdw', 'tds_fdw', 'wrappers', 'plpython3u', 'plperlu', 'pltclu', 'adminpack', 'lo'])

/** Roles with attributes, memberships and stored settings. */
export function rolePieces({ roles, memberships, storedSettings, version, database }: Catalogue, existing: ReadonlySet<string>): readonly Piece[] {
  const attribute = (holds: boolean, word: string): string => `${holds ? '' : 'NO'}${word}`
  const made = roles.filter(({ name }) => !existing.has(name)).map(({ name, ...role }): Piece => ({
    object: `role ${name}`,
    sql: `CREATE ROLE ${quoted(name)} NOSUPERUSER ${attribute(role.inherit, 'INHERIT')} ${attribute(role.createRole || role.superuser, 'CREATEROLE')} NOCREATEDB ${attribute(role.login, 'LOGIN')} ${attribute(role.bypassRls || role.superuser, 'BYPASSRLS')}` +
      (role.superuser ? `; GRANT pg_read_all_data, pg_write_all_data TO ${quoted(name)}` : ''),
  }))
  const known = new Set(roles.map(({ name }) => name))
  const joins = memberships.filter(({ role }) => known.has(role)).map(({ role, member, inherit, set, admin }): Piece => ({
    object: `membership of ${member} in ${role}`,
    sql: `GRANT ${quoted(role)} TO ${quoted(member)} ${version >= 160_000 ? `WITH INHERIT ${inherit}, SET ${set}, ADMIN ${admin}` : admin ? 'WITH ADMIN OPTION' : ''}`,
  }))
  const settings = storedSettings.map(({ role, name, value }): Piece => ({
    object: `setting ${name}`,
    sql: `ALTER ${role === null ? `DATABASE ${quoted(database.name)}` : `ROLE ${quoted(role)}`} SET ${settingName(name)} TO ${settingValue(name, value)}`,
  }))
  return [...made, ...joins, ...settings]
}

/** Settings that are lists are stored quoted already. */
const listSettings = new Set(['search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries', 'unix_socket_directories'])

function settingName(name: string): string {
  return name.split('.').map(quoted).join('.')
}

function settingValue(name: string, value: string): string {
  return listSettings.has(name) ? value || "''" : literal(value)
}

/** Everything of a database but its roles. What depends on what is left to whoever runs it: a piece that fails is tried again. */
export function structurePieces(lookup: Lookup): readonly Piece[] {
  const { catalogue } = lookup
  return [
    ...catalogue.schemas.map(schemaPiece),
    ...catalogue.extensions.filter(({ name }) => !reachingExtensions.has(name)).map(({ name, schema }): Piece => ({ object: `extension ${name}`, sql: `CREATE EXTENSION IF NOT EXISTS ${quoted(name)} SCHEMA ${quoted(schema)}` })),
    ...catalogue.collations.map((each): Piece => ({ object: `collation ${nameOf(each)}`, sql: `CREATE COLLATION ${qualified(each)} ${each.definition}` })),
    ...catalogue.types.map((type): Piece => ({ object: `type ${nameOf(type)}`, sql: `CREATE ${type.kind === 'd' ? 'DOMAIN' : 'TYPE'} ${qualified(type)} ${type.definition}; ALTER ${type.kind === 'd' ? 'DOMAIN' : 'TYPE'} ${qualified(type)} OWNER TO ${quoted(type.owner)}` })),
    ...catalogue.relations.filter(({ kind }) => kind === 'S').flatMap((each) => sequencePiece(each, lookup)),
    ...catalogue.relations.filter(({ kind }) => kind === 'r' || kind === 'p').map((each): Piece => ({ object: nameOf(each), sql: tableSql(each, lookup) })),
    ...catalogue.functions.flatMap(functionPiece),
    ...catalogue.relations.filter(({ kind }) => kind === 'r' || kind === 'p').flatMap(defaultsPiece),
    ...constraintPieces(lookup),
    ...catalogue.indexes.filter((index) => index.unique && !index.ofConstraint && !index.inherited).map((index): Piece => ({ object: `index ${index.name}`, sql: index.definition })),
    ...catalogue.relations.filter(({ kind }) => kind === 'v' || kind === 'm').map((each): Piece => ({ object: nameOf(each), sql: viewSql(each) })),
    ...catalogue.triggers.map(({ name, table, definition, enabled }): Piece => ({ object: `trigger ${name}`, sql: `${definition}${enabled === 'O' ? '' : `; ALTER TABLE ${nameSql(table, lookup)} ${triggerState(enabled)} TRIGGER ${quoted(name)}`}` })),
    ...catalogue.rules.map(({ name, definition }): Piece => ({ object: `rule ${name}`, sql: definition })),
    ...catalogue.policies.map((policy): Piece => ({ object: `policy ${policy.name} on ${policy.table}`, sql: policySql(policy, lookup) })),
    ...catalogue.relations.filter(({ kind }) => kind !== 'f').map((each): Piece => ({ object: nameOf(each), sql: finishSql(each) })),
  ]
}

function triggerState(enabled: string): string {
  return enabled === 'D' ? 'DISABLE' : enabled === 'R' ? 'ENABLE REPLICA' : 'ENABLE ALWAYS'
}

function nameSql(oid: number, lookup: Lookup): string {
  const relation = lookup.relation(oid)
  return relation === null ? '"?"' : qualified(relation)
}

function grantSql(on: string, grants: readonly Grant[], columns = ''): string {
  return grants.map(({ grantee, privilege, grantable }) => `GRANT ${privilege}${columns} ON ${on} TO ${roleSql(grantee)}${grantable && grantee !== null ? ' WITH GRANT OPTION' : ''}`).join('; ')
}

function schemaPiece({ name, owner, grants }: Catalogue['schemas'][number]): Piece {
  const sql = [`CREATE SCHEMA IF NOT EXISTS ${quoted(name)}`, `ALTER SCHEMA ${quoted(name)} OWNER TO ${quoted(owner)}`, `REVOKE ALL ON SCHEMA ${quoted(name)} FROM PUBLIC`, grantSql(`SCHEMA ${quoted(name)}`, grants)]
  return { object: `schema ${name}`, sql: sql.filter((each) => each !== '').join('; ') }
}

/** The sequence of an identity column comes with its table. */
function sequencePiece(sequence: Relation, { relation, columnOf }: Lookup): readonly Piece[] {
  const table = sequence.ownedBy === null ? null : relation(sequence.ownedBy.table)
  const column = table === null || sequence.ownedBy === null ? null : columnOf(table, sequence.ownedBy.column)
  return column !== null && column.identity !== '' ? [] : [{ object: nameOf(sequence), sql: `CREATE SEQUENCE ${qualified(sequence)}` }]
}

function tableSql(table: Relation, lookup: Lookup): string {
  const partitioned = table.partitionKey === null ? '' : ` PARTITION BY ${table.partitionKey}`
  const unlogged = table.persistence === 'u' && table.kind === 'r' ? 'UNLOGGED ' : ''
  const [parent] = table.parents
  if (table.isPartition && parent !== undefined) return `CREATE ${unlogged}TABLE ${qualified(table)} PARTITION OF ${nameSql(parent, lookup)} ${table.partitionBound ?? 'DEFAULT'}${partitioned}`
  const columns = table.columns.filter(({ inherited }) => !inherited).map((column) => {
    const generated = column.generated === '' ? '' : ` GENERATED ALWAYS AS (${column.defaultSql ?? 'NULL'}) ${column.generated === 's' ? 'STORED' : 'VIRTUAL'}`
    const identity = column.identity === '' ? '' : ` GENERATED ${column.identity === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`
    return `${quoted(column.name)} ${column.type}${column.collation === null ? '' : ` COLLATE ${column.collation}`}${generated}${identity}${column.notNull ? ' NOT NULL' : ''}`
  })
  const inherits = table.parents.length === 0 ? '' : ` INHERITS (${table.parents.map((each) => nameSql(each, lookup)).join(', ')})`
  return `CREATE ${unlogged}TABLE ${qualified(table)} (${columns.join(', ')})${inherits}${partitioned}`
}

function defaultsPiece(table: Relation): readonly Piece[] {
  const set = table.columns.filter(({ defaultSql, generated, identity }) => defaultSql !== null && generated === '' && identity === '')
  if (set.length === 0) return []
  return [{ object: `defaults of ${nameOf(table)}`, sql: `ALTER TABLE ONLY ${qualified(table)} ${set.map(({ name, defaultSql }) => `ALTER COLUMN ${quoted(name)} SET DEFAULT ${defaultSql ?? 'NULL'}`).join(', ')}` }]
}

/** Keys before foreign keys, which need them. */
function constraintPieces(lookup: Lookup): readonly Piece[] {
  const own = lookup.catalogue.constraints.filter(({ inherited }) => !inherited)
  const ordered = [...own.filter(({ kind }) => kind !== 'f'), ...own.filter(({ kind }) => kind === 'f')]
  return ordered.flatMap(({ name, table, definition }) => {
    const relation = lookup.relation(table)
    if (relation === null || (relation.kind !== 'r' && relation.kind !== 'p')) return []
    return [{ object: `constraint ${name} on ${nameOf(relation)}`, sql: `ALTER TABLE ${qualified(relation)} ADD CONSTRAINT ${quoted(name)} ${definition}` }]
  })
}

function functionPiece({ schema, name, identityArguments, definition, kind, owner, grants, language, trustedLanguage }: Catalogue['functions'][number]): readonly Piece[] {
  if (definition === null || !trustedLanguage || language === 'internal') return []
  const on = `${kind === 'p' ? 'PROCEDURE' : 'FUNCTION'} ${qualified({ schema, name })}(${identityArguments})`
  const sql = [definition.trim(), `ALTER ${on} OWNER TO ${quoted(owner)}`, `REVOKE ALL ON ${on} FROM PUBLIC`, grantSql(on, grants)]
  return [{ object: `${nameOf({ schema, name })}(${identityArguments})`, sql: sql.filter((each) => each !== '').join(';\n') }]
}

function viewSql(view: Relation): string {
  const options = view.options.length === 0 ? '' : ` WITH (${view.options.join(', ')})`
  const query = (view.definition ?? 'SELECT').trim().replace(/;$/, '')
  return view.kind === 'm' ? `CREATE MATERIALIZED VIEW ${qualified(view)} AS ${query} WITH NO DATA` : `CREATE VIEW ${qualified(view)}${options} AS ${query}`
}

const policyCommands = { '*': 'ALL', r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE' } as const

/** A policy as SQL. */
export function policySql({ name, table, permissive, command, roles, using, check }: Catalogue['policies'][number], lookup: Lookup): string {
  const to = roles.length === 0 ? 'PUBLIC' : roles.map(quoted).join(', ')
  return `CREATE POLICY ${quoted(name)} ON ${nameSql(table, lookup)} AS ${permissive ? 'PERMISSIVE' : 'RESTRICTIVE'} FOR ${policyCommands[command]} TO ${to}${using === null ? '' : ` USING (${using})`}${check === null ? '' : ` WITH CHECK (${check})`}`
}

/** Owner, row security and grants, when everything else is there. */
function finishSql(relation: Relation): string {
  const word = { r: 'TABLE', p: 'TABLE', f: 'TABLE', v: 'VIEW', m: 'MATERIALIZED VIEW', S: 'SEQUENCE' }[relation.kind]
  const on = `${relation.kind === 'S' ? 'SEQUENCE' : 'TABLE'} ${qualified(relation)}`
  const rows = relation.kind === 'r' || relation.kind === 'p'
  return [
    relation.kind === 'S' && relation.ownedBy !== null ? '' : `ALTER ${word} ${qualified(relation)} OWNER TO ${quoted(relation.owner)}`,
    rows && relation.rowSecurity ? `ALTER TABLE ${qualified(relation)} ENABLE ROW LEVEL SECURITY` : '',
    rows && relation.forced ? `ALTER TABLE ${qualified(relation)} FORCE ROW LEVEL SECURITY` : '',
    `REVOKE ALL ON ${on} FROM PUBLIC`,
    `REVOKE ALL ON ${on} FROM ${quoted(relation.owner)}`,
    grantSql(on, relation.grants),
    ...relation.columns.filter(({ grants }) => grants.length > 0).map(({ name, grants }) => grantSql(on, grants, ` (${quoted(name)})`)),
  ].filter((each) => each !== '').join('; ')
}
