/**
 * Live services: the vendors themselves, or gateways that the scenario names, with keys from the
 * environment. They are chosen by a flag and never by a variable that happens to be there; what is
 * missing is told before anything is started.
 */
import { TenantbenchError, type Fault } from '../../src/base/errors.ts'
import type { ProviderEndpoints } from '../../src/index.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { Environment } from './system/target-plan.ts'

/** Where the vendors are, as their SDKs have it. */
const vendors = {
  openai: { key: 'OPENAI_API_KEY', baseUrl: 'https://api.openai.com/v1' },
  anthropic: { key: 'ANTHROPIC_API_KEY', baseUrl: 'https://api.anthropic.com' },
  pinecone: { key: 'PINECONE_API_KEY', baseUrl: 'https://api.pinecone.io' },
} as const

/**
 * Addresses and keys of the vendors that the scenario needs. They are secrets. Throws TB_USAGE with
 * everything that is missing.
 */
export function liveEndpoints(
  scenario: LoadedScenario,
  environment: Environment,
): ProviderEndpoints {
  const models = [
    ...scenario.tenants.map(({ current }) => current.model),
    ...scenario.variants.map(({ model }) => model),
  ]
  const needed = {
    openai: true,
    pinecone: true,
    anthropic: models.some((model) => model.startsWith('claude-')),
  }
  const faults: Fault[] = [
    ...(scenario.target === undefined
      ? []
      : [
          {
            path: 'target',
            line: scenario.lineOf(['target']),
            message:
              'live services are those of the reference system; a target of yours has its own',
          },
        ]),
    ...(scenario.sabotage === undefined
      ? []
      : [
          {
            path: 'sabotage',
            line: scenario.lineOf(['sabotage']),
            message: 'nothing is broken on purpose where it costs money',
          },
        ]),
    ...(Object.keys(vendors) as (keyof typeof vendors)[]).flatMap((vendor) =>
      needed[vendor] && (environment[vendors[vendor].key] ?? '') === ''
        ? [{ path: 'environment', line: null, message: `${vendors[vendor].key} is not set` }]
        : [],
    ),
  ]
  if (faults.length > 0)
    throw new TenantbenchError('TB_USAGE', { detail: '--services live.', faults })
  const endpoint = (vendor: keyof typeof vendors): ProviderEndpoints['openai'] => ({
    baseUrl: scenario.live[vendor] ?? vendors[vendor].baseUrl,
    apiKey: environment[vendors[vendor].key] ?? 'none',
  })
  return {
    openai: endpoint('openai'),
    anthropic: endpoint('anthropic'),
    pinecone: endpoint('pinecone'),
  }
}
