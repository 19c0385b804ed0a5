/** A view: one file of a report, made of the record alone. */
import type { RunRecord } from '../record/record.ts'

/** One way to show a record. Pure: the same record gives the same bytes. */
export interface View {
  /** The file's name in the run folder. */
  readonly file: string
  render(record: RunRecord): string
}
