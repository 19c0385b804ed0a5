/**
 * The tenancy of a database as its policies, views and foreign keys tell it: which session state
 * makes a tenant, which columns say whose a row is, and which tables hang off others. What cannot
 * be told is abstained from, never taken to be clean.
 */
import type { Relation } from '../catalogue/catalogue.ts'
import { comparisonsIn, type Comparison } from '../sql/comparisons.ts'
import { bodyOf, rowScope, scopeInside, type Source } from '../sql/lineage.ts'
import type { Lookup } from '../sql/lookup.ts'
import { parseStatements } from '../sql/parse.ts'
import {
  columnId,
  keyClasses,
  sourceId,
  unionComparisons,
  unionForeignKeys,
  unionNamedKeys,
  type KeyClasses,
  type SessionColumn,
} from './key-classes.ts'
import { judgePolicy, type JudgedPolicy } from './policy-logic.ts'
import { boundByRole, roleConstantsOf, roleSource, type RoleConstants } from './role-constants.ts'

/** Whose rows a table holds. */
export type TableKind = 'tenant' | 'satellite' | 'shared'

/** A foreign key that leads from a table to the tenant it belongs to. */
export interface TableTenancy {
  readonly relation: Relation
  readonly kind: TableKind
  /** Columns that say whose a row is; the first is the one that policies compare, where they do. */
  readonly axis: readonly string[]
  /**
   * Whether a policy or view compares the axis with the session, or only its name and keys say so.
   */
  readonly axisFrom: 'policy' | 'key' | 'name'
  /** Tables whose rows the policies of others look at to decide. */
  readonly decides: boolean
}

/** What the user states instead of letting it be inferred. */
export interface StatedTenancy {
  /** `setting=schema.table.column`. */
  readonly context: readonly {
    readonly setting: string
    readonly table: string
    readonly column: string
  }[]
  /** `schema.table.column`. */
  readonly axis: readonly { readonly table: string; readonly column: string }[]
}

/** The whole of it. */
export interface TenancyModel {
  readonly policies: readonly JudgedPolicy[]
  readonly tables: ReadonlyMap<number, TableTenancy>
  readonly classes: KeyClasses
  /** Classes that hold one value for each tenant. */
  readonly tenantClasses: ReadonlySet<string>
  /** Sources by the class of the column they are compared with. */
  readonly keySources: readonly { readonly source: Source; readonly keyClass: string }[]
  /** Sources that are read and never compared with a column: switches. */
  readonly switches: readonly { readonly source: Source; readonly constants: readonly string[] }[]
  readonly sessionColumns: readonly SessionColumn[]
  /** The key of the tenant that a role stands for, where policies write it out. */
  readonly roleKeys: ReadonlyMap<string, string>
  /** Comparisons of policies, views and functions, for literals. */
  readonly comparisons: readonly Comparison[]
}

/** Infers the tenancy of a catalogue. */
export function inferTenancy(lookup: Lookup, stated: StatedTenancy): TenancyModel {
  const { catalogue } = lookup
  const asWritten = catalogue.policies.flatMap((policy) => {
    const relation = lookup.relation(policy.table)
    return relation === null ? [] : [judgePolicy(policy, relation, lookup)]
  })
  const constants = roleConstantsOf(asWritten)
  const policies = constants === null ? asWritten : boundByRole(asWritten, constants)
  const classes = keyClasses()
  unionForeignKeys(classes, lookup)
  unionNamedKeys(classes, lookup)
  const ofPolicies = policies.flatMap(({ using, check }) => [
    ...(using?.comparisons ?? []),
    ...(check?.comparisons ?? []),
  ])
  const comparisons = [...ofPolicies, ...viewComparisons(lookup), ...functionComparisons(lookup)]
  const sessionColumns = [
    ...unionComparisons(classes, comparisons),
    ...statedColumns(stated, lookup, classes),
    ...roleColumns(constants, policies, classes),
  ]
  const tenantClasses = tenantClassesOf({ sessionColumns, classes, lookup, stated })
  const named = joinByName({ lookup, classes, tenantClasses, sessionColumns })
  const decides = new Set(
    policies.flatMap(({ relation, using, check }) =>
      [using, check]
        .flatMap((each) => each?.comparisons ?? [])
        .flatMap(({ left, right }) => [
          ...left.columns,
          ...right.columns,
          ...left.looksUp,
          ...right.looksUp,
        ])
        .map((use) => use.relation.oid)
        .filter((oid) => oid !== relation.oid),
    ),
  )
  const tables = tablesOf({ lookup, classes, tenantClasses, sessionColumns, named, decides })
  return {
    policies,
    tables,
    classes,
    tenantClasses,
    ...sourcesOf(policies, { classes, tenantClasses, comparisons }),
    sessionColumns,
    roleKeys: constants?.keyOf ?? new Map(),
    comparisons,
  }
}

function viewComparisons(lookup: Lookup): readonly Comparison[] {
  return lookup.catalogue.relations
    .filter(({ definition }) => definition !== null)
    .flatMap(({ definition }) =>
      parseStatements(definition ?? '').flatMap((statement) =>
        comparisonsIn(statement, rowScope(lookup, null)),
      ),
    )
}

