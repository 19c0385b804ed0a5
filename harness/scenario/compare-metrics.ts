/** Names of what two runs can be compared by; a scenario gives tolerances by them. */
export const compareMetricNames = [
  'latency',
  'own',
  'promptTokens',
  'completionTokens',
  'cost',
  'recall',
  'accuracy',
  'failures',
] as const
