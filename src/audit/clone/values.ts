/**
 * Values by type: one that nothing else has where the type has room for that, a plain one
 * elsewhere.
 */
import type { Column } from '../catalogue/catalogue.ts'
import type { Marks, Owner } from './marks.ts'

/** For which row a value is wanted. */
export interface RowPlace {
  readonly owner: Owner
  /** From 0 within table and owner. Even rows leave optional things empty, odd ones fill them. */
  readonly index: number
  /** Counted over all rows of the table, for small unique numbers. */
  readonly ordinal: number
}

const roomOf = (type: string): number | null => {
  const length = /\((\d+)/.exec(type)?.[1]
  return length === undefined ? null : Number(length)
}

/**
 * A value as text, ready for a cast to the column's type; null is NULL; undefined means that no
 * value is known for the type.
 */
export function valueOfType(
  column: Pick<Column, 'type' | 'baseType' | 'typeKind' | 'enumLabels'>,
  { owner, index, ordinal }: RowPlace,
  marks: Marks,
): string | null | undefined {
  const base = column.baseType.replace(/^.*\./, '').replace(/"/g, '')
  if (column.enumLabels.length > 0) return column.enumLabels[index % column.enumLabels.length]
  if (base.endsWith('[]')) return textTypes.has(base.slice(0, -2)) ? `{${marks.text(owner)}}` : '{}'
  const room = roomOf(column.type)
  if (textTypes.has(base))
    return room !== null && room < 10 ? ordinal.toString(36).slice(-room) : marks.text(owner)
  if (base === 'smallint') return String(ordinal)
  if (base === 'integer' || base === 'bigint' || base === 'oid') return marks.integer(owner)
  if (base === 'numeric')
    return room !== null && room < 12 ? String(ordinal % 90) : marks.integer(owner)
  if (base === 'uuid') return marks.uuid(owner)
  if (base === 'boolean') return String(index % 2 === 1)
  if (base === 'json' || base === 'jsonb') return JSON.stringify({ mark: marks.text(owner) })
  return plain(base, { ordinal, index })
}

const textTypes = new Set([
  'text',
  'character varying',
  'character',
  'citext',
  'name',
  'bpchar',
  'varchar',
])

/** Days that differ: one to come, one past, and so on, since policies ask for either. */
const day = ({ ordinal, index }: Pick<RowPlace, 'ordinal' | 'index'>): string =>
  `${['2097', '1990', '2098', '2021'][index % 4] ?? '2097'}-` +
  `${String((ordinal % 12) + 1).padStart(2, '0')}-` +
  `${String((ordinal % 27) + 1).padStart(2, '0')}`

/** Types that carry no mark. */
function plain(
  base: string,
  place: Pick<RowPlace, 'ordinal' | 'index'>,
): string | null | undefined {
  const { ordinal } = place
  switch (base) {
    case 'timestamp with time zone':
    case 'timestamp without time zone':
    case 'date':
      return day(place)
    case 'time without time zone':
    case 'time with time zone':
      return `10:${String(ordinal % 60).padStart(2, '0')}`
    case 'interval':
      return `${ordinal} minutes`
    case 'real':
    case 'double precision':
      return String(ordinal)
    case 'money':
      return String(ordinal)
    case 'bytea':
      return `\\x${ordinal.toString(16).padStart(8, '0')}`
    case 'inet':
    case 'cidr':
      return `10.${(ordinal >> 8) % 256}.${ordinal % 256}.1`
    case 'macaddr':
      return (
        `08:00:2b:01:${((ordinal >> 8) % 256).toString(16).padStart(2, '0')}:` +
        `${(ordinal % 256).toString(16).padStart(2, '0')}`
      )
    case 'tsvector':
    case 'xml':
    case 'hstore':
    case 'ltree':
      return base === 'xml' ? '<x/>' : base === 'hstore' ? '' : `w${ordinal}`
    case 'int4range':
    case 'int8range':
    case 'numrange':
      return `[${ordinal * 10},${ordinal * 10 + 5})`
    case 'daterange':
    case 'tstzrange':
    case 'tsrange':
      return `[${1900 + (ordinal % 90)}-01-01,${1900 + (ordinal % 90)}-06-01)`
    case 'bit':
    case 'bit varying':
      return '1'
    case 'point':
      return `(${ordinal},${ordinal})`
    default:
      return undefined
  }
}
