/**
 * Configuration lives in the database: changed by UPDATE while a run goes on, it is in force in the
 * queries that follow.
 */
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { Sabotage } from '../../harness/run/run-options.ts'
import { runSmall } from '../support/run-small.ts'

/** Runs SQL as the superuser after so many answers, and goes on when the database has said so. */
function updateAfter(
  answers: number,
  sql: string,
): { readonly layers: Sabotage; modelsOf(tenant: string): readonly string[] } {
  const asked: { readonly tenant: string; readonly model: string }[] = []
  let url = ''
  let seen = 0
  let update: Promise<void> | null = null
  const run = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  return {
    modelsOf: (wanted) => asked.filter(({ tenant }) => tenant === wanted).map(({ model }) => model),
    layers: {
      afterProvisioning: async (adminUrl) => void (url = adminUrl),
      decorate: (providers) => ({
        ...providers,
        chat: {
          async answer(request) {
            asked.push({ tenant: request.requestId.split('.')[0] ?? '', model: request.model })
            if (++seen === answers) update = run()
            await update
            return providers.chat.answer(request)
          },
        },
      }),
    },
  }
}

const settings = [
  { path: ['variants'], value: [{ model: 'gpt-4o-mini', topK: 4, rerank: true }] },
  { path: ['trials'], value: 40 },
  { path: ['concurrency'], value: 1 },
  { path: ['tiers'], value: { pro: { model: 'gpt-4o-mini', topK: 4, rerank: true } } },
]

describe('an UPDATE while the run goes on', () => {
  it(
    "of a tenant's row is seen in the following queries, with no restart, and the mixed cell " +
      'is not called measured',
    async () => {
      const { layers, modelsOf } = updateAfter(
        300,
        "update tenant_configs set model = 'claude-haiku-4-5' where tenant_id = 'A'",
      )
      const record = await runSmall(layers, settings)
      const models = modelsOf('A')
      expect(new Set(models)).toEqual(new Set(['gpt-4o-mini', 'claude-haiku-4-5']))
      expect(models.lastIndexOf('gpt-4o-mini')).toBeLessThan(models.indexOf('claude-haiku-4-5') + 1)
      expect(record.cells.map(({ tenant, configVersions }) => [tenant, configVersions])).toEqual([
        ['A', ['1.1.0', '2.1.0']],
        ['B', ['1.1.0']],
        ['C', ['1.1.0']],
      ])
      expect(record.checks.find(({ id }) => id === 'config.unchanged')).toMatchObject({
        verdict: 'inconclusive',
        evidence: expect.stringContaining('A (1.1.0, 2.1.0)') as string,
      })
      expect(record.exitCode).toBe(3)
    },
  )

  it('of a tier is seen by all its tenants but those that decide for themselves', async () => {
    const { layers, modelsOf } = updateAfter(
      200,
      "update tiers set model = 'gpt-3.5-turbo' where tier = 'pro'",
    )
    const tenants = [0, 1].map((at) => ({ path: ['tenants', at, 'current'], value: {} }))
    const record = await runSmall(layers, [...settings, ...tenants])
    const models = modelsOf('A')
    expect(new Set(modelsOf('C'))).toEqual(new Set(['gpt-4o-mini']))
    expect(new Set(models)).toEqual(new Set(['gpt-4o-mini', 'gpt-3.5-turbo']))
    const ofTenant = (id: string): readonly string[] | undefined =>
      record.cells.find(({ tenant }) => tenant === id)?.configVersions
    expect([ofTenant('A'), ofTenant('B')]).toEqual([
      ['1.1.0', '1.2.0'],
      ['1.1.0', '1.2.0'],
    ])
    expect(models.lastIndexOf('gpt-4o-mini')).toBeLessThan(models.indexOf('gpt-3.5-turbo') + 1)
  })
})
