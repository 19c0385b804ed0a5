/**
 * The tenants of a clone: A who asks, B who must stay unseen, and others whose keys are so much
 * like A's that a loose comparison takes them for it.
 */
import type { Column } from '../catalogue/catalogue.ts'
import { isContext } from '../sql/comparisons.ts'
import { isNobody } from '../sql/lineage.ts'
import type { Lookup } from '../sql/lookup.ts'
import { columnId } from '../tenancy/key-classes.ts'
import type { TenancyModel } from '../tenancy/model.ts'
import type { Marks } from './marks.ts'

/** A tenant with its key in each class. */
export interface CloneTenant {
  readonly label: string
  readonly keys: ReadonlyMap<string, string>
}

/** Why a tenant is there beside A and B. */
export const lookAlikes = ['longer', 'upper', 'padded'] as const

/**
 * Makes the tenants. `roles` are those that stand for a tenant each, where the role is the context.
 */
export function tenantsFor(
  lookup: Lookup,
  model: TenancyModel,
  { marks, roles }: { readonly marks: Marks; readonly roles: readonly string[] },
): readonly CloneTenant[] {
  const columns = columnsByClass(lookup, model)
  const classes = [...columns].map(([keyClass, found], position) => ({
    keyClass,
    position,
    column: strictest(found),
    given: givenKeys(keyClass, { lookup, model, columns: found, roles }),
  }))
  const make = (label: string, variant: number): CloneTenant => {
    const keys = classes.flatMap(({ keyClass, column, given, position }) => {
      const key =
        column === undefined
          ? undefined
          : (given[variant] ?? keyOf(asCast(column, model), { label, variant, position }))
      return key === undefined ? [] : [[keyClass, key] as const]
    })
    for (const [, key] of keys)
      if (label !== 'A' && (/^\d{6}$/.test(key) || key.startsWith('tbk') || key.includes('-4')))
        marks.remember(key, label)
    return { label, keys: new Map(keys) }
  }
  const isText = classes.some(({ column }) => column !== undefined && textual(column))
  const literals = literalKeys(model, {
    lookup,
    classes: new Map(classes.map(({ keyClass, column }) => [keyClass, column])),
  })
  return [
    make('A', 0),
    make('B', 1),
    ...(isText ? lookAlikes.map((label, position) => make(label, 2 + position)) : []),
    ...literals.map((each, position) =>
      ofLiteral(
        make(isNobody(each.value) ? 'global' : `literal ${each.value}`, 5 + position),
        each,
      ),
    ),
  ]
}

/**
 * Of columns that hold the same key, the one whose type allows least: a key for it fits the others
 * too.
 */
function strictest(columns: readonly Column[]): Column | undefined {
  return (
    columns.find((column) => !textual(column)) ??
    columns.toSorted((one, other) => one.type.length - other.type.length).at(-1)
  )
}

/** A key that policies cast, out of a text or a JSON document, is made for what they cast it to. */
function asCast(column: Column, { policies }: TenancyModel): Column {
  const isJson = column.baseType.startsWith('json')
  if (!isJson && !textual(column)) return column
  const cast = new RegExp(
    isJson
      ? `\\b${escaped(column.name)}\\b.*?\\)::(uuid|integer|bigint|numeric)`
      : `\\b${escaped(column.name)}"?\\)*::(uuid|integer|bigint|numeric)`,
  )
  const type = policies
    .map(({ using }) => cast.exec(using?.text ?? '')?.[1])
    .find((each) => each !== undefined)
  return type === undefined
    ? isJson
      ? { ...column, type: 'text', baseType: 'text' }
      : column
    : { ...column, type, baseType: type }
}

function escaped(name: string): string {
  return name.replace(/[^\w]/g, '.')
}

function ofLiteral(
  tenant: CloneTenant,
  { keyClass, value }: { readonly keyClass: string; readonly value: string },
): CloneTenant {
  return { ...tenant, keys: new Map([...tenant.keys, [keyClass, value]]) }
}

function columnsByClass(
  lookup: Lookup,
  { classes, tenantClasses }: TenancyModel,
): ReadonlyMap<string, readonly Column[]> {
  const found = new Map<string, Column[]>()
  for (const relation of lookup.catalogue.relations) {
    if (relation.kind === 'v' || relation.kind === 'S') continue
    for (const column of relation.columns) {
      const keyClass = classes.classOf(columnId(relation, column.name))
      if (tenantClasses.has(keyClass)) found.set(keyClass, [...(found.get(keyClass) ?? []), column])
    }
  }
  return found
}

function textual({ baseType, enumLabels }: Column): boolean {
  return enumLabels.length === 0 && /^(text|character|name)|citext$/.test(baseType)
}

/** Keys of A, B, and the look-alikes, by type. Undefined where the type has no room for another. */
function keyOf(
  column: Column,
  {
    label,
    variant,
    position,
  }: { readonly label: string; readonly variant: number; readonly position: number },
): string | undefined {
  if (column.enumLabels.length > 0) return column.enumLabels[variant]
  if (textual(column)) return textKey(column, { label, variant, position })
  const base = column.baseType
  if (base === 'uuid')
    return `7${position % 10}000000-0000-4000-8000-${String(variant + 1).padStart(12, '0')}`
  if (base === 'smallint') return String(7_001 + position * 100 + variant)
  if (base === 'integer' || base === 'bigint' || base === 'oid' || base === 'numeric')
    return String(700_001 + position * 1_000 + variant)
  if (base === 'inet') return `10.9.${position}.${variant + 1}`
  if (base === 'boolean') return variant < 2 ? String(variant === 0) : undefined
  if (base === 'ltree') return `tbk${'ab'[variant] ?? 'c'}${variant}`
  return undefined
}

