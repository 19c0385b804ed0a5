/** What is taken off a copy before it is filled: the reverse of `finish.ts`, and the rows. */
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import type { Lookup } from '../sql/lookup.ts'
import { qualified, quoted } from '../sql/quote.ts'
import type { OwnedPiece } from './piece.ts'
import { isTable } from './structure.ts'

/** The pieces, each for its owner. */
export function strippingPieces(lookup: Lookup): readonly OwnedPiece[] {
  const { relations } = lookup.catalogue
  return [
    ...relations
      .filter((each) => isTable(each) || each.kind === 'v')
      .flatMap((each) => baring(each, lookup)),
    ...relations
      .filter((each) => isTable(each) && !each.isPartition)
      .map((table): OwnedPiece => ({
        object: nameOf(table),
        owner: table.owner,
        sql: `TRUNCATE ${qualified(table)}`,
      })),
    ...relations
      .filter(({ kind }) => kind === 'm')
      .map((view): OwnedPiece => ({
        object: nameOf(view),
        owner: view.owner,
        sql: `REFRESH MATERIALIZED VIEW ${qualified(view)} WITH NO DATA`,
      })),
  ]
}

function baring(relation: Relation, lookup: Lookup): readonly OwnedPiece[] {
  const on = qualified(relation)
  const { triggers, rules, policies, constraints } = lookup.catalogue
  const here = ({ table }: { readonly table: number }): boolean => table === relation.oid
  const statements = [
    ...triggers.filter(here).map(({ name }) => `DROP TRIGGER ${quoted(name)} ON ${on}`),
    ...rules.filter(here).map(({ name }) => `DROP RULE ${quoted(name)} ON ${on}`),
    ...policies.filter(here).map(({ name }) => `DROP POLICY ${quoted(name)} ON ${on}`),
    ...constraints
      .filter((each) => here(each) && each.kind === 'f' && !each.inherited)
      .map(({ name }) => `ALTER TABLE ${on} DROP CONSTRAINT ${quoted(name)}`),
    ...(relation.forced ? [`ALTER TABLE ${on} NO FORCE ROW LEVEL SECURITY`] : []),
    ...(relation.rowSecurity ? [`ALTER TABLE ${on} DISABLE ROW LEVEL SECURITY`] : []),
  ]
  return statements.length === 0
    ? []
    : [{ object: nameOf(relation), owner: relation.owner, sql: statements.join('; ') }]
}
