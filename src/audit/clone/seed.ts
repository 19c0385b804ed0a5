/**
 * Puts the planned rows into the clone, with triggers and foreign keys asleep, and says which
 * tables could not be filled.
 */
import { messageOf } from '../../base/errors.ts'
import type { Abstention } from '../../base/finding.ts'
import { sqlState } from '../../db/pool.ts'
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import type { Owners } from './owners.ts'
import type { Lookup } from '../sql/lookup.ts'
import { literal, qualified, quoted } from '../sql/quote.ts'
import type { TenancyModel } from '../tenancy/model.ts'
import type { Owner } from './marks.ts'
import type { PlannedRow, RowPlan } from './plan.ts'
import type { CloneTenant } from './tenants.ts'

/** What was planted. */
export interface Seeding {
  /** Owners with at least one row, by table. */
  readonly planted: ReadonlyMap<number, ReadonlySet<Owner>>
  readonly abstained: readonly Abstention[]
}

/** Fills every table that holds rows of its own. */
export async function seedClone(
  owners: Owners,
  {
    lookup,
    model,
    tenants,
    plan,
  }: {
    readonly lookup: Lookup
    readonly model: TenancyModel
    readonly tenants: readonly CloneTenant[]
    readonly plan: RowPlan
  },
): Promise<Seeding> {
  const planted = new Map<number, ReadonlySet<Owner>>()
  const abstained: Abstention[] = []
  for (const relation of lookup.catalogue.relations) {
    if ((relation.kind !== 'r' && relation.kind !== 'p') || relation.isPartition) continue
    const rows = ownersFor(relation, model, tenants).flatMap((owner) =>
      plan.rowsOf(relation, owner).slice(0, owner === 'global' ? 1 : undefined),
    )
    const { into, why } = await plantRows(owners, relation, rows)
    planted.set(relation.oid, into)
    const lacking = plan.lacks(relation)
    if (!into.has('B') && !into.has('shared'))
      abstained.push({
        object: nameOf(relation),
        reason: `No rows could be planted in it: ${lacking ?? why ?? 'unknown reason'}.`,
      })
  }
  return { planted, abstained }
}

function ownersFor(
  relation: Relation,
  { tables }: TenancyModel,
  tenants: readonly CloneTenant[],
): readonly Owner[] {
  const table = tables.get(relation.oid)
  if (table === undefined || table.kind === 'shared') return ['shared']
  const nullable =
    table.axis.length > 0 &&
    table.axis.every(
      (axis) => relation.columns.find(({ name }) => name === axis)?.notNull === false,
    )
  return [...new Set([...tenants.map(({ label }) => label), ...(nullable ? ['global'] : [])])]
}

async function plantRows(
  owners: Owners,
  relation: Relation,
  rows: readonly PlannedRow[],
): Promise<{ readonly into: ReadonlySet<Owner>; readonly why: string | null }> {
  if (rows.length === 0) return { into: new Set(), why: null }
  try {
    await owners.run(relation.owner, insertSql(relation, rows))
    return { into: new Set(rows.map(({ owner }) => owner)), why: null }
  } catch {
    return plantOneByOne(owners, relation, rows)
  }
}

/**
 * A CHECK that cannot be met is taken off for the planting: what it forbids is not what is judged.
 */
async function plantOneByOne(
  owners: Owners,
  relation: Relation,
  rows: readonly PlannedRow[],
): Promise<{ readonly into: ReadonlySet<Owner>; readonly why: string | null }> {
  const into = new Set<Owner>()
  let why: string | null = null
  for (const row of rows) {
    for (let attempt = 0; attempt < 4; attempt++) {
      try {
        await owners.run(relation.owner, insertSql(relation, [row]))
        into.add(row.owner)
        break
      } catch (error) {
        why = messageOf(error)
        const constraint =
          sqlState(error) === '23514' && error instanceof Error && 'constraint' in error
            ? String(error.constraint)
            : null
        if (constraint === null) break
        await owners
          .run(
            relation.owner,
            `alter table ${qualified(relation)} drop constraint if exists ${quoted(constraint)}`,
          )
          .catch(() => undefined)
      }
    }
  }
  return { into, why }
}

/** An INSERT of planned rows, with every value cast to its column's type. */
export function insertSql(
  relation: Relation,
  rows: readonly PlannedRow[],
  only?: readonly string[],
): string {
  const columns = relation.columns.filter(
    ({ name, generated }) => generated === '' && (only === undefined || only.includes(name)),
  )
  const tuples = rows.map(
    ({ values }) =>
      `(${columns
        .map(({ name, type }) => {
          const value = values.get(name)
          return value === undefined
            ? 'default'
            : value === null
              ? 'null'
              : `${literal(value)}::${type}`
        })
        .join(', ')})`,
  )
  const overriding = columns.some(({ identity }) => identity === 'a')
    ? ' overriding system value'
    : ''
  return (
    `insert into ${qualified(relation)} ` +
    `(${columns.map(({ name }) => quoted(name)).join(', ')})${overriding} values ` +
    `${tuples.join(', ')}`
  )
}
