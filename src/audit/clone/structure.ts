/**
 * A catalogue as the statements that make its objects again, each for its owner; nothing of a row
 * is in it. What would keep rows from being planted (foreign keys, triggers, rules, forced row
 * security, grants) comes afterwards, in `finish.ts`.
 */
import { nameOf, type Catalogue, type Relation } from '../catalogue/catalogue.ts'
import type { Lookup } from '../sql/lookup.ts'
import { qualified, quoted } from '../sql/quote.ts'
import type { OwnedPiece } from './piece.ts'

/**
 * The pieces. What depends on what is left to whoever runs it: a piece that fails is tried again.
 */
export function structurePieces(lookup: Lookup): readonly OwnedPiece[] {
  const { collations, types, relations, functions } = lookup.catalogue
  const tables = relations.filter(isTable)
  return [
    ...collations.map((each): OwnedPiece => ({
      object: `collation ${nameOf(each)}`,
      owner: each.owner,
      sql: `CREATE COLLATION ${qualified(each)} ${each.definition}`,
    })),
    ...types.map((type): OwnedPiece => ({
      object: `type ${nameOf(type)}`,
      owner: type.owner,
      sql: `CREATE ${type.kind === 'd' ? 'DOMAIN' : 'TYPE'} ${qualified(type)} ${type.definition}`,
    })),
    ...relations.filter(({ kind }) => kind === 'S').flatMap((each) => sequencePiece(each, lookup)),
    ...tables.map((table): OwnedPiece => ({
      object: nameOf(table),
      owner: table.owner,
      sql: tableSql(table, lookup),
    })),
    ...functions.flatMap(functionPiece),
    ...tables.flatMap(defaultsPiece),
    ...keyPieces(lookup),
    ...uniqueIndexPieces(lookup),
    ...relations
      .filter(isView)
      .map((view): OwnedPiece => ({ object: nameOf(view), owner: view.owner, sql: viewSql(view) })),
  ]
}

/**
 * Owners that must be members of another for the time of building: a partition's owner needs its
 * parent's rights.
 */
export function borrowedMemberships({
  catalogue,
  relation,
}: Lookup): readonly (readonly [role: string, member: string])[] {
  const pairs = catalogue.relations.flatMap(({ parents, owner }) =>
    parents.flatMap((oid) => {
      const parent = relation(oid)
      return parent === null || parent.owner === owner ? [] : [[parent.owner, owner] as const]
    }),
  )
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()]
}

/** Whether rows of its own are in it. */
export function isTable({ kind }: Relation): boolean {
  return kind === 'r' || kind === 'p'
}

function isView({ kind }: Relation): boolean {
  return kind === 'v' || kind === 'm'
}

/** The sequence of an identity column comes with its table. */
function sequencePiece(sequence: Relation, { relation, columnOf }: Lookup): readonly OwnedPiece[] {
  const table = sequence.ownedBy === null ? null : relation(sequence.ownedBy.table)
  const column =
    table === null || sequence.ownedBy === null ? null : columnOf(table, sequence.ownedBy.column)
  if (column !== null && column.identity !== '') return []
  return [
    {
      object: nameOf(sequence),
      owner: sequence.owner,
      sql: `CREATE SEQUENCE ${qualified(sequence)}`,
    },
  ]
}

function tableSql(table: Relation, lookup: Lookup): string {
  const partitioned = table.partitionKey === null ? '' : ` PARTITION BY ${table.partitionKey}`
  const unlogged = table.persistence === 'u' && table.kind === 'r' ? 'UNLOGGED ' : ''
  const create = `CREATE ${unlogged}TABLE ${qualified(table)}`
  const [parent] = table.parents
  if (table.isPartition && parent !== undefined) {
    return `${create} PARTITION OF ${nameSql(parent, lookup)} ${table.partitionBound ?? 'DEFAULT'}${partitioned}`
  }
  const columns = table.columns.filter(({ inherited }) => !inherited).map(columnSql)
  const parents = table.parents.map((each) => nameSql(each, lookup))
  const inherits = parents.length === 0 ? '' : ` INHERITS (${parents.join(', ')})`
  return `${create} (${columns.join(', ')})${inherits}${partitioned}`
}

