/**
 * The exercise's own figures come true in their world, within 5 %, and list prices stand beside
 * them.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunRecord } from '../../reports/record/record.ts'
import { openWorkplace, root, runCli } from '../support/cli.ts'

it(
  'A at $0.045, B at $0.008, $185 and $18,500, D from 0.012 to 0.006, E from 0.035 to 0.045',
  { timeout: 120_000 },
  async () => {
    using place = openWorkplace()
    const { exitCode, stdout } = await runCli(place, [
      'run',
      join(root, 'scenarios/m11-cost-mismatch.yaml'),
      '--json',
      '--out',
      join(place.folder, 'run'),
    ])
    const { claims, costByTenant, costConcentration } = JSON.parse(stdout) as RunRecord
    expect({ exitCode, off: claims.filter(({ offPct }) => Math.abs(offPct ?? 100) > 5) }).toEqual({
      exitCode: 0,
      off: [],
    })
    expect(claims.map(({ claimedUsd }) => claimedUsd)).toEqual([
      '0.045',
      '0.008',
      '0.012',
      '0.006',
      '0.035',
      '0.045',
      '185',
      '18500',
    ])
    const listed = claims[0]?.others.map(({ usd }) => Number(usd)) ?? []
    // At the list of that time "GPT-4" is more than twice as dear, and at today's a third.
    expect((listed[0] ?? 0) / 0.045).toBeGreaterThan(2)
    expect((listed[1] ?? 1) / 0.045).toBeLessThan(0.4)
    expect(claims.at(-1)?.assumes).toMatch(/100 identical tenants/)
    expect(costByTenant.map(({ budgetUsedPct }) => budgetUsedPct !== null)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(costConcentration?.tenants).toBe(4)
  },
)