/**
 * Functions that are called from outside: what their parameters are compared with says which key
 * they take.
 */
function functionComparisons(lookup: Lookup): readonly Comparison[] {
  return lookup.catalogue.functions.flatMap((called) => {
    const inside = scopeInside(called, [], rowScope(lookup, null))
    if (inside === null) return []
    return bodyOf(called, inside).statements.flatMap(({ statement, scope }) =>
      comparisonsIn(statement, scope),
    )
  })
}

/** Columns that hold what each role is told apart by. */
function roleColumns(
  constants: RoleConstants | null,
  policies: readonly JudgedPolicy[],
  classes: KeyClasses,
): readonly SessionColumn[] {
  if (constants === null) return []
  const uses = policies
    .flatMap(({ using, check }) => [using, check])
    .flatMap((each) => each?.branches ?? [])
    .flatMap(({ atoms }) => atoms)
    .flatMap((atom) =>
      atom.kind === 'bound' && atom.sources.includes(roleSource) ? atom.columns : [],
    )
  for (const { relation, column } of uses)
    classes.union(columnId(relation, column), sourceId(roleSource))
  return uses.map((use) => ({
    use,
    sources: [roleSource],
    looksUp: [],
    operator: '=',
    constants: [],
  }))
}

function statedColumns(
  stated: StatedTenancy,
  lookup: Lookup,
  classes: KeyClasses,
): readonly SessionColumn[] {
  return stated.context.flatMap(({ setting, table, column }) => {
    const relation = relationByText(table, lookup)
    if (relation === null) return []
    const [name = '', ...path] = setting.split('/')
    const source = { setting: name, path }
    classes.union(columnId(relation, column), sourceId(source))
    return [
      {
        use: { relation, column, alias: '', depth: 0 },
        sources: [source],
        looksUp: [],
        operator: '=',
        constants: [],
      },
    ]
  })
}

/** A relation by `schema.table` or `table`. */
export function relationByText(text: string, lookup: Lookup): Relation | null {
  const at = text.indexOf('.')
  return at < 0
    ? lookup.relationNamed(text, null)
    : lookup.relationNamed(text.slice(at + 1), text.slice(0, at))
}

interface Parts {
  readonly lookup: Lookup
  readonly classes: KeyClasses
  readonly sessionColumns: readonly SessionColumn[]
  readonly tenantClasses: Set<string>
}

/**
 * A class holds one value for each tenant when the session gives it, or when rows are tied by it to
 * a table where it is no key of a single row: `members.tenant_id` is, `doc.id` of a chunk's
 * document is not.
 */
function tenantClassesOf({
  sessionColumns,
  classes,
  lookup,
  stated,
}: Omit<Parts, 'tenantClasses'> & { readonly stated: StatedTenancy }): Set<string> {
  const found = new Set<string>()
  for (const { use, looksUp } of sessionColumns) {
    const target = looksUp[0]
    if (target === undefined || !isRowKey(target.relation, target.column, lookup))
      found.add(classes.classOf(columnId(use.relation, use.column)))
  }
  for (const { table, column } of stated.axis) {
    const relation = relationByText(table, lookup)
    if (relation !== null) found.add(classes.classOf(columnId(relation, column)))
  }
  return found
}

function isRowKey(relation: Relation, column: string, lookup: Lookup): boolean {
  return lookup
    .indexesOf(relation)
    .some(({ unique, columns }) => unique && columns.length === 1 && columns[0] === column)
}

/** Names under which teams keep the tenant; used where no policy says anything. */
const tenantNames =
  /^(tenant|mandant|mandator|workspace|org)$|^(tenant|org|organi[sz]ation|account|workspace|company|customer|client|team|merchant|shop|realm|mandant|mandator|subscriber|firm|agency)_?(id|uuid|uid|key|ref|slug)$/i

/**
 * Columns that are called like a known tenant column hold the same key; without any, the usual
 * names are taken.
 */
function joinByName({
  lookup,
  classes,
  tenantClasses,
  sessionColumns,
}: Parts): ReadonlySet<string> {
  const byName = new Set<string>()
  const known = new Map<string, string>()
  for (const { use } of sessionColumns) {
    const id = columnId(use.relation, use.column)
    if (tenantClasses.has(classes.classOf(id)) && use.column !== 'id')
      known.set(use.column.toLowerCase(), id)
  }
  for (const relation of lookup.catalogue.relations) {
    if (relation.kind === 'S' || relation.kind === 'v') continue
    for (const column of relation.columns) {
      const id = columnId(relation, column.name)
      const same = known.get(column.name.toLowerCase())
      if (same === undefined && !tenantNames.test(column.name)) continue
      // Another tenant column is known already: a name alone does not make a second one in the same
      // table.
      if (
        same === undefined &&
        known.size > 0 &&
        relation.columns.some(({ name }) => known.has(name.toLowerCase()))
      )
        continue
      if (!tenantClasses.has(classes.classOf(id))) byName.add(id)
      if (same !== undefined && sameType({ relation, column: column.name }, same, lookup))
        classes.union(id, same)
      else if (same === undefined) known.set(column.name.toLowerCase(), id)
      tenantClasses.add(classes.classOf(id))
      tenantClasses.add(classes.classOf(same ?? id))
    }
  }
  // Unions may have moved the representatives.
  const moved = [...tenantClasses].map((each) => classes.classOf(each))
  tenantClasses.clear()
  for (const each of moved) tenantClasses.add(each)
  return byName
}

