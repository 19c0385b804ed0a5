/**
 * What prompts a configuration makes for a tenant, derived from the tenant's own chunks and
 * questions.
 */
import { chatModelProfile } from '../../profiles/chat-models.ts'
import type { Configuration } from '../economics.ts'
import { tokenFactorOf } from '../../simulate/models/from-profiles.ts'
import { meanOf, type QuantileTable } from '../../simulate/models/quantile-table.ts'
import type { TokenProfiles } from '../../simulate/tokens/profile-cache.ts'
import { promptTable, vendorFactor } from '../../simulate/tokens/prompt-tokens.ts'

/**
 * Prompt tokens of a configuration as the vendor counts them, before anything measured corrects
 * them.
 */
export function derivedPrompts(
  profiles: TokenProfiles,
  tenantIndex: number,
  { model, topK, rerank }: Configuration,
): QuantileTable {
  const profile = profiles.profileOf(tenantIndex)
  return promptTable(profile, {
    topK,
    rerank,
    tokenFactor: vendorFactor(profile, { model, tokenFactor: tokenFactorOf(model) }),
    frameTokens: profiles.frameTokensOf(tenantIndex),
  })
}

/** Their mean. */
export function derivedPromptMean(
  profiles: TokenProfiles,
  tenantIndex: number,
  configuration: Configuration,
): number {
  return meanOf(derivedPrompts(profiles, tenantIndex, configuration))
}

/**
 * Whether a prompt leaves no room for an answer in the window of its model, as vendors refuse it. A
 * model without a profile has no window that we know.
 */
export function isBeyondWindow(model: string, promptTokens: number): boolean {
  const window = chatModelProfile(model)?.windowTokens ?? Number.POSITIVE_INFINITY
  return promptTokens + 1 > window
}
