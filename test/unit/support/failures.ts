/**
 * What a piece of work throws, as the project's own error: anything else fails the test with its
 * message.
 */
import { TenantbenchError } from '../../../src/base/errors.ts'

function ours(error: unknown): TenantbenchError {
  if (error instanceof TenantbenchError) return error
  throw new Error(`not an error of the registry: ${String(error)}`, { cause: error })
}

/** The error that a function throws. */
export function thrownBy(run: () => unknown): TenantbenchError {
  try {
    run()
  } catch (error) {
    return ours(error)
  }
  throw new Error('nothing was thrown')
}

/** The error that a promise is rejected with. */
export async function rejectionOf(work: Promise<unknown>): Promise<TenantbenchError> {
  try {
    await work
  } catch (error) {
    return ours(error)
  }
  throw new Error('nothing was thrown')
}
