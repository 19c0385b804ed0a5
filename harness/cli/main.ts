/** The command line: a table of commands, and one place where errors become exit codes. */
import yargs from 'yargs'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { namedDatabaseError } from '../../src/index.ts'
import type { Command } from './command.ts'
import { benchCommand } from './commands/bench.ts'
import { leaksCommand } from './commands/leaks.ts'
import { readinessCommand } from './commands/readiness.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { describeError } from './report-error.ts'
import { packageVersion } from './version.ts'

const commands: readonly Command[] = [runCommand, readinessCommand, leaksCommand, reportCommand, benchCommand]

/** Runs the command line and returns the exit code. Help and results go to stdout, everything else to stderr. */
export async function main(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  // A reader that went away (`| head`, a closed terminal) must not keep the run from tidying up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  try {
    return await dispatch(args, environment)
  } catch (error) {
    const { text, exitCode } = describeError(namedDatabaseError(error))
    process.stderr.write(`${text}\n`)
    return exitCode
  }
}

async function dispatch(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  let exitCode = 0
  const parser = yargs([...args])
    .scriptName('tenantbench')
    .usage('$0 <command>\n\nDoes any tenant see another\'s data, what does each cost, which configuration should each get?')
    .parserConfiguration({ 'camel-case-expansion': false, 'boolean-negation': false, 'dot-notation': false })
    .version(packageVersion())
    .strict()
    .demandCommand(1, 'Name a command.')
    .recommendCommands()
    .exitProcess(false)
    .wrap(110)
    .fail((message, error) => {
      // The parser's own complaints come as errors too; any other is what a command threw.
      if (error !== undefined && error !== null && error.name !== 'YError') throw error
      throw new TenantbenchError('TB_USAGE', { detail: message ?? messageOf(error) })
    })
  for (const command of commands) {
    parser.command(command.usage, command.describe, (each) => command.build(each), async (given) => {
      refuseRepeated(given)
      exitCode = await command.execute(given, environment)
    })
  }
  await parser.parseAsync()
  return exitCode
}

/** A flag that is given twice would be a list, and no longer what the command asks for; so would an empty one be nothing. */
function refuseRepeated(given: Readonly<Record<string, unknown>>): void {
  const twice = Object.keys(given).filter((key) => Array.isArray(given[key]) && key !== 'set' && key !== '_')
  if (twice.length > 0) throw new TenantbenchError('TB_USAGE', { detail: `Given more than once: ${twice.map((key) => `--${key}`).join(', ')}.` })
  if (given['out'] === '') throw new TenantbenchError('TB_USAGE', { detail: '--out is empty.' })
}
