/** How a provider call fails. */
import { TenantbenchError, type ErrorCode, type ErrorDetails } from '../base/errors.ts'
import type { Metered, ProviderUsage } from '../base/usage.ts'

/** A provider call that failed for good; what its attempts used is billed and therefore kept. */
export class ProviderError extends TenantbenchError implements Metered {
  readonly usage: readonly ProviderUsage[]

  constructor(code: ErrorCode, details: ErrorDetails, usage: readonly ProviderUsage[] = []) {
    super(code, details)
    this.usage = usage
  }
}

/** The same error with what its earlier attempts used. */
export function withUsage(error: ProviderError, usage: readonly ProviderUsage[]): ProviderError {
  return new ProviderError(
    error.code,
    { cause: error.cause, ...(error.detail === null ? {} : { detail: error.detail }) },
    usage,
  )
}
