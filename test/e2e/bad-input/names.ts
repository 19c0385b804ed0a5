/**
 * Scenarios that name what is not there: models, prices, tenants, tiers, templates; and a top_k
 * that no tenant can use.
 */
import { flagRow, scenarioRow, small, type BadInput } from './row.ts'

const current = 'current: { model: gpt-4o-mini, topK: 4, rerank: true }'
const template = (body: string, values: string, slots = ''): string =>
  `${small([
    current,
    `current: { model: gpt-4o-mini, topK: 4, rerank: true, promptTemplate: ours${values} }`,
  ])}promptTemplates:\n ` + ` ours: { body: "${body}"${slots} }\n`
const population = (prefix: string): string =>
  `population: { count: 3, idPrefix: ${prefix}, tiers: [pro], themes: [law], documents: { ` +
  'median: 5, sigma: 0, most: 9 }, words: [60, 90], current: { model: gpt-4o-mini, topK: 3, ' +
  'rerank: false }, monthlyBudgetUsd: "9", queriesPerMonth: 9, qualityFloor: 0.5, ' +
  'latencyObjectiveMs: 9000 }\n'
const withoutTenants = small().replace(/^tenants:[^]*/m, 'tenants: []\n')
const withoutVariants = small().replace(/^variants:[^]*?(?=^tenants)/m, '')

const models: readonly BadInput[] = [
  scenarioRow('an unknown model in variants', small(['model: claude-haiku-4-5', 'model: gpt-9']), [
    'line 18: variants[1].model: unknown model "gpt-9"; known are gpt-4, ',
  ]),
  scenarioRow(
    'an unknown model in the matrix',
    `${small()}matrix:\n  models: [gpt-4o, gpt-9]\n  topK: [3]\n  rerank: [true]\n`,
    ['line 24: matrix.models[1]: unknown model "gpt-9"'],
  ),
  scenarioRow(
    'an unknown model of a tenant',
    small([current, current.replace('gpt-4o-mini', 'gpt-8')]),
    ['line 20: tenants[0].current.model: unknown model "gpt-8"'],
  ),
  flagRow('a price book that is not there', ['--set', 'priceBook=list-1999'], {
    code: 'TB_PRICE_BOOK_UNKNOWN',
    says: ['"list-1999"; known are list-2026-11'],
  }),
  {
    ...scenarioRow(
      'a planted price of nothing',
      `${small()}sabotage:\n  prices:\n    - { provider: openai, sku: gpt-9, unit: input-tokens, usd: "1" }\n`,
      ['has no price of openai gpt-9, input-tokens'],
    ),
    code: 'TB_SABOTAGE_FAILED',
  },
]

const tenants: readonly BadInput[] = [
  scenarioRow('a tenant twice', small(['id: C', 'id: A']), [
    'line 22: tenants[2].id: tenant A is there already, as tenants[0]',
  ]),
  scenarioRow('a tenant id with a slash', small(['id: C', 'id: ../C']), [
    'line 22: tenants[2].id: letters, digits, dots, dashes and underscores',
  ]),
  scenarioRow('a population that gives an id again', small(['id: C', 'id: p2']) + population('p'), [
    'line 23: population.idPrefix: gives tenant p2, who is written out already',
  ]),
  scenarioRow('no tenants at all', withoutTenants, [
    'tenants: name at least one tenant, here or by a population',
  ]),
  scenarioRow('no variants at all', withoutVariants, [
    'variants: name at least one variant, here or by a matrix',
  ]),
  scenarioRow(
    'a model neither of the tenant nor of its tier',
    `${small([current, 'current: { topK: 4, rerank: true }'])}tiers:\n  pro: { topK: 5 }\n`,
    ['line 20: tenants[0].current.model: is set neither here nor by tier "pro"'],
  ),
  scenarioRow(
    'a budget neither of the tenant nor of its tier',
    small(['monthlyBudgetUsd: "100", ', '']),
    ['line 20: tenants[0].monthlyBudgetUsd: is set neither here nor by tier "pro"'],
  ),
]

const templates: readonly BadInput[] = [
  scenarioRow(
    'a template with a slot that it does not declare',
    template('{{passages}} {{question}} {{name}}', ''),
    ['line 20: tenants[0].current.promptTemplate: template "ours": body: there is no slot "name"'],
  ),
  scenarioRow('a template without the question', template('{{passages}}', ''), [
    'line 20: ',
    'body: {{question}} must stand there exactly once',
  ]),
  scenarioRow(
    'a value that a slot does not take',
    template(
      '{{passages}} {{question}} {{tone}}',
      ', promptValues: { tone: rude }',
      ', slots: { tone: { type: choice, options: [plain] } }',
    ),
    ['line 20: ', 'promptValues.tone: one of plain'],
  ),
  scenarioRow(
    'values without a template',
    small([current, current.replace('}', ', promptValues: { tone: plain } }')]),
    [
      'line 20: tenants[0].current.promptTemplate: the template "default" has no slots for promptValues of tenant A',
    ],
  ),
]

const sizes: readonly BadInput[] = [
  scenarioRow('top_k 0', small(['topK: 3', 'topK: 0']), [
    'line 18: variants[1].topK: Too small: expected number to be >=1',
  ]),
  scenarioRow('top_k 101', small(['topK: 3', 'topK: 101']), [
    'line 18: variants[1].topK: Too big: expected number to be <=100',
  ]),
  scenarioRow('top_k above every corpus', small(['topK: 3', 'topK: 100']), [
    'line 18: variants[1].topK: top_k 100 is more than the 8 chunks of the largest corpus',
  ]),
  scenarioRow(
    'a prompt above the window for every tenant',
    small(['model: claude-haiku-4-5, topK: 3', 'model: gpt-4, topK: 60']).replaceAll(
      'words: [60, 120]',
      'words: [3000, 3200]',
    ),
    [
      'line 18: variants[1].topK: top_k 60 makes prompts of at least ',
      'the window of gpt-4 is 8192',
    ],
  ),
]

/** Names. */
export const names: readonly BadInput[] = [...models, ...tenants, ...templates, ...sizes]
