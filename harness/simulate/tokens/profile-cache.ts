/**
 * The token profiles of a scenario's tenants: from the cache where they were made before, otherwise
 * from the corpora themselves. What makes corpora and counts tokens is loaded only where it is
 * needed.
 */
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { ScenarioTenant } from '../../scenario/resolve.ts'
import {
  cacheFormat,
  cachePath,
  readCacheFile,
  writeCacheFile,
  type CacheFile,
} from './cache-file.ts'
import type { CorpusProfile } from './corpus-profile.ts'
import type { FramedPrompt } from './frame-tokens.ts'
import { profileKey, sourceFingerprint, type Profiled } from './profile-key.ts'

/** Where profiles are kept, and how many are made. */
export interface ProfileOptions {
  readonly cacheDir: string
  /** False: nothing is read from the cache and nothing written. */
  readonly isCacheUsed: boolean
  /**
   * Corpora of the first so many tenants are made, and the others have those in turn; without it
   * each tenant has its own.
   */
  readonly distinctCorpora?: number
  /** Hears what is worth telling and stops nothing. */
  onNote?(text: string): void
}

/** Profiles of all tenants, by their places in the scenario. */
export interface TokenProfiles {
  /** Of the distinct corpora. */
  readonly profiles: readonly CorpusProfile[]
  profileOf(tenantIndex: number): CorpusProfile
  /** Mean tokens of the tenant's prompt without question and passages. */
  frameTokensOf(tenantIndex: number): number
  readonly isFromCache: boolean
  readonly key: string
}

/** Reads or makes the profiles. Throws TB_CORPUS_UNREADABLE, TB_QUESTIONS_INVALID. */
export async function openProfiles(
  scenario: LoadedScenario,
  options: ProfileOptions,
): Promise<TokenProfiles> {
  const distinct = Math.max(
    1,
    Math.min(options.distinctCorpora ?? scenario.tenants.length, scenario.tenants.length),
  )
  const { prompts, promptOf } = distinctPrompts(scenario.tenants)
  const profiled = {
    scenario: { ...scenario, tenants: scenario.tenants.slice(0, distinct) },
    prompts,
  }
  const key = await profileKey(profiled, await sourceFingerprint())
  const path = cachePath(options.cacheDir, key)
  const kept = options.isCacheUsed ? await readCacheFile(path, key) : null
  const isFromCache =
    kept !== null &&
    kept.profiles.length === profiled.scenario.tenants.length &&
    kept.frames.length === prompts.length
  const file = isFromCache ? kept : await makeFile(profiled, key)
  if (options.isCacheUsed && !isFromCache) {
    const fault = await writeCacheFile(path, file)
    if (fault !== null) options.onNote?.(`Token profiles were not kept for the next time: ${fault}`)
  }
  return {
    profiles: file.profiles,
    profileOf: (tenantIndex) => file.profiles[tenantIndex % distinct] as CorpusProfile,
    frameTokensOf: (tenantIndex) => file.frames[promptOf[tenantIndex] as number] as number,
    isFromCache,
    key,
  }
}

/** Prompts that differ, once each, and which of them each tenant has. */
function distinctPrompts(tenants: readonly ScenarioTenant[]): {
  readonly prompts: readonly FramedPrompt[]
  readonly promptOf: readonly number[]
} {
  const places = new Map<string, number>()
  const prompts: FramedPrompt[] = []
  const promptOf = tenants.map(({ template, row }) => {
    const prompt = { written: template.written, values: row.promptValues ?? {} }
    const name = JSON.stringify(prompt)
    const place = places.get(name) ?? prompts.push(prompt) - 1
    places.set(name, place)
    return place
  })
  return { prompts, promptOf }
}

async function makeFile({ scenario, prompts }: Profiled, key: string): Promise<CacheFile> {
  const { chooseQuestions, prepareCorpora } = await import('../../workload/workload.ts')
  const { profileCorpus } = await import('./corpus-profile.ts')
  const { frameTokens } = await import('./frame-tokens.ts')
  const corpora = await prepareCorpora(scenario)
  const questions = chooseQuestions(scenario, corpora)
  const { dimensions } = scenario.models.embedding
  const profiles = corpora.map((corpus) =>
    profileCorpus(corpus, questions.get(corpus.tenantId) ?? [], { dimensions }),
  )
  return { format: cacheFormat, key, frames: prompts.map(frameTokens), profiles }
}
