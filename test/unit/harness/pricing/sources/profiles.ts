/** Token profiles by hand: three chunks and one question, so that prompts can be added up. */
import type { CorpusProfile } from '../../../../../harness/simulate/tokens/corpus-profile.ts'
import type { TokenProfiles } from '../../../../../harness/simulate/tokens/profile-cache.ts'

/** A corpus whose question of 10 tokens brings chunks of 100, 200 and 300 tokens, in this order. */
export const threeChunks: CorpusProfile = {
  documents: 3,
  words: 300,
  chunkTokens: [90, 190, 290],
  passageTokens: [100, 200, 300],
  questions: [{ tokens: 10, goldChunks: [0], nearest: [0, 1, 2], rerankPlaces: [0, 1, 2] }],
  ingestTokens: 570,
  upsertBytes: 400_000,
  storedBytes: 400_000,
  o200kPerCl100k: 1,
}

/**
 * The same corpus for all tenants, with a frame of 50 tokens: top_k 1 is 160 tokens, 2 is 360, 3
 * and more 660.
 */
export function profilesOf(profile: CorpusProfile = threeChunks): TokenProfiles {
  return {
    profiles: [profile],
    profileOf: () => profile,
    frameTokensOf: () => 50,
    isFromCache: true,
    key: 'key',
  }
}
