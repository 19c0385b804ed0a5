/**
 * The tables of prompt tokens that a plan's tenants draw from: one for each corpus and template
 * under each variant that somebody has.
 */
import { scaledTable, wholeTable } from './models/quantile-table.ts'
import { tokenFactorOf } from './models/from-profiles.ts'
import type { Fleet, PlannedVariant } from './plan.ts'
import type { TokenProfiles } from './tokens/profile-cache.ts'
import { promptTable, vendorFactor } from './tokens/prompt-tokens.ts'

/** What tables are made from. */
export interface PromptTablesInput {
  readonly fleet: Fleet
  readonly variants: readonly PlannedVariant[]
  readonly variantOf: readonly Int32Array[]
  readonly profiles: TokenProfiles
  readonly templateOf: Int32Array
  /** Measured tokens over derived ones. */
  readonly factor: number
}

/**
 * The tables one after the other, which of them a row and a variant have, and the longest prompt of
 * all.
 */
export interface PromptTables {
  readonly prompts: Int32Array
  readonly promptTable: Int32Array
  readonly longest: number
}

/** Makes them. */
export function promptTables({
  fleet,
  variants,
  variantOf,
  profiles,
  templateOf,
  factor,
}: PromptTablesInput): PromptTables {
  const rows = fleet.profile.reduce((most, row) => Math.max(most, row), -1) + 1
  const places = new Int32Array(rows * variants.length).fill(-1)
  const tables: Int32Array[] = []
  for (const epoch of variantOf) {
    for (let tenant = 0; tenant < fleet.profile.length; tenant++) {
      const variant = epoch[tenant] as number
      const place = (fleet.profile[tenant] as number) * variants.length + variant
      if (places[place] !== -1) continue
      const { model, topK, rerank } = variants[variant] as PlannedVariant
      const template = templateOf[tenant] as number
      const profile = profiles.profileOf(template)
      const table = promptTable(profile, {
        topK,
        rerank,
        tokenFactor: vendorFactor(profile, { model, tokenFactor: tokenFactorOf(model) }),
        frameTokens: profiles.frameTokensOf(template),
      })
      places[place] = tables.push(wholeTable(scaledTable(table, factor))) - 1
    }
  }
  const prompts = new Int32Array(tables.reduce((sum, { length }) => sum + length, 0))
  let [at, longest] = [0, 0]
  for (const table of tables) {
    prompts.set(table, at)
    at += table.length
    longest = Math.max(longest, table[table.length - 1] ?? 0)
  }
  return { prompts, promptTable: places, longest }
}
