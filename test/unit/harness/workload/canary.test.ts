import { describe, expect, it } from 'vitest'
import { canariesFor, markedTitle, mostCanaryTokens } from '../../../../harness/workload/canary.ts'
import { countTokens } from '../../../../src/providers/tokens.ts'

describe('canaries', () => {
  const names = Array.from({ length: 2_000 }, (_each, at) => `tenant-${at}`)
  const words = [...canariesFor(42, names).values()]

  it('are unique, short in tokens, and lower-case letters alone', () => {
    expect(new Set(words).size).toBe(2_000)
    for (const word of words) {
      expect(word).toMatch(/^[a-z]{8,10}$|^[a-z]{6,7}$/)
      expect(countTokens(` ${word}`)).toBeLessThanOrEqual(mostCanaryTokens)
    }
  })

  it('never stand in one another, so that one is not seen for the other', () => {
    const sorted = words.toSorted((one, other) => one.length - other.length)
    const nested = sorted.filter((word, at) =>
      sorted.slice(at + 1).some((longer) => longer.includes(word)),
    )
    expect(nested).toEqual([])
  })

  it('are the same for the same seed and names, and others for another seed', () => {
    expect([...canariesFor(42, names.slice(0, 50))]).toEqual([
      ...canariesFor(42, names.slice(0, 50)),
    ])
    expect([...canariesFor(43, names.slice(0, 50)).values()]).not.toEqual(words.slice(0, 50))
  })

  it('cost no more tokens in a title, where they stand, than is said of them: six and two brackets', () => {
    const dear = words.filter(
      (word) =>
        countTokens(markedTitle('Service manual', word)) - countTokens('Service manual') >
        mostCanaryTokens + 2,
    )
    expect(dear).toEqual([])
  })
})
