/** What the user states of the tenancy instead of letting it be inferred. */
import { TenantbenchError, type Fault } from '../../src/base/errors.ts'
import type { AuditOptions } from '../../src/index.ts'

/** Reads --context and --tenant-column. Throws TB_USAGE with every fault. */
export function statedFrom(given: Readonly<Record<string, unknown>>): AuditOptions['stated'] {
  const faults: Fault[] = []
  const fault = (path: string, message: string): void =>
    void faults.push({ path, line: null, message })
  const context = texts(given['context']).flatMap((text) => {
    const found = /^([^=]+)=(.+)\.([^.]+)$/.exec(text)
    if (found?.[1] === undefined || found[2] === undefined || found[3] === undefined)
      fault('--context', `"${text}" is not of the form setting=schema.table.column`)
    return found?.[1] === undefined || found[2] === undefined || found[3] === undefined
      ? []
      : [{ setting: found[1], table: found[2], column: found[3] }]
  })
  const axis = texts(given['tenant-column']).flatMap((text) => {
    const found = /^(.+)\.([^.]+)$/.exec(text)
    if (found?.[1] === undefined || found[2] === undefined)
      fault('--tenant-column', `"${text}" is not of the form schema.table.column`)
    return found?.[1] === undefined || found[2] === undefined
      ? []
      : [{ table: found[1], column: found[2] }]
  })
  if (faults.length > 0) throw new TenantbenchError('TB_USAGE', { faults })
  return { context, axis }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
