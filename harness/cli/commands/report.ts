/** `tenantbench report <run>`. */
import { printable, printableJson } from '../../../src/base/text.ts'
import { terminalSummary } from '../../../reports/views/terminal.ts'
import { claimFolder, writeViews } from '../../../reports/write.ts'
import type { Command } from '../command.ts'
import { readRecord } from '../recorded-run.ts'

/** The command. */
export const reportCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'The folder of a run' })
      .option('out', {
        type: 'string',
        describe: "Another folder for the views (default: the run's own)",
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print the names of the files as JSON',
      })
      .example(
        '$0 report runs/2026-11-23T21-00-00-quick-42',
        'report.md, report.html, comparison.csv and .xlsx, junit.xml',
      ),
  async execute(given) {
    const folder = String(given['run'])
    const record = await readRecord(folder)
    const out = typeof given['out'] === 'string' ? given['out'] : null
    await using _claim = out === null ? null : await claimFolder(out)
    const files = await writeViews(out ?? folder, record)
    process.stdout.write(
      given['json'] === true
        ? `${printableJson({ files })}\n`
        : `${terminalSummary(record, out ?? folder)}\n\n${files.map(printable).join('\n')}\n`,
    )
    return 0
  },
}
