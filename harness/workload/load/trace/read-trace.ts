/**
 * A recorded load of the user's: when requests came, and where the file says so, of whom and with
 * which question.
 */
import { dirname, isAbsolute, join } from 'node:path'
import type { Fault } from '../../../../src/base/errors.ts'
import { tableFault } from '../../../scenario/csv.ts'
import { stayOf, type WrittenLoad } from '../../../scenario/load-schema.ts'
import { readText } from '../../../scenario/read-text.ts'
import { traceRows, type TraceKey, type TraceRow } from './trace-rows.ts'
import { millisecondsBetween, readTime, type TraceTime } from './trace-time.ts'

/** A tenant, with the questions that a trace may name. */
export interface TraceTenant {
  readonly id: string
  readonly questions: readonly { readonly id: string; readonly text: string }[]
}

/** Which file, and for whom. */
export interface TraceOptions {
  readonly scenarioPath: string
  readonly load: WrittenLoad
  readonly tenants: readonly TraceTenant[]
}

/** A trace as read. Entries are counted from 0. */
export interface Trace {
  /** Milliseconds since the first entry, as recorded. */
  readonly atMs: Float64Array
  /** Tokens as recorded; -1 where the file does not say. */
  readonly promptTokens: Int32Array
  readonly completionTokens: Int32Array
  /** The position of the tenant that an entry names; null where it names none. */
  tenantOf(entry: number): number | null
  /**
   * The position of the entry's question among those of a tenant; null where it names none, or none
   * of this tenant's.
   */
  questionOf(entry: number, tenant: number): number | null
}

/** Reads the trace of a load. Throws TB_TABLE_INVALID with every fault. */
export async function readTrace({
  scenarioPath,
  load,
  tenants,
}: TraceOptions): Promise<Trace | null> {
  if (load.arrivals.kind !== 'trace') return null
  const { path: file, speed } = load.arrivals
  const path = isAbsolute(file) ? file : join(dirname(scenarioPath), file)
  const { rows, faults } = traceRows(await readText(path, 'TB_TABLE_INVALID'), path)
  const timed = timesOf(rows)
  const all = [
    ...faults,
    ...timed.faults,
    ...rows.flatMap((row) => [...textFaults(row), ...tokenFaults(row)]),
    ...tenantFaults(rows, tenants),
    ...absentFaults(rows, timed.atMs, { load, speed }),
  ]
  if (all.length > 0)
    throw tableFault(
      path,
      all.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    )
  return traceOf(rows, timed.atMs, tenants)
}

function traceOf(
  rows: readonly TraceRow[],
  atMs: Float64Array,
  tenants: readonly TraceTenant[],
): Trace {
  const positions = new Map(tenants.map(({ id }, at) => [id, at]))
  const tokensOf = (key: TraceKey): Int32Array =>
    Int32Array.from(rows, (row) => Number(row.values.get(key)?.value ?? -1))
  const textOf = (entry: number, key: TraceKey): string | null => {
    const value = rows[entry]?.values.get(key)?.value
    return typeof value === 'string' ? value : null
  }
  // Reversed, so that of two questions alike the first wins; an id wins over a text.
  const questions = tenants.map(
    (tenant) =>
      new Map([
        ...tenant.questions.map(({ text }, at) => [text, at] as const).reverse(),
        ...tenant.questions.map(({ id }, at) => [id, at] as const).reverse(),
      ]),
  )
  return {
    atMs,
    promptTokens: tokensOf('promptTokens'),
    completionTokens: tokensOf('completionTokens'),
    tenantOf: (entry) => positions.get(textOf(entry, 'tenant') ?? '') ?? null,
    questionOf: (entry, tenant) => questions[tenant]?.get(textOf(entry, 'question') ?? '') ?? null,
  }
}

/**
 * Times since the first, NaN where there is none; each is held against the last one that could be
 * read.
 */
function timesOf(rows: readonly TraceRow[]): {
  readonly atMs: Float64Array
  readonly faults: readonly Fault[]
} {
  const faults: Fault[] = []
  let first: TraceTime | null = null
  let latest = 0
  const atMs = Float64Array.from(rows, ({ line, values }) => {
    const written = values.get('time')
    const fault = (message: string): number => {
      faults.push({ path: written?.name ?? 'time', line, message })
      return NaN
    }
    const time = readTime(written?.value)
    if (time === null)
      return fault(
        written === undefined
          ? 'there is no time'
          : 'neither seconds nor a time as in 2026-10-31T23:59:59.5Z',
      )
    first ??= time
    if (time.kind !== first.kind)
      return fault(`not written as the first time is: ${timeWords[first.kind]}`)
    const at = millisecondsBetween(first, time)
    if (at < latest) return fault('earlier than the entry before it')
    latest = at
    return at
  })
  return { atMs, faults }
}

const timeWords = {
  seconds: 'in seconds',
  local: 'as a date without a zone',
  zoned: 'as a date with a zone',
} as const

function textFaults({ line, values }: TraceRow): readonly Fault[] {
  return (['tenant', 'question'] as const).flatMap((key) => {
    const written = values.get(key)
    return written === undefined || typeof written.value === 'string'
      ? []
      : [{ path: written.name, line, message: 'not a text' }]
  })
}

function tokenFaults({ line, values }: TraceRow): readonly Fault[] {
  return (['promptTokens', 'completionTokens'] as const).flatMap((key) => {
    const written = values.get(key)
    return written === undefined ||
      (/^\d{1,9}$/.test(String(written.value)) && typeof written.value !== 'object')
      ? []
      : [{ path: written.name, line, message: 'a whole number' }]
  })
}

function tenantFaults(
  rows: readonly TraceRow[],
  tenants: readonly TraceTenant[],
): readonly Fault[] {
  const known = new Set(tenants.map(({ id }) => id))
  return rows.flatMap(({ line, values }) => {
    const tenant = values.get('tenant')?.value
    return typeof tenant !== 'string' || known.has(tenant)
      ? []
      : [{ path: 'tenant', line, message: `there is no tenant ${JSON.stringify(tenant)}` }]
  })
}

/** Entries of tenants that the scenario says are not asked then. */
function absentFaults(
  rows: readonly TraceRow[],
  atMs: Float64Array,
  { load, speed }: { readonly load: WrittenLoad; readonly speed: number },
): readonly Fault[] {
  const cold = new Set(load.cold)
  const stays = new Map(load.churn.map(({ tenant }) => [tenant, stayOf(load, tenant)]))
  return rows.flatMap(({ line, values }, at): readonly Fault[] => {
    const tenant = values.get('tenant')?.value
    const seconds = (atMs[at] ?? NaN) / speed / 1000
    if (typeof tenant !== 'string' || !(seconds < load.durationSeconds)) return []
    if (cold.has(tenant))
      return [
        {
          path: 'tenant',
          line,
          message: `${tenant} is cold, and asked once at a moment of its own`,
        },
      ]
    const stay = stays.get(tenant)
    return stay === undefined || (stay.fromSeconds <= seconds && seconds < stay.untilSeconds)
      ? []
      : [{ path: 'tenant', line, message: `${tenant} is not there at ${seconds} s, by churn` }]
  })
}
