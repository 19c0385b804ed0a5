/** The record as text and back. */
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { runRecordSchema, type RunRecord } from './record.ts'

/**
 * Writes a record as JSON. Throws TB_BUG when it is not one: a report must not be made of anything
 * else.
 */
export function encodeRecord(record: RunRecord): string {
  const checked = runRecordSchema.safeParse(record)
  if (checked.success) return `${JSON.stringify(checked.data, null, 2)}\n`
  throw new TenantbenchError('TB_BUG', {
    detail:
      'The run record is malformed: ' +
      `${checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
  })
}

/** Reads a record. Throws TB_RECORD_INVALID. */
export function decodeRecord(text: string): RunRecord {
  const checked = runRecordSchema.safeParse(parsedJson(text))
  if (checked.success) return checked.data
  const faults = checked.error.issues.map(({ path, message }) => ({
    path: path.join('.'),
    line: null,
    message,
  }))
  throw new TenantbenchError('TB_RECORD_INVALID', {
    detail: `${faults.length} faults.`,
    faults: faults.slice(0, mostFaults),
  })
}

const mostFaults = 20

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new TenantbenchError('TB_RECORD_INVALID', {
      detail: `It is not JSON: ${messageOf(error)}.`,
      cause: error,
    })
  }
}