function sameType(
  { relation, column }: { readonly relation: Relation; readonly column: string },
  other: string,
  lookup: Lookup,
): boolean {
  const [oid = '', ...rest] = other.split('.')
  const there = lookup.relation(Number(oid))
  return (
    there === null ||
    lookup.columnOf(there, rest.join('.'))?.baseType === lookup.columnOf(relation, column)?.baseType
  )
}

function tablesOf({
  lookup,
  classes,
  tenantClasses,
  sessionColumns,
  named,
  decides,
}: Parts & {
  readonly named: ReadonlySet<string>
  readonly decides: ReadonlySet<number>
}): ReadonlyMap<number, TableTenancy> {
  const compared = new Set(sessionColumns.map(({ use }) => columnId(use.relation, use.column)))
  const tables = new Map<number, TableTenancy>()
  const relations = lookup.catalogue.relations.filter(({ kind }) => kind !== 'S')
  for (const relation of relations) {
    const axis = relation.columns
      .map(({ name }) => name)
      .filter((name) => tenantClasses.has(classes.classOf(columnId(relation, name))))
    const ordered = axis.toSorted(
      (one, other) =>
        Number(compared.has(columnId(relation, other))) -
        Number(compared.has(columnId(relation, one))),
    )
    const [first] = ordered
    const axisFrom =
      first === undefined
        ? 'key'
        : compared.has(columnId(relation, first))
          ? 'policy'
          : named.has(columnId(relation, first))
            ? 'name'
            : 'key'
    tables.set(relation.oid, {
      relation,
      kind: axis.length > 0 ? 'tenant' : 'shared',
      axis: ordered,
      axisFrom,
      decides: decides.has(relation.oid),
    })
  }
  spreadToSatellites(tables, { lookup, sessionColumns })
  return tables
}

/**
 * A table without a tenant column that points at a tenant's table by key, or is tied to it by a
 * policy, belongs to that tenant.
 */
function spreadToSatellites(
  tables: Map<number, TableTenancy>,
  { lookup, sessionColumns }: Pick<Parts, 'lookup' | 'sessionColumns'>,
): void {
  const isAttributed = (oid: number | null): boolean =>
    oid !== null && (tables.get(oid)?.kind ?? 'shared') !== 'shared'
  for (let changed = true; changed;) {
    changed = false
    for (const [oid, table] of tables) {
      if (table.kind !== 'shared') continue
      const keys = lookup
        .constraintsOf(table.relation)
        .filter(({ kind, target }) => kind === 'f' && isAttributed(target))
      const tied = sessionColumns.filter(
        ({ use, looksUp }) =>
          use.relation.oid === oid && looksUp.some((each) => isAttributed(each.relation.oid)),
      )
      const inherits = table.relation.parents.some(isAttributed)
      if (keys.length === 0 && tied.length === 0 && !inherits) continue
      tables.set(oid, { ...table, kind: 'satellite', axisFrom: tied.length > 0 ? 'policy' : 'key' })
      changed = true
    }
  }
}

function sourcesOf(
  policies: readonly JudgedPolicy[],
  {
    classes,
    tenantClasses,
    comparisons,
  }: {
    readonly classes: KeyClasses
    readonly tenantClasses: ReadonlySet<string>
    readonly comparisons: readonly Comparison[]
  },
): Pick<TenancyModel, 'keySources' | 'switches'> {
  const read = new Map<string, Source>()
  for (const { using, check } of policies)
    for (const source of [using, check].flatMap((each) => each?.lineage.sources ?? []))
      read.set(sourceId(source), source)
  for (const { left, right } of comparisons)
    for (const source of [...left.sources, ...right.sources]) read.set(sourceId(source), source)
  const constants = (id: string): readonly string[] =>
    comparisons.flatMap(({ left, right }) =>
      [...left.sources, ...right.sources].some((source) => sourceId(source) === id)
        ? [...left.constants, ...right.constants]
        : [],
    )
  const isWhole = ({ setting, path }: Source): boolean =>
    path.length === 0 &&
    [...read.values()].some((other) => other.setting === setting && other.path.length > 0)
  const all = [...read].filter(([, source]) => !isWhole(source))
  const keyed = all.filter(([id]) => tenantClasses.has(classes.classOf(id)))
  return {
    keySources: keyed.map(([id, source]) => ({ source, keyClass: classes.classOf(id) })),
    switches: all
      .filter(([id, { setting }]) => !tenantClasses.has(classes.classOf(id)) && setting !== 'role')
      .map(([id, source]) => ({
        source,
        constants: [...new Set(constants(id))].filter((text) => text !== '' && text !== 'NULL'),
      })),
  }
}
