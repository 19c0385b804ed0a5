import { expect, it } from 'vitest'
import { checkIsolation } from '../../../../../harness/run/checks/isolation-check.ts'
import type { BoundaryState, OracleReport } from '../../../../../harness/oracle/leak-oracle.ts'

const covered: BoundaryState = { boundary: 'answer', state: 'covered', ownSeen: 9, leaks: 0 }
const report = (change: Partial<OracleReport> = {}): OracleReport => ({
  checks: 60,
  leaks: 0,
  upperBound95: 0.049,
  boundaries: [covered, { ...covered, boundary: 'sources' }],
  witnesses: [],
  ...change,
})
const witness = {
  boundary: 'prompt',
  tenant: 'A',
  owner: 'B',
  requestId: 'r1',
  mark: 'mrelkfju',
  witness: 'x mrelkfju y',
} as const

it.each([
  ['pass', report(), /0 leaks in 60 checks over 2 boundaries; at 95 % at most 4\.9 %/],
  [
    'leak',
    report({
      leaks: 2,
      upperBound95: null,
      boundaries: [covered, { boundary: 'prompt', state: 'leak', ownSeen: 0, leaks: 2 }],
      witnesses: [witness],
    }),
    /2 foreign marks .* at prompt\..*tenant A saw "mrelkfju" of tenant B at prompt in query r1\./,
  ],
  [
    'leak',
    report({ leaks: 1, checks: 0, boundaries: [{ ...covered, state: 'leak', leaks: 1 }] }),
    /1 foreign marks/,
  ],
  ['inconclusive', report({ checks: 0, upperBound95: null }), /No bait/],
  [
    'inconclusive',
    report({
      boundaries: [covered, { boundary: 'rows', state: 'not-shown', ownSeen: 0, leaks: 0 }],
    }),
    /Only answer could be looked through; .* 2 boundaries or more\. Not shown by the target: rows\./,
  ],
  [
    'pass',
    report({
      boundaries: [
        covered,
        { ...covered, boundary: 'sources' },
        { boundary: 'rows', state: 'not-shown', ownSeen: 0, leaks: 0 },
      ],
    }),
    /over 2 boundaries; .*Not shown by the target: rows\.$/,
  ],
  [
    'inconclusive',
    report({
      boundaries: [covered, { boundary: 'rows', state: 'not-covered', ownSeen: 0, leaks: 0 }],
    }),
    /ever seen at rows/,
  ],
] as const)('is %s with its evidence', (verdict, found, evidence) => {
  const check = checkIsolation(found)
  expect(check).toMatchObject({ id: 'isolation.no-foreign-mark', verdict })
  expect(check.evidence).toMatch(evidence)
})

it('is no pass when the target shows no boundary at all', () => {
  expect(checkIsolation(report({ boundaries: [] })).verdict).toBe('inconclusive')
})
