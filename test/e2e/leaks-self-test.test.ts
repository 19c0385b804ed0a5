/**
 * The hunt proved on a sample of mutants: silent where nothing is wrong, and each of the sample
 * named. All of them: `npm run proof -- mutants`.
 */
import { describe, expect, it } from 'vitest'
import { openWorkplace, runCli } from '../support/cli.ts'
import { mutantLayers } from '../../harness/leaks/mutants/mutant.ts'
import { mutants } from '../../harness/leaks/mutants/index.ts'
import { chooseMutants } from '../../harness/leaks/self-test.ts'
import type { LeaksAnswer } from '../../harness/leaks/leaks.ts'

describe('the mutants', () => {
  it('are many, each with an id of its own, in every layer', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(60)
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length)
    expect(new Set(mutants.map(({ layer }) => layer))).toEqual(new Set(mutantLayers))
  })

  it.each(mutants.map((mutant) => [mutant.id, mutant] as const))(
    '%s is data of one kind',
    (id, { sql, roles, layers, layer, vector, what }) => {
      expect([sql, roles, layers].filter((each) => each !== undefined)).toHaveLength(1)
      expect(id.startsWith(`${layer}.`)).toBe(true)
      expect(vector).toMatch(/^[A-F]\d\d$/)
      expect(what).not.toMatch(/\.$/)
    },
  )

  it('are drawn by the seed, from every layer in turn', () => {
    const drawn = chooseMutants(1, 9)
    expect(new Set(drawn.map(({ layer }) => layer))).toEqual(new Set(mutantLayers))
    expect(chooseMutants(1, 9)).toEqual(drawn)
    expect(chooseMutants(2, 9)).not.toEqual(drawn)
    expect(chooseMutants(1, null)).toHaveLength(mutants.length)
  })
})

describe('leaks --self-test', () => {
  it(
    'is silent on the system as it is, and names each of a sample of mutants',
    { timeout: 120_000 },
    async () => {
      using place = openWorkplace()
      const { exitCode, stdout, stderr } = await runCli(place, [
        'leaks',
        '--self-test',
        '--sample',
        '5',
        '--json',
      ])
      const answer = JSON.parse(stdout) as LeaksAnswer
      expect(answer.mutants.filter(({ status }) => status === 'survived')).toEqual([])
      expect(answer, stderr).toMatchObject({ verdict: 'pass', score: 1 })
      expect(exitCode).toBe(0)
      expect(answer.mutants).toHaveLength(5)
      for (const { status, killedBy } of answer.mutants)
        expect(killedBy !== null).toBe(status === 'killed')
      expect(answer.hunts.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
      expect(place.leftFolders()).toEqual([])
    },
  )
})
