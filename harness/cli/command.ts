/** What a command is: arguments in, exit code out. */
import type { Argv } from 'yargs'

/** A command of the command line. A new one is one file in commands/ and one entry in main.ts. */
export interface Command {
  build(yargs: Argv): Argv
  /** Runs; returns the exit code. What it throws is reported by its code. */
  execute(
    given: Readonly<Record<string, unknown>>,
    environment: Readonly<Record<string, string | undefined>>,
  ): Promise<number>
}
