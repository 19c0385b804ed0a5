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
