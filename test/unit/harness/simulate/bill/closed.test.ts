/**
 * What tenants are charged against the use of all of them together: right bills pass, and any that
 * is off is found.
 */
import { expect, it } from 'vitest'
import {
  billGroup,
  checkClosed,
  type GroupBill,
} from '../../../../../harness/simulate/bill/group-bill.ts'
import {
  sumsAt,
  usageFields,
  usageSums,
} from '../../../../../harness/simulate/engine/usage-sums.ts'
import type { PlannedMonth } from '../../../../../harness/simulate/plan.ts'
import { thrownBy } from '../../../support/failures.ts'
import { planOf } from '../engine/plans.ts'

const plan = planOf({
  tenants: [{ queries: 10 }, { queries: 20 }],
  simulation: { from: '2026-05-01', months: 1 },
})
const month = plan.months[0] as PlannedMonth
const sums = usageSums(2, month.segments.length, [])
for (const tenant of [0, 1])
  for (const [field, amount] of [
    [usageFields.chatCalls, 7],
    [usageFields.promptTokens, 9_001 + tenant],
    [usageFields.answerTokens, 411],
    [usageFields.reranks, 7],
  ] as const)
    sums.values[sumsAt(sums, tenant, 0) + field] = amount
const group = { plan, first: 0, end: 2 }
const bill = billGroup(group, month, sums)

it('a right bill is closed', () =>
  expect(() => checkClosed(group, month, { sums, bill })).not.toThrow())

it.each(['input-tokens', 'output-tokens', 'rerank-requests'])(
  'a pico-dollar too much for %s is a bug',
  (unit) => {
    const off: GroupBill = {
      ...bill,
      products: bill.products.map((product) =>
        product.unit === unit
          ? {
              ...product,
              amount: {
                numerator: product.amount.numerator + product.amount.denominator,
                denominator: product.amount.denominator,
              },
            }
          : product,
      ),
    }
    expect(thrownBy(() => checkClosed(group, month, { sums, bill: off }))).toMatchObject({
      code: 'TB_BUG',
      detail: expect.stringMatching(
        new RegExp(`tenants are charged for .* ${unit} what their usage does not come to`),
      ) as string,
    })
  },
)

it('a tenant that was left out of the bill is a bug', () => {
  expect(
    thrownBy(() =>
      checkClosed(group, month, { sums, bill: billGroup({ ...group, end: 1 }, month, sums) }),
    ).code,
  ).toBe('TB_BUG')
})
