/** Scenarios with keys that nobody knows, values of another type, and several faults at once. */
import { scenarioRow, small, type BadInput } from './row.ts'

const unknownKeys: readonly BadInput[] = [
  scenarioRow('an unknown key at the top', `${small()}colour: red\n`, [
    'line 23: colour: unknown key',
  ]),
  scenarioRow('an unknown key of a tenant', small(['{ id: B, ', '{ id: B, colour: red, ']), [
    'line 21: tenants[1].colour: unknown key',
  ]),
  scenarioRow('an unknown key of a variant', small(['topK: 3, ', 'topK: 3, temprature: 1, ']), [
    'line 18: variants[1].temprature: unknown key',
  ]),
  scenarioRow(
    'an unknown key of a matrix',
    `${small()}matrix: { models: [gpt-4o], topK: [3], rerank: [true], seeds: [1] }\n`,
    ['line 23: matrix.seeds: unknown key'],
  ),
  scenarioRow('an unknown key of a tier', `${small()}tiers:\n  pro: { modle: gpt-4o }\n`, [
    'line 24: tiers.pro.modle: unknown key',
  ]),
  scenarioRow('an unknown key of sabotage', `${small()}sabotage:\n  sqll: select 1\n`, [
    'line 24: sabotage.sqll: unknown key',
  ]),
]

const wrongTypes: readonly BadInput[] = [
  scenarioRow('a word for a number', small(['seed: 11', 'seed: eleven']), [
    'line 4: seed: Invalid input: expected number, received string',
  ]),
  scenarioRow(
    'a word that is none of those there are',
    small(['allocation: even', 'allocation: fair']),
    ['line 9: allocation: Invalid option: expected one of "even"'],
  ),
  scenarioRow(
    'money that is not quoted',
    small(['monthlyBudgetUsd: "100"', 'monthlyBudgetUsd: 100']),
    ['line 20: tenants[0].monthlyBudgetUsd: Invalid input: expected string'],
  ),
  scenarioRow('an empty file', '', ['Invalid input: expected object, received null']),
]

/** Keys, types, and all at once. */
export const scenarioKeys: readonly BadInput[] = [
  ...unknownKeys,
  ...wrongTypes,
  scenarioRow(
    'several faults at once, all of them told',
    small(
      ['seed: 11', 'seed: eleven'],
      ['trials: 1', 'trails: 1'],
      ['topK: 3', 'topK: 0'],
      ['id: C', 'id: A'],
      ['qualityFloor: 0.5', 'qualityFloor: 50'],
      ['bait: 2', 'bait: 9'],
    ) + 'colour: red\n',
    [
      '8 in {here}/s.yaml',
      'line 4: seed: Invalid input',
      'line 5: trails: unknown key',
      'trials: Invalid input: expected number, received undefined',
      'line 15: workload: shared + bait + unanswerable are 12, more than the 8 questions',
      'line 18: variants[1].topK: Too small',
      'line 20: tenants[0].qualityFloor: Too big',
      'line 22: tenants[2].id: tenant A is there already, as tenants[0]',
      'line 23: colour: unknown key',
    ],
  ),
]
