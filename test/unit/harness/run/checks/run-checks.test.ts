import { expect, it } from 'vitest'
import {
  checkCanaries,
  checkConfigurations,
  checkFailures,
  checkTenants,
} from '../../../../../harness/run/checks/run-checks.ts'
import type { IngestReport } from '../../../../../harness/target/target.ts'

it.each([
  ['pass', [{ queries: 100, failures: 1, infeasible: false }]],
  ['fail', [{ queries: 1_000, failures: 11, infeasible: false }]],
  [
    'fail',
    [
      { queries: 100, failures: 0, infeasible: false },
      { queries: 100, failures: 3, infeasible: false },
    ],
  ],
  [
    'pass',
    [
      { queries: 100, failures: 0, infeasible: false },
      { queries: 100, failures: 100, infeasible: true },
    ],
  ],
  ['inconclusive', [{ queries: 100, failures: 100, infeasible: true }]],
  ['inconclusive', []],
] as const)('failures: %s', (verdict, cells) =>
  expect(checkFailures(cells)).toMatchObject({ id: 'requests.failures', verdict }),
)

it('says how many cells cannot be run', () => {
  expect(
    checkFailures([
      { queries: 10, failures: 0, infeasible: false },
      { queries: 10, failures: 10, infeasible: true },
    ]).evidence,
  ).toBe('0 of 10 queries failed (0.00 %, limit 1 %); 1 cells do not fit their model.')
})

const report = (chunks: number, marked: number): IngestReport => ({
  documents: 1,
  words: 1,
  chunks,
  chunkTokens: 1,
  marked,
  chunkIds: [],
})

it.each([
  ['pass', [report(10, 10), report(5, 5)]],
  ['inconclusive', [report(10, 10), report(5, 4)]],
  ['inconclusive', [report(0, 0)]],
  ['inconclusive', []],
] as const)('canaries: %s', (verdict, reports) =>
  expect(checkCanaries(reports)).toMatchObject({ id: 'corpus.canary-in-every-chunk', verdict }),
)

it.each([
  [
    'pass',
    [
      { tenant: 'A', chunks: 1, answered: 1 },
      { tenant: 'B', chunks: 2, answered: 9 },
    ],
  ],
  ['fail', [{ tenant: 'A', chunks: 0, answered: 1 }]],
  [
    'fail',
    [
      { tenant: 'A', chunks: 1, answered: 1 },
      { tenant: 'B', chunks: 2, answered: 0 },
    ],
  ],
] as const)('tenants: %s', (verdict, tenants) =>
  expect(checkTenants(tenants)).toMatchObject({ id: 'tenants.provisioned', verdict }),
)

it('names the tenants that were not fed or not answered, and passes none when there is none', () => {
  expect(
    checkTenants([
      { tenant: 'A', chunks: 0, answered: 1 },
      { tenant: 'B', chunks: 1, answered: 1 },
    ]).evidence,
  ).toBe('Not fed or not answered: A.')
  expect(checkTenants([]).verdict).not.toBe('pass')
})

it.each([
  [
    'pass',
    [
      { tenant: 'A', versions: ['1.0'] },
      { tenant: 'B', versions: ['7.2'] },
    ],
  ],
  ['pass', [{ tenant: 'A', versions: [] }]],
  [
    'inconclusive',
    [
      { tenant: 'A', versions: ['1.0'] },
      { tenant: 'B', versions: ['1.0', '2.0'] },
    ],
  ],
  ['inconclusive', [{ tenant: 'A', versions: ['1.0', '1.1', '2.1'] }]],
] as const)('configurations: %s', (verdict, cells) =>
  expect(checkConfigurations(cells.map((cell) => ({ ...cell, mislabelled: 0 })))).toMatchObject({
    id: 'config.unchanged',
    verdict,
  }),
)

it('names the tenants whose configuration was changed, with the states that answered, and no others', () => {
  const { evidence } = checkConfigurations([
    { tenant: 'A', versions: ['1.0', '2.0'], mislabelled: 3 },
    { tenant: 'B', versions: ['1.0'], mislabelled: 0 },
    { tenant: 'C', versions: ['3.1', '3.2'], mislabelled: 0 },
  ])
  expect(evidence).toBe(
    'Configurations were changed while the run went on: A (1.0, 2.0); C (3.1, 3.2). The ' +
      'current cells of these tenants mix both.',
  )
})

it('a cell that another configuration answered than it is called by is inconclusive', () => {
  expect(checkConfigurations([{ tenant: 'B', versions: ['1.2'], mislabelled: 12 }])).toMatchObject({
    verdict: 'inconclusive',
    evidence: expect.stringContaining('B (12 answers)') as string,
  })
})
