/** A view: one file of a report, made of the record alone. */
import type { RunRecord } from '../record/record.ts'

/** One way to show a record. The same record gives the same content. */
export interface View {
  /** The file's name in the run folder. */
  readonly file: string
  render(record: RunRecord): string | Uint8Array | Promise<string | Uint8Array>
}

/** A view that is text and made at once. */
export interface TextView extends View {
  render(record: RunRecord): string
}
