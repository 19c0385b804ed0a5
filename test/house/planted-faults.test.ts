/**
 * The key that plants faults is unknown where it is judged: on the real tree, and on planted
 * mentions.
 */
import { expect, test } from 'vitest'
import { plantedFaultsUnseen } from './laws/planted-faults.ts'
import { planted, readTree, told } from './tree.ts'

test('the tree keeps the law', () => expect(told(plantedFaultsUnseen(readTree()))).toEqual([]))

test.each([
  [
    'harness/readiness/checks/capacity.ts',
    'const limits = scenario.sabotage?.capacity ?? scenario.capacity\n',
  ],
  ['harness/reconcile/month.ts', "const planted = scenario['sabotage']\n"],
  ['src/cost/price-book.ts', 'export function withSabotage() {}\n'],
  ['src/db/migrations/005-x.sql', '-- sabotage\n'],
])('a mention in %s is found', (file, text) =>
  expect(plantedFaultsUnseen(planted({ [file]: text }))).toHaveLength(1),
)

test('who plants may know', () =>
  expect(
    plantedFaultsUnseen(
      planted({
        'harness/run/sabotage.ts': 'scenario.sabotage\n',
        'harness/run/run.ts': 'options.sabotage\n',
      }),
    ),
  ).toEqual([]))
