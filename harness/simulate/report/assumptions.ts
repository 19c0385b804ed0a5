/**
 * What a simulation takes for granted, in sentences: a figure without them would look like a
 * measurement.
 */
import type { WrittenLoad } from '../../scenario/load-schema.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { SimulationPlan } from '../plan.ts'

/** About which simulation. */
export interface AssumptionInput {
  readonly scenario: LoadedScenario
  readonly plan: SimulationPlan
  readonly models: string
  readonly load: WrittenLoad | null
}

const ofGrain = {
  event:
    "Every query goes through every queue and limit; a provider's limit is a bucket of a minute that fills evenly.",
  query:
    "Each query is drawn and priced; what it waits is drawn from the closed form of M/G/c at its hour's utilisation.",
  hour:
    'Counts and sums by tenant and hour; latencies are the distribution of each ' +
    'configuration, with the wait of each hour.',
} as const

/** The sentences. */
export function assumptionsOf({
  scenario,
  plan,
  models,
  load,
}: AssumptionInput): readonly string[] {
  const { distinctCorpora } = scenario
  return [
    ofGrain[plan.grain],
    ...(load === null
      ? []
      : [
          'The load of the scenario was simulated, arrival by arrival as a run sends them, ' +
            'warm-up in all figures. Cost is what its queries cost: no shared cost, and storage ' +
            'by the hour begun.',
        ]),
    ...(load === null && scenario.simulation === undefined
      ? [
          'The scenario has no simulation: a month of what each tenant asks was taken, ' +
            'beginning with this one, evenly over all hours and without limits.',
        ]
      : []),
    models === 'profiles'
      ? 'Times and lengths of answers are those of published profiles (harness/profiles), not ' +
        'measured here: `calibrate` fits them to your runs.'
      : `Times and lengths of answers are fitted to ${models}.`,
    ...(models === 'profiles'
      ? []
      : [
          "The service's own time is taken at the average rate of the scenario, whatever the hour.",
        ]),
    "Prompt tokens are derived from each tenant's own chunks and questions; which chunks a " +
      'question brings is ranked by words.',
    ...(distinctCorpora === undefined || distinctCorpora >= scenario.tenants.length
      ? []
      : [
          `Only ${distinctCorpora} corpora are made, and ` +
            `${scenario.tenants.length.toLocaleString('en')} tenants have them in turn.`,
        ]),
    'Usage is priced as of the moment a query arrives; hours, days and months are UTC.',
    ...(scenario.providerFaults.lateEvents === 0
      ? []
      : [
          `Of usage ${100 * scenario.providerFaults.lateEvents} % is booked by the provider in ` +
            'the month after: an expectation, not drawn.',
        ]),
    ...(Object.keys(scenario.plans).length === 0
      ? []
      : [
          'Plans are charged for each calendar month in which a tenant is there, however short ' +
            'its stay; of a month that is simulated in part, that part of what a whole one like ' +
            'it would bring.',
        ]),
  ]
}
