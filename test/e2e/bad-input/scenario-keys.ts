/** Scenarios with keys that nobody knows, values of another type, and several faults at once. */
import { scenarioRow, small, type BadInput } from './row.ts'

const population = 'population: { count: 3, idPrefix: p, tiers: [pro], themes: [law], documents: { median: 5, sigma: 0, most: 9 }, words: [60, 90], current: { model: gpt-4o-mini, topK: 3, rerank: false }, monthlyBudgetUsd: "9", queriesPerMonth: 9, qualityFloor: 0.5, latencyObjectiveMs: 9000 }\n'

const unknownKeys: readonly BadInput[] = [
  scenarioRow('an unknown key at the top', `${small()}colour: red\n`, ['line 23: colour: unknown key']),
  scenarioRow('an unknown key of a tenant', small(['{ id: B, ', '{ id: B, colour: red, ']), ['line 21: tenants[1].colour: unknown key']),
  scenarioRow('an unknown key of a corpus', small(['theme: support, ', 'theme: support, size: big, ']), ['line 21: tenants[1].corpus.size: unknown key']),
  scenarioRow('an unknown key of a variant', small(['topK: 3, ', 'topK: 3, temprature: 1, ']), ['line 18: variants[1].temprature: unknown key']),
  scenarioRow('an unknown key of a matrix', `${small()}matrix: { models: [gpt-4o], topK: [3], rerank: [true], seeds: [1] }\n`, ['line 23: matrix.seeds: unknown key']),
  scenarioRow('an unknown key of a tier', `${small()}tiers:\n  pro: { modle: gpt-4o }\n`, ['line 24: tiers.pro.modle: unknown key']),
  scenarioRow('an unknown key of sabotage', `${small()}sabotage:\n  sqll: select 1\n`, ['line 24: sabotage.sqll: unknown key']),
  scenarioRow('an unknown key of a planted price', `${small()}sabotage:\n  prices:\n    - { provider: openai, sku: gpt-4, unit: input-tokens, usd: "1", day: 1 }\n`, ['line 25: sabotage.prices[0].day: unknown key']),
  scenarioRow('an unknown key of a population', small() + population.replace('count: 3', 'count: 3, size: 4'), ['line 23: population.size: unknown key']),
  scenarioRow('an unknown key of a prompt template', `${small()}promptTemplates:\n  ours: { body: "{{passages}} {{question}}", style: bold }\n`, ['line 24: promptTemplates.ours.style: unknown key']),
]

const wrongTypes: readonly BadInput[] = [
  scenarioRow('a word for a number', small(['seed: 11', 'seed: eleven']), ['line 4: seed: Invalid input: expected number, received string']),
  scenarioRow('not a number', small(['seed: 11', 'seed: .nan']), ['line 4: seed: Invalid input']),
  scenarioRow('a fraction where a whole number is meant', small(['trials: 1', 'trials: 1.5']), ['line 5: trials: Invalid input: expected int']),
  scenarioRow('a number out of range', small(['timeScale: 0', 'timeScale: 2']), ['line 7: timeScale: Too big: expected number to be <=1']),
  scenarioRow('a word that is none of those there are', small(['allocation: even', 'allocation: fair']), ['line 9: allocation: Invalid option: expected one of "even"']),
  scenarioRow('money that is not quoted', small(['monthlyBudgetUsd: "100"', 'monthlyBudgetUsd: 100']), ['line 20: tenants[0].monthlyBudgetUsd: Invalid input: expected string']),
  scenarioRow('money that is no decimal', small(['"30"', '"1e3"']), ['line 10: sharedMonthlyUsd.postgres: write dollars as a quoted decimal']),
  scenarioRow('a word for a list', small(['variants:\n', 'variants: none\nmatrix:\n']), ['variants: Invalid input: expected array']),
  scenarioRow('a list for the whole file', '- name: small\n', ['line 1: Invalid input: expected object, received array']),
  scenarioRow('a sentence for the whole file', 'just a sentence\n', ['line 1: Invalid input: expected object, received string']),
  scenarioRow('an empty file', '', ['Invalid input: expected object, received null']),
  scenarioRow('a file of comments', '# nothing here\n', ['Invalid input: expected object, received null']),
  scenarioRow('a key left out', small(['trials: 1\n', '']), ['trials: Invalid input: expected number, received undefined']),
  scenarioRow('words that run backwards', small(['words: [60, 120]', 'words: [120, 60]']), ['line 20: tenants[0].corpus.words: the smaller number comes first']),
  scenarioRow('more special questions than questions', small(['questions: 8', 'questions: 4']), ['line 15: workload: shared + bait + unanswerable are 5, more than the 4 questions']),
  scenarioRow('an alert after the limit', `${small()}capacity: { namespaceLimit: 10, operatingLimit: 9, alertAt: 11 }\n`, ['line 23: capacity: alertAt <= operatingLimit <= namespaceLimit']),
]

/** Keys, types, and all at once. */
export const scenarioKeys: readonly BadInput[] = [
  ...unknownKeys,
  ...wrongTypes,
  scenarioRow(
    'several faults at once, all of them told',
    `${small(['seed: 11', 'seed: eleven'], ['trials: 1', 'trails: 1'], ['topK: 3', 'topK: 0'], ['id: C', 'id: A'], ['qualityFloor: 0.5', 'qualityFloor: 50'], ['bait: 2', 'bait: 9'])}colour: red\n`,
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
