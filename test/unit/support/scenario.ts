/** A small valid scenario as text, to be broken line by line. */

/** Lines of a tenant. */
export function tenantLines(id: string, change: Readonly<Record<string, string>> = {}): string {
  const fields = {
    id,
    name: `Tenant ${id}`,
    tier: 'growth',
    corpus: '{ kind: generated, theme: law, documents: 3, words: [80, 120] }',
    current: '{ model: gpt-4o-mini, topK: 3, rerank: false }',
    monthlyBudgetUsd: '"100"',
    queriesPerMonth: '1000',
    qualityFloor: '0.6',
    latencyObjectiveMs: '5000',
    ...change,
  }
  return `  - ${Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n    ')}`
}

/** The text; a change replaces a top-level key, an empty one drops it. */
export function scenarioText(
  change: Readonly<Record<string, string>> = {},
  tenants: readonly string[] = [tenantLines('A'), tenantLines('B')],
): string {
  const fields = {
    name: 'small',
    description: 'A small one.',
    seed: '7',
    trials: '2',
    timeScale: '0',
    priceBook: 'test-book',
    allocation: 'even',
    models: '{ embedding: { model: embed, dimensions: 64 }, reranker: ranker }',
    workload: '{ questions: 6, shared: 1, bait: 1, unanswerable: 1 }',
    variants:
      '\n  - { model: gpt-4o-mini, topK: 3, rerank: false }\n  - { model: gpt-4o, topK: 5, rerank: true }',
    ...change,
  }
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}`)
  return `${lines.join('\n')}\ntenants:\n${tenants.join('\n')}\n`
}
