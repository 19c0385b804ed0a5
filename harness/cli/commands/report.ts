/** `tenantbench report <run>`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { printable } from '../../../src/base/text.ts'
import { decodeRecord } from '../../../reports/record/codec.ts'
import { terminalSummary } from '../../../reports/views/terminal.ts'
import { claimFolder, writeViews } from '../../../reports/write.ts'
import type { Command } from '../command.ts'

/** The command. */
export const reportCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'The folder of a run' })
      .option('out', { type: 'string', describe: 'Another folder for the views (default: the run\'s own)' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the names of the files as JSON' })
      .example('$0 report runs/2026-11-23T21-00-00-quick-42', 'report.md, report.html, comparison.csv and .xlsx, junit.xml'),
  async execute(given) {
    const folder = String(given['run'])
    const record = decodeRecord(await readRecord(folder))
    const out = typeof given['out'] === 'string' ? given['out'] : null
    await using _claim = out === null ? null : await claimFolder(out)
    const files = await writeViews(out ?? folder, record)
    process.stdout.write(given['json'] === true ? `${JSON.stringify({ files }, null, 2)}\n` : `${terminalSummary(record, out ?? folder)}\n\n${files.map(printable).join('\n')}\n`)
    return 0
  },
}

async function readRecord(folder: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(join(folder, 'run.json')))
  } catch (error) {
    throw new TenantbenchError('TB_RECORD_INVALID', { detail: `${folder}: ${messageOf(error)}.`, cause: error })
  }
}
