/**
 * What makes a filled clone behave as the database does: foreign keys, triggers, rules, row
 * security, grants.
 */
import { nameOf, type Catalogue, type Relation } from '../catalogue/catalogue.ts'
import type { Lookup } from '../sql/lookup.ts'
import { qualified, quoted } from '../sql/quote.ts'
import type { OwnedPiece, Piece } from './piece.ts'
import { grantSql } from './schemas.ts'
import { isTable, isUntrusted, nameSql, signatureOf } from './structure.ts'

/** The pieces, each for its owner; in this order, but that a piece that fails is tried again. */
export function finishPieces(lookup: Lookup): readonly OwnedPiece[] {
  const { policies, relations, functions } = lookup.catalogue
  const rebuilt = functions.filter((called) => called.definition !== null && !isUntrusted(called))
  return [
    ...foreignKeyPieces(lookup),
    ...triggerPieces(lookup),
    ...rulePieces(lookup),
    ...policies.flatMap((policy) => {
      const on = lookup.relation(policy.table)
      if (on === null) return []
      return [
        {
          object: `policy ${policy.name} on ${nameOf(on)}`,
          owner: on.owner,
          sql: policySql(policy, lookup),
        },
      ]
    }),
    ...relations.filter(({ kind }) => kind !== 'f').map(relationPiece),
    ...rebuilt.map(functionGrantPiece),
  ]
}

/** Functions that are called leakproof: only a superuser may say so, and saying it runs nothing. */
export function leakproofPieces({ functions }: Catalogue): readonly Piece[] {
  return functions
    .filter((called) => called.leakproof && called.definition !== null && !isUntrusted(called))
    .map((called): Piece => ({
      object: signatureOf(called),
      sql: `ALTER ${callable(called)} LEAKPROOF`,
    }))
}

/** Planted rows are not held against a foreign key that comes after them; new ones are. */
function foreignKeyPieces({ catalogue, relation }: Lookup): readonly OwnedPiece[] {
  const keys = catalogue.constraints.filter(({ kind, inherited }) => kind === 'f' && !inherited)
  return keys.flatMap(({ name, table, target, definition }): readonly OwnedPiece[] => {
    const on = relation(table)
    const referenced = target === null ? null : relation(target)
    if (on === null || !isTable(on)) return []
    const add = `ALTER TABLE ${qualified(on)} ADD CONSTRAINT ${quoted(name)} ${definition.replace(/ NOT VALID$/, '')}`
    // Taken back with all other grants to PUBLIC when the referenced table is finished.
    const permit =
      referenced === null || referenced.owner === on.owner
        ? []
        : [
            {
              object: nameOf(referenced),
              owner: referenced.owner,
              sql: `GRANT REFERENCES ON ${qualified(referenced)} TO PUBLIC`,
            },
          ]
    const object = `constraint ${name} on ${nameOf(on)}`
    return [...permit, { object, owner: on.owner, sql: `${add} NOT VALID`, otherwise: add }]
  })
}

function triggerPieces(lookup: Lookup): readonly OwnedPiece[] {
  return lookup.catalogue.triggers.flatMap(({ name, table, definition, enabled }) => {
    const on = lookup.relation(table)
    if (on === null) return []
    const state = enabled === 'D' ? 'DISABLE' : enabled === 'R' ? 'ENABLE REPLICA' : 'ENABLE ALWAYS'
    const after =
      enabled === 'O'
        ? ''
        : `; ALTER TABLE ${nameSql(table, lookup)} ${state} TRIGGER ${quoted(name)}`
    return [
      { object: `trigger ${name} on ${nameOf(on)}`, owner: on.owner, sql: `${definition}${after}` },
    ]
  })
}

function rulePieces({ catalogue, relation }: Lookup): readonly OwnedPiece[] {
  return catalogue.rules.flatMap(({ name, table, definition }) => {
    const on = relation(table)
    return on === null
      ? []
      : [{ object: `rule ${name} on ${nameOf(on)}`, owner: on.owner, sql: definition }]
  })
}

const policyCommands = { '*': 'ALL', r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE' } as const

/** A policy as SQL. */
export function policySql(policy: Catalogue['policies'][number], lookup: Lookup): string {
  const { name, table, permissive, command, roles, using, check } = policy
  return [
    `CREATE POLICY ${quoted(name)} ON ${nameSql(table, lookup)} AS ${permissive ? 'PERMISSIVE' : 'RESTRICTIVE'}`,
    `FOR ${policyCommands[command]} TO ${roles.length === 0 ? 'PUBLIC' : roles.map(quoted).join(', ')}`,
    ...(using === null ? [] : [`USING (${using})`]),
    ...(check === null ? [] : [`WITH CHECK (${check})`]),
  ].join(' ')
}

/** Row security and grants, the owner's own last, since it needs them until then. */
function relationPiece(relation: Relation): OwnedPiece {
  const { kind, owner, rowSecurity, forced, grants, columns } = relation
  const on = `${kind === 'S' ? 'SEQUENCE' : 'TABLE'} ${qualified(relation)}`
  const withGrants = columns.filter((column) => column.grants.length > 0)
  const sql = [
    ...(isTable(relation) && rowSecurity
      ? [`ALTER TABLE ${qualified(relation)} ENABLE ROW LEVEL SECURITY`]
      : []),
    ...(isTable(relation) && forced
      ? [`ALTER TABLE ${qualified(relation)} FORCE ROW LEVEL SECURITY`]
      : []),
    `REVOKE ALL ON ${on} FROM PUBLIC`,
    `REVOKE ALL ON ${on} FROM ${quoted(owner)}`,
    grantSql(on, grants),
    ...withGrants.map((column) => grantSql(on, column.grants, ` (${quoted(column.name)})`)),
  ]
  return { object: nameOf(relation), owner, sql: sql.filter((each) => each !== '').join('; ') }
}

function functionGrantPiece(called: Catalogue['functions'][number]): OwnedPiece {
  const on = callable(called)
  const sql = [`REVOKE ALL ON ${on} FROM PUBLIC`, grantSql(on, called.grants)].filter(
    (each) => each !== '',
  )
  return { object: signatureOf(called), owner: called.owner, sql: sql.join('; ') }
}

function callable({
  kind,
  schema,
  name,
  identityArguments,
}: Catalogue['functions'][number]): string {
  return `${kind === 'p' ? 'PROCEDURE' : 'FUNCTION'} ${qualified({ schema, name })}(${identityArguments})`
}
