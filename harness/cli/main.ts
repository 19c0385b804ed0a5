/** The command line: a table of commands, and one place where errors become exit codes. */
import yargs from 'yargs'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import type { Command } from './command.ts'
import { describeError } from './report-error.ts'
import { packageVersion } from './version.ts'

/**
 * A line of the help, and where the command itself is: only the one that is asked for is loaded.
 */
interface Entry {
  /** Name and positionals as yargs writes them, e.g. `run <scenario>`. */
  readonly usage: string
  readonly describe: string
  load(): Promise<Command>
}

const commands: readonly Entry[] = [
  {
    usage: 'run <scenario>',
    describe: 'Provision tenants, ask, measure, check, report',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  {
    usage: 'readiness [scenario]',
    describe: 'Ready or not ready, before a launch',
    load: async () => (await import('./commands/readiness.ts')).readinessCommand,
  },
  {
    usage: 'audit',
    describe: 'Judge the tenant isolation of a PostgreSQL database',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  {
    usage: 'leaks [scenario]',
    describe: 'Hunt for leaks between tenants; --self-test proves the hunt on planted mutants',
    load: async () => (await import('./commands/leaks.ts')).leaksCommand,
  },
  {
    usage: 'reconcile',
    describe: 'Usage against bills: drift, its causes, and whether to stop',
    load: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  },
  {
    usage: 'prices <action> [names..]',
    describe: "Price books: list, explain a product, diff two, check against LiteLLM's map",
    load: async () => (await import('./commands/prices.ts')).pricesCommand,
  },
  {
    usage: 'price <run>',
    describe: 'What each tier should cost, and which configuration each tenant should get',
    load: async () => (await import('./commands/price.ts')).priceCommand,
  },
  {
    usage: 'simulate <scenario>',
    describe: 'Months of traffic in virtual time: latency, cost, margins, capacity',
    load: async () => (await import('./commands/simulate.ts')).simulateCommand,
  },
  {
    usage: 'compare <baseline> <candidate>',
    describe: 'Regression verdict between runs, a store of runs and a run, or two bench reports',
    load: async () => (await import('./commands/compare.ts')).compareCommand,
  },
  {
    usage: 'calibrate <runs>',
    describe:
      'Fit service models to recorded loads, and say how far off they are on what was held out',
    load: async () => (await import('./commands/calibrate.ts')).calibrateCommand,
  },
  {
    usage: 'report <run>',
    describe: 'Write all views of a recorded run again',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  {
    usage: 'bench',
    describe: 'Microbenchmarks, as ratios against a peer',
    load: async () => (await import('./commands/bench.ts')).benchCommand,
  },
]

/**
 * Runs the command line and returns the exit code. Help and results go to stdout, everything else
 * to stderr.
 */
export async function main(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  // A reader that went away (`| head`, a closed terminal) must not keep the run from tidying up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  try {
    return await dispatch(args, environment)
  } catch (error) {
    const { namedDatabaseError } = await import('../../src/index.ts')
    const { text, exitCode } = describeError(namedDatabaseError(error))
    process.stderr.write(`${text}\n`)
    return exitCode
  }
}

async function dispatch(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  let exitCode = 0
  const parser = yargs([...args])
    .scriptName('tenantbench')
    .usage(
      "$0 <command>\n\nDoes any tenant see another's data, what does each cost, which configuration should each get?",
    )
    .parserConfiguration({
      'camel-case-expansion': false,
      'boolean-negation': false,
      'dot-notation': false,
    })
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
  for (const { usage, describe, load } of commands) {
    const command = args.includes(usage.split(' ')[0] ?? '') ? await load() : null
    parser.command(
      usage,
      describe,
      (each) => command?.build(each) ?? each,
      async (given) => {
        refuseRepeated(given)
        exitCode = (await command?.execute(given, environment)) ?? exitCode
      },
    )
  }
  await parser.parseAsync()
  return exitCode
}

/** Flags that may be given several times; `_` is what stands without a flag. */
const repeatable = new Set([
  '_',
  'set',
  'role',
  'context',
  'tenant-column',
  'names',
  'usage',
  'bill',
  'tolerance',
  'prices',
  'price',
  'config',
  'measured',
])

/**
 * A flag that is given twice would be a list, and no longer what the command asks for; so would an
 * empty one be nothing.
 */
function refuseRepeated(given: Readonly<Record<string, unknown>>): void {
  const twice = Object.keys(given).filter(
    (key) => Array.isArray(given[key]) && !repeatable.has(key),
  )
  if (twice.length > 0)
    throw new TenantbenchError('TB_USAGE', {
      detail: `Given more than once: ${twice.map((key) => `--${key}`).join(', ')}.`,
    })
  if (given['out'] === '') throw new TenantbenchError('TB_USAGE', { detail: '--out is empty.' })
}
