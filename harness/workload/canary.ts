/**
 * Canaries: a short unique word per tenant. Word-like, so that no filter drops it and no model
 * stumbles over it; made of syllables no language runs together, so that no text has it by chance.
 */
import { randomFor } from '../../src/base/random.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import { countTokens } from '../../src/index.ts'

const onsets = ['zv', 'kr', 'vl', 'dz', 'gn', 'pt', 'tv', 'mr', 'ks', 'fj'] as const
const vowels = ['a', 'e', 'i', 'o', 'u'] as const
const codas = ['x', 'q', 'lk', 'nz', 'rv', 'mt', 'ft', 'gd'] as const
/** A canary's share of a prompt is stated, so it is kept small. */
export const mostCanaryTokens = 6

/**
 * One canary per name, all different, none longer than six tokens. The same seed and names give the
 * same ones.
 */
export function canariesFor(seed: number, names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(names.map((name) => [name, freshCanary([seed, 'canary', name], taken)]))
}

function freshCanary(key: readonly (string | number)[], taken: Set<string>): string {
  const random = randomFor(key)
  for (let tries = 0; tries < 10_000; tries++) {
    const word =
      `${random.pick(onsets)}${random.pick(vowels)}${random.pick(codas)}` +
      `${random.pick(onsets)}${random.pick(vowels)}${random.pick(codas)}`
    if (
      taken.has(word) ||
      tokensInTitle(word) > mostCanaryTokens + 2 ||
      countTokens(` ${word}`) > mostCanaryTokens
    )
      continue
    taken.add(word)
    return word
  }
  throw new TenantbenchError('TB_BUG', { detail: 'No canary is left.' })
}

/** What a canary costs where it stands: itself and two brackets. */
function tokensInTitle(word: string): number {
  return countTokens(markedTitle('Title', word)) - countTokens('Title')
}

/** A title with the canary in it, as a filing mark. */
export function markedTitle(title: string, canary: string): string {
  return `${title} (${canary})`
}
