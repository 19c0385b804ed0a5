/** How an error reads on a terminal: what is wrong, every fault with its line, and the way out. */
import { errorRegistry, exitCodes, messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { printable } from '../../src/base/text.ts'

/** The lines of an error and the exit code it ends with. */
export function describeError(error: unknown): {
  readonly text: string
  readonly exitCode: number
} {
  if (!(error instanceof TenantbenchError)) {
    const stack = (error instanceof Error ? (error.stack ?? error.message) : String(error))
      .split('\n')
      .map(printable)
      .join('\n')
    return {
      text:
        `tenantbench: ${errorRegistry.TB_BUG.means} ` +
        `${printable(messageOf(error))}\n${stack}\n${errorRegistry.TB_BUG.wayOut} (TB_BUG)`,
      exitCode: exitCodes.bug,
    }
  }
  const faults = error.faults.map(
    ({ path, line, message }) =>
      `  - ${line === null ? '' : `line ${line}: `}${path === '' ? '' : `${printable(path)}: `}${printable(message)}`,
  )
  return {
    text: [
      `tenantbench: ${printable(error.message)}`,
      ...faults,
      `${error.wayOut} (${error.code})`,
    ].join('\n'),
    exitCode: error.exitCode,
  }
}
