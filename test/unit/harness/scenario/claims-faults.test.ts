/** Claims that could never be compared are faults of the scenario, each with its place. */
import { describe, expect, it } from 'vitest'
import { parseScenario } from '../../../../harness/scenario/parse.ts'
import { thrownBy } from '../../support/failures.ts'
import { scenarioText } from '../../support/scenario.ts'

const claim = (change = ''): string =>
  `{ id: one, says: it, tenant: A, model: gpt-4o-mini, topK: 3, rerank: false, usd: "0.01"${change} }`
const claims = (perQuery: string, dearer = 'one'): string =>
  `{ tolerancePct: 5, perQuery: [${perQuery}], differences: [{ id: d, says: it, dearer: ` +
  `${dearer}, cheaper: one, queries: 5, usd: "1", assumes: all }] }`
const faultsOf = (
  text: string,
): readonly { readonly path: string; readonly line: number | null }[] =>
  thrownBy(() => parseScenario(scenarioText({ claims: text }), 'x.yaml')).faults

describe('claims', () => {
  it('may be about a tenant under a configuration that is asked', () => {
    expect(() => parseScenario(scenarioText({ claims: claims(claim()) }), 'x.yaml')).not.toThrow()
  })

  it.each([
    [
      'a tenant that is not there',
      claims(claim().replace('tenant: A', 'tenant: Z')),
      'claims.perQuery[0].tenant',
    ],
    [
      'a configuration that is no cell',
      claims(claim().replace('topK: 3', 'topK: 4')),
      'claims.perQuery[0].model',
    ],
    ['a difference of what nobody claimed', claims(claim(), 'two'), 'claims.differences[0].dearer'],
  ])('are refused about %s', (_case, text, path) => {
    const [first, ...more] = faultsOf(text)
    expect(more).toEqual([])
    expect(first).toMatchObject({ path, line: expect.any(Number) })
  })
})
