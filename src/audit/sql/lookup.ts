/** Finding the objects of a catalogue by number and by name, as SQL text names them. */
import type {
  Catalogue,
  Column,
  Constraint,
  DatabaseFunction,
  Index,
  Policy,
  Relation,
  Role,
  Trigger,
} from '../catalogue/catalogue.ts'

/** A catalogue with its ways in. */
export interface Lookup {
  readonly catalogue: Catalogue
  relation(oid: number): Relation | null
  /** By name; without a schema `public` comes first, then whichever schema has it. */
  relationNamed(name: string, schema: string | null): Relation | null
  function(oid: number): DatabaseFunction | null
  functionsNamed(name: string, schema: string | null): readonly DatabaseFunction[]
  role(name: string): Role | null
  columnOf(relation: Relation, name: string): Column | null
  policiesOf(relation: Relation): readonly Policy[]
  constraintsOf(relation: Relation): readonly Constraint[]
  /** Foreign keys that point at the relation. */
  referencesTo(relation: Relation): readonly Constraint[]
  indexesOf(relation: Relation): readonly Index[]
  triggersOf(relation: Relation): readonly Trigger[]
}

const none: readonly never[] = []

/** Indexes a catalogue once; every way in is then a look-up. */
export function lookupIn(catalogue: Catalogue): Lookup {
  const relations = new Map(catalogue.relations.map((relation) => [relation.oid, relation]))
  const byName = Map.groupBy(catalogue.relations, ({ name }) => name)
  const functions = new Map(catalogue.functions.map((each) => [each.oid, each]))
  const functionsByName = Map.groupBy(catalogue.functions, ({ name }) => name)
  const roles = new Map(catalogue.roles.map((role) => [role.name, role]))
  const policies = Map.groupBy(catalogue.policies, ({ table }) => table)
  const constraints = Map.groupBy(catalogue.constraints, ({ table }) => table)
  const references = Map.groupBy(
    catalogue.constraints.filter(({ target }) => target !== null),
    ({ target }) => target,
  )
  const indexes = Map.groupBy(catalogue.indexes, ({ table }) => table)
  const triggers = Map.groupBy(catalogue.triggers, ({ table }) => table)
  const inSchema = <T extends { readonly schema: string }>(
    found: readonly T[],
    schema: string | null,
  ): readonly T[] =>
    schema === null
      ? found.toSorted(
          (one, other) => Number(other.schema === 'public') - Number(one.schema === 'public'),
        )
      : found.filter((each) => each.schema === schema)
  return {
    catalogue,
    relation: (oid) => relations.get(oid) ?? null,
    relationNamed: (name, schema) => inSchema(byName.get(name) ?? none, schema)[0] ?? null,
    function: (oid) => functions.get(oid) ?? null,
    functionsNamed: (name, schema) => inSchema(functionsByName.get(name) ?? none, schema),
    role: (name) => roles.get(name) ?? null,
    columnOf: (relation, name) => relation.columns.find((column) => column.name === name) ?? null,
    policiesOf: ({ oid }) => policies.get(oid) ?? none,
    constraintsOf: ({ oid }) => constraints.get(oid) ?? none,
    referencesTo: ({ oid }) => references.get(oid) ?? none,
    indexesOf: ({ oid }) => indexes.get(oid) ?? none,
    triggersOf: ({ oid }) => triggers.get(oid) ?? none,
  }
}
