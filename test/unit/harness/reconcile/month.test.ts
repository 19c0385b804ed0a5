import { describe, expect, it } from 'vitest'
import {
  checkReconciliation,
  costByRequest,
  reconcileMonth,
} from '../../../../harness/reconcile/month.ts'
import { formatUsd, parseUsd, picoUsd } from '../../../../src/base/money.ts'
import type { Charge } from '../../../../src/cost/charge.ts'
import { reconcile, runDriftLimits } from '../../../../src/cost/reconcile/drift.ts'
import { tenant } from '../../support/prices.ts'

const amounts = (
  lines: Readonly<Record<string, string>>,
): { component: string; amount: ReturnType<typeof parseUsd> }[] =>
  Object.entries(lines).map(([component, usd]) => ({ component, amount: parseUsd(usd) }))

const compare = (
  ours: Parameters<typeof reconcile>[0],
  theirs: Parameters<typeof reconcile>[1],
): ReturnType<typeof reconcile> => reconcile(ours, theirs, runDriftLimits)

describe('the check on drift', () => {
  it.each([
    ['pass', { chat: '105' }, { chat: '100' }],
    ['fail', { chat: '106' }, { chat: '100' }],
    ['fail', { chat: '120' }, { chat: '100' }],
    ['fail', { chat: '120', read: '80' }, { chat: '100', read: '100' }],
    ['fail', { chat: '100', ours: '1' }, { chat: '100' }],
    ['fail', { chat: '100' }, { chat: '100', theirs: '1' }],
    ['inconclusive', {}, {}],
  ] as const)('is %s for %j against %j', (verdict, ours, theirs) => {
    expect(checkReconciliation(compare(amounts(ours), amounts(theirs)))).toMatchObject({
      id: 'cost.reconciliation',
      verdict,
    })
  })

  it('names the worst component and every one that does not pass', () => {
    const { evidence } = checkReconciliation(
      compare(
        amounts({ chat: '107', read: '50', write: '10' }),
        amounts({ chat: '100', read: '100', write: '10' }),
      ),
    )
    expect(evidence).toBe(
      'Drift of what was used -20.476 %, at most -50.000 % (read) over 3 components; limits 5 ' +
        '% and 10 %. chat: warn. read: stop.',
    )
  })

  it('does not judge what is under a cent, and says so', () => {
    const { verdict, evidence } = checkReconciliation(
      compare(amounts({ chat: '100', read: '0.009' }), amounts({ chat: '100', read: '0.001' })),
    )
    expect(verdict).toBe('pass')
    expect(evidence).toMatch(/over 1 components; .*Under a cent and not judged: read\./)
    expect(
      checkReconciliation(compare(amounts({ read: '0.009' }), amounts({ read: '0.001' }))).verdict,
    ).toBe('inconclusive')
  })

  it('a minimum that takes up an error does not hide it', () => {
    const { usage, total } = reconcile(
      amounts({ 'p.read': '8', 'p.minimum': '42' }),
      amounts({ 'p.read': '4', 'p.minimum': '46' }),
    )
    expect([total.driftPct, usage.driftPct, usage.verdict]).toEqual([0, 100, 'stop'])
  })

  it('counts a component that was never billed as the worst, not as no drift', () => {
    const { evidence } = checkReconciliation(
      compare(amounts({ chat: '101', ghost: '40' }), amounts({ chat: '100' })),
    )
    expect(evidence).toMatch(/at most not defined \(ghost\)/)
  })
})

const charge = (requestId: string, amount: bigint): Charge => ({
  tenantId: tenant('A'),
  idempotencyKey: requestId,
  requestId,
  unit: 'input-tokens',
  component: 'openai.chat',
  quantity: { unit: 'input-tokens', numerator: 1n, denominator: 1n },
  amount: picoUsd(amount),
})

it('a request costs what all its attempts cost, and nothing when it has none', () => {
  const costOf = costByRequest([charge('r1', 5n), charge('r2', 7n), charge('r1', 2n)])
  expect(['r1', 'r2', 'r3'].map((id) => costOf(id))).toEqual([7n, 7n, 0n])
})

it('what is unallocated is compared with the bill as well', () => {
  const allocation = {
    lines: [
      {
        tenantId: tenant('A'),
        component: 'pinecone.read',
        method: 'direct',
        ratio: { numerator: 1n, denominator: 1n },
        amount: parseUsd('1'),
      },
    ],
    unallocated: new Map([['pinecone.minimum', parseUsd('49')]]),
    total: parseUsd('50'),
  } as const
  const { verdict, total } = reconcileMonth({ charges: [], allocation, activity: [] }, [
    { component: 'pinecone.read', usd: '1' },
    { component: 'pinecone.minimum', usd: '49' },
  ])
  expect([verdict, formatUsd(total.allocated)]).toEqual(['pass', '50'])
})