function columnSql({
  name,
  type,
  collation,
  generated,
  defaultSql,
  identity,
  notNull,
}: Relation['columns'][number]): string {
  const storage = generated === 's' ? 'STORED' : 'VIRTUAL'
  return [
    `${quoted(name)} ${type}`,
    ...(collation === null ? [] : [`COLLATE ${collation}`]),
    ...(generated === '' ? [] : [`GENERATED ALWAYS AS (${defaultSql ?? 'NULL'}) ${storage}`]),
    ...(identity === ''
      ? []
      : [`GENERATED ${identity === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`]),
    ...(notNull ? ['NOT NULL'] : []),
  ].join(' ')
}

/** The name of a relation by its number. */
export function nameSql(oid: number, { relation }: Lookup): string {
  const found = relation(oid)
  return found === null ? '"?"' : qualified(found)
}

function defaultsPiece(table: Relation): readonly OwnedPiece[] {
  const set = table.columns.filter(
    ({ defaultSql, generated, identity }) =>
      defaultSql !== null && generated === '' && identity === '',
  )
  if (set.length === 0) return []
  const actions = set.map(
    ({ name, defaultSql }) => `ALTER COLUMN ${quoted(name)} SET DEFAULT ${defaultSql ?? 'NULL'}`,
  )
  return [
    {
      object: `defaults of ${nameOf(table)}`,
      owner: table.owner,
      sql: `ALTER TABLE ONLY ${qualified(table)} ${actions.join(', ')}`,
    },
  ]
}

/** Constraints but foreign keys. */
function keyPieces({ catalogue, relation }: Lookup): readonly OwnedPiece[] {
  return catalogue.constraints
    .filter(({ inherited, kind }) => !inherited && kind !== 'f')
    .flatMap(({ name, table, definition }) => {
      const on = relation(table)
      if (on === null || !isTable(on)) return []
      const sql = `ALTER TABLE ${qualified(on)} ADD CONSTRAINT ${quoted(name)} ${definition}`
      return [{ object: `constraint ${name} on ${nameOf(on)}`, owner: on.owner, sql }]
    })
}

function uniqueIndexPieces({ catalogue, relation }: Lookup): readonly OwnedPiece[] {
  return catalogue.indexes
    .filter(({ unique, ofConstraint, inherited }) => unique && !ofConstraint && !inherited)
    .flatMap(({ name, table, definition }) => {
      const on = relation(table)
      return on === null ? [] : [{ object: `index ${name}`, owner: on.owner, sql: definition }]
    })
}

function functionPiece(called: Catalogue['functions'][number]): readonly OwnedPiece[] {
  const { definition, owner, leakproof } = called
  if (definition === null || isUntrusted(called)) return []
  // An ordinary owner may not say so; the superuser says it of the finished function.
  const sql = leakproof ? definition.replace(/^( [A-Z ]*)\bLEAKPROOF\b/m, '$1') : definition
  return [{ object: signatureOf(called), owner, sql: sql.trim() }]
}

/**
 * Whether a function is written in a language in which an ordinary owner may not write; an
 * aggregate is in none.
 */
export function isUntrusted({
  kind,
  trustedLanguage,
  language,
}: Catalogue['functions'][number]): boolean {
  return kind !== 'a' && (!trustedLanguage || language === 'internal')
}

/** A function with its arguments, as findings and abstentions name it. */
export function signatureOf(
  called: Pick<Catalogue['functions'][number], 'schema' | 'name' | 'identityArguments'>,
): string {
  return `${nameOf(called)}(${called.identityArguments})`
}

function viewSql(view: Relation): string {
  const options = view.options.length === 0 ? '' : ` WITH (${view.options.join(', ')})`
  const query = (view.definition ?? 'SELECT').trim().replace(/;$/, '')
  return view.kind === 'm'
    ? `CREATE MATERIALIZED VIEW ${qualified(view)} AS ${query} WITH NO DATA`
    : `CREATE VIEW ${qualified(view)}${options} AS ${query}`
}
