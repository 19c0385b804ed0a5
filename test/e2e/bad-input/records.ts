/** Folders that are no runs: no record in them, or one that this version does not read. */
import { hostileRecord } from '../../golden/hostile-record.ts'
import type { BadInput } from './row.ts'

const reportRow = (title: string, record: string | null, says: readonly string[]): BadInput => ({
  title,
  files: record === null ? { 'run/': '' } : { 'run/run.json': record },
  args: ['report', '{here}/run'],
  code: 'TB_RECORD_INVALID',
  exitCode: 2,
  says,
})
const changed = (changes: object): string => JSON.stringify({ ...hostileRecord, ...changes })

/** Records. */
export const records: readonly BadInput[] = [
  reportRow('a folder without a record', null, ['{here}/run/run.json: ENOENT']),
  {
    ...reportRow('a report into a folder with files', changed({}), ['{here}/taken']),
    files: { 'run/run.json': changed({}), 'taken/mine.txt': 'mine' },
    args: ['report', '{here}/run', '--out', '{here}/taken'],
    code: 'TB_OUT_NOT_OURS',
  },
]