/**
 * A's key begins the key of `longer`, and differs from `upper` and `padded` in case and in a blank
 * alone.
 */
function textKey(
  { type }: Column,
  {
    label,
    variant,
    position,
  }: { readonly label: string; readonly variant: number; readonly position: number },
): string {
  const room = Number(/\((\d+)/.exec(type)?.[1] ?? 60)
  if (room < 6) return 'abcdefgh'.slice(variant, variant + 1)
  const own = `tbka${'abcdefghij'[position % 10] ?? ''}`
  switch (label) {
    case 'A':
      return own
    case 'B':
      return `tbkz${'abcdefghij'[position % 10] ?? ''}`
    case 'longer':
      return `${own}2`
    case 'upper':
      return own.toUpperCase()
    case 'padded':
      return `${own} `
    default:
      return `tbkx${'abcdefghij'[position % 10] ?? ''}${variant}`
  }
}

interface Given {
  readonly lookup: Lookup
  readonly model: TenancyModel
  readonly columns: readonly Column[]
  readonly roles: readonly string[]
}

/** Keys that the database itself prescribes: of partitions by list, of roles. */
function givenKeys(keyClass: string, { lookup, model, roles }: Given): readonly string[] {
  const isRoleClass = model.keySources.some(
    ({ source, keyClass: each }) => source.setting === 'role' && each === keyClass,
  )
  if (isRoleClass) return roleKeys(model, roles)
  for (const relation of lookup.catalogue.relations) {
    const key = /^LIST \("?([^")]+)"?\)$/.exec(relation.partitionKey ?? '')?.[1]
    if (key === undefined || model.classes.classOf(columnId(relation, key)) !== keyClass) continue
    const bounds = lookup.catalogue.relations
      .filter(({ parents }) => parents.includes(relation.oid))
      .flatMap(
        ({ partitionBound }) => /IN \((.*)\)$/.exec(partitionBound ?? '')?.[1]?.split(', ') ?? [],
      )
    const values = bounds.map((each) => each.replace(/^'|'(::.*)?$/g, ''))
    if (values.length > 1) return values
  }
  return []
}

/**
 * What a role's name says of the tenant: the name, or what is left of it without the constants it
 * is put together with.
 */
function roleKeys(
  { comparisons, roleKeys: written }: TenancyModel,
  roles: readonly string[],
): readonly string[] {
  if (written.size > 0) return roles.flatMap((role) => written.get(role) ?? [])
  const constants = comparisons
    .filter(({ left, right }) =>
      [left, right].some(
        (side) => isContext(side) && side.sources.some(({ setting }) => setting === 'role'),
      ),
    )
    .flatMap(({ left, right }) => [...left.constants, ...right.constants])
  return roles.map((role) =>
    constants
      .filter((text) => text !== '' && role.includes(text))
      .reduce((name, text) => name.replace(text, ''), role),
  )
}

/**
 * Constants that policies compare a tenant's key with, or fall back to: rows of that tenant must
 * exist to be seen.
 */
function literalKeys(
  model: TenancyModel,
  {
    lookup,
    classes,
  }: { readonly lookup: Lookup; readonly classes: ReadonlyMap<string, Column | undefined> },
): readonly { readonly keyClass: string; readonly value: string }[] {
  const ofRoles = new Set(model.roleKeys.values())
  const found = model.comparisons.flatMap(({ left, right }) => {
    const use = [...left.columns, ...right.columns][0]
    if (use === undefined) return []
    const keyClass = model.classes.classOf(columnId(use.relation, use.column))
    const column = classes.get(keyClass)
    if (column === undefined) return []
    return [...left.constants, ...right.constants]
      .filter((value) => fits(value, column) && !ofRoles.has(value))
      .map((value) => ({ keyClass, value }))
  })
  const stored = lookup.catalogue.storedSettings.flatMap(({ name, value }) =>
    model.keySources
      .filter(({ source }) => source.setting === name)
      .flatMap(({ keyClass }) => (fits(value, classes.get(keyClass)) ? [{ keyClass, value }] : [])),
  )
  const unique = new Map([...found, ...stored].map((each) => [JSON.stringify(each), each]))
  return [...unique.values()].slice(0, 4)
}

function fits(value: string, column: Column | undefined): boolean {
  if (
    column === undefined ||
    column.baseType.startsWith('json') ||
    value === '' ||
    value === 'NULL' ||
    value === 'true' ||
    value === 'false'
  )
    return false
  if (/^(integer|bigint|smallint|numeric)$/.test(column.baseType)) return /^-?\d+$/.test(value)
  if (column.baseType === 'uuid') return /^[0-9a-f-]{36}$/i.test(value)
  return /^[\p{L}\p{N} _.-]+$/u.test(value) && value.length > 1
}
