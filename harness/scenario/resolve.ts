/**
 * From what a file says to what a run does: the matrix becomes variants, the population becomes
 * tenants, and each tenant's configuration is its own over its tier's. Every resolved part
 * remembers the place in the file that it comes from.
 */
import { randomFor, type RandomKey } from '../../src/base/random.ts'
import {
  parsePromptTemplate,
  parseSlotValues,
  type ConfigSettings,
  type NewTenantConfig,
  type WrittenTemplate,
} from '../../src/index.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import type { Place } from '../../src/base/yaml-input.ts'
import { loadFaults } from './load-faults.ts'
import type { PlacedFault } from './placed-fault.ts'
import { planFaults, simulationFaults } from './simulation-faults.ts'
import { describeGateFault, isChosen, parseGate, type Gate } from './gates.ts'
import type {
  ScenarioVariant,
  WrittenPopulation,
  WrittenScenario,
  WrittenTenant,
} from './schema.ts'

/** A configuration to compare, and where its model is named. */
export interface PlacedVariant extends Readonly<ScenarioVariant> {
  readonly place: Place
}

/** A tenant as a run has it. */
export interface ScenarioTenant extends Omit<WrittenTenant, 'current' | 'monthlyBudgetUsd'> {
  /** The configuration in force: its own over its tier's. */
  readonly current: ScenarioVariant
  /** What its own row holds. */
  readonly row: NewTenantConfig
  /** The name of its prompt template, and the template where it is not ours. */
  readonly template: { readonly name: string; readonly written: WrittenTemplate | null }
  readonly monthlyBudgetUsd: string
  readonly place: Place
}

/** A scenario as a run has it. */
export interface Scenario extends Omit<
  WrittenScenario,
  'variants' | 'matrix' | 'tenants' | 'population' | 'gates'
> {
  readonly gates: readonly Gate[]
  readonly variants: readonly PlacedVariant[]
  readonly tenants: readonly ScenarioTenant[]
  /**
   * Of a population: how many corpora are made, and dealt out in turn; undefined is one for each
   * tenant.
   */
  readonly distinctCorpora: number | undefined
}

/** Resolves; what cannot be resolved is a fault, all at once. */
export function resolveScenario(written: WrittenScenario): {
  readonly scenario: Scenario
  readonly faults: readonly PlacedFault[]
} {
  const { matrix: _matrix, population: _population, ...rest } = written
  const variants = variantsOf(written)
  const all = [
    ...written.tenants.map((tenant, at) => ({ tenant, place: ['tenants', at] as Place })),
    ...peopleOf(written),
  ]
  const resolved = all.map((each) => resolveTenant(written, each.tenant, each.place))
  const people = resolved.map((each) => each.tenant)
  const gates = resolveGates(written.gates, { variants, tenants: people })
  const faults = [
    ...(variants.length === 0 &&
    written.target === undefined &&
    written.load === undefined &&
    written.simulation === undefined
      ? [{ keys: ['variants'], message: 'name at least one variant, here or by a matrix' }]
      : []),
    ...(all.length === 0
      ? [{ keys: ['tenants'], message: 'name at least one tenant, here or by a population' }]
      : []),
    ...takenIds(written),
    ...(written.target === undefined || written.sabotage === undefined
      ? []
      : [
          {
            keys: ['sabotage'],
            message: 'faults are planted in the reference system alone, and target names another',
          },
        ]),
    ...resolved.flatMap((each) => each.faults),
    ...claimFaults(written.claims, { variants, tenants: people }),
    ...gates.faults,
    ...faultsOfLoad(written, people),
    ...simulationFaults(written, people),
    ...planFaults(written, people),
  ]
  return {
    scenario: {
      ...rest,
      gates: gates.read,
      variants,
      tenants: people,
      distinctCorpora: written.population?.distinctCorpora,
    },
    faults,
  }
}

/** The embedded server takes 60; the run's own thread has a pool as well. */
const mostConnections = 40

/** Queueing is real only where services take their real time (DESIGN law 6). */
function faultsOfLoad(
  { load, target, timeScale, concurrency, trials }: WrittenScenario,
  tenants: readonly ScenarioTenant[],
): readonly PlacedFault[] {
  if (load === undefined) return []
  const scaled =
    target === undefined && timeScale !== 1
      ? [
          {
            keys: ['timeScale'],
            message:
              'under load it is 1: services that answer faster than they would make no queue',
          },
        ]
      : []
  const pools = load.workers * (concurrency + 2)
  const crowded =
    target === undefined && pools > mostConnections
      ? [
          {
            keys: ['load', 'workers'],
            message:
              `${load.workers} generators with ${concurrency} + 2 connections each are ${pools}; ` +
              `the database takes ${mostConnections} of them`,
          },
        ]
      : []
  const repeated =
    trials === 1
      ? []
      : [
          {
            keys: ['trials'],
            message: 'a load asks as often as its arrivals come: set trials to 1',
          },
        ]
  return [
    ...scaled,
    ...crowded,
    ...repeated,
    ...loadFaults(
      load,
      tenants.map(({ id }) => id),
    ),
  ]
}

/** Reads gates; one that cannot be read, or chooses no cell, is a fault. */
function resolveGates(
  written: readonly string[],
  { tenants, variants }: Pick<Scenario, 'tenants' | 'variants'>,
): { readonly read: readonly Gate[]; readonly faults: readonly PlacedFault[] } {
  const parsed = written.map((text) => ({ text, ...parseGate(text) }))
  const cells = tenants.flatMap(({ id, tier, current }) =>
    [current, ...variants].map(({ model, topK, rerank }) => ({
      tenant: id,
      tier,
      model,
      topK: String(topK),
      rerank: String(rerank),
      current: String(
        model === current.model && topK === current.topK && rerank === current.rerank,
      ),
    })),
  )
  const faults = parsed.flatMap((each, at): readonly PlacedFault[] => {
    const keys = ['gates', at]
    if ('fault' in each) return [{ keys, message: describeGateFault(each.text, each.fault) }]
    return cells.some((cell) => isChosen(each.gate.tags, cell))
      ? []
      : [{ keys, message: `it chooses no cell of this scenario: ${each.text}` }]
  })
  return { read: parsed.flatMap((each) => ('gate' in each ? [each.gate] : [])), faults }
}

/** Claims about what will be no cell, and differences of what nobody claimed. */
function claimFaults(
  claims: WrittenScenario['claims'],
  scenario: Pick<Scenario, 'tenants' | 'variants'>,
): readonly PlacedFault[] {
  if (claims === undefined) return []
  const configurations = ({ current }: ScenarioTenant): readonly ScenarioVariant[] => [
    current,
    ...scenario.variants,
  ]
  const perQuery = claims.perQuery.flatMap(
    ({ tenant, model, topK, rerank }, at): readonly PlacedFault[] => {
      const found = scenario.tenants.find(({ id }) => id === tenant)
      const keys = ['claims', 'perQuery', at]
      if (found === undefined)
        return [
          { keys: [...keys, 'tenant'], message: `there is no tenant ${JSON.stringify(tenant)}` },
        ]
      const isCell = configurations(found).some(
        (each) => each.model === model && each.topK === topK && each.rerank === rerank,
      )
      return isCell
        ? []
        : [
            {
              keys: [...keys, 'model'],
              message:
                `${tenant} is not asked under ${model}, top_k ${topK}, rerank ${rerank}: name it ` +
                'in variants or a matrix',
            },
          ]
    },
  )
  const ids = new Set(claims.perQuery.map(({ id }) => id))
  const differences = claims.differences.flatMap((each, at) =>
    (['dearer', 'cheaper'] as const)
      .filter((side) => !ids.has(each[side]))
      .map((side) => ({
        keys: ['claims', 'differences', at, side],
        message: `no claim per query has the id ${JSON.stringify(each[side])}`,
      })),
  )
  return [...perQuery, ...differences]
}

function variantsOf({ variants, matrix }: WrittenScenario): readonly PlacedVariant[] {
  const written = variants.map((variant, at) => ({ ...variant, place: ['variants', at, 'model'] }))
  const crossed =
    matrix?.models.flatMap((model, at) =>
      matrix.topK.flatMap((topK) =>
        matrix.rerank.map((rerank) => ({ model, topK, rerank, place: ['matrix', 'models', at] })),
      ),
    ) ?? []
  return [...written, ...crossed]
}

interface PlacedTenant {
  readonly tenant: WrittenTenant
  readonly place: Place
}

/** Ids of tenants written out that the population would give again. */
function takenIds(written: WrittenScenario): readonly PlacedFault[] {
  if (written.tenants.length === 0) return []
  const drawn = new Set(peopleOf(written).map(({ tenant }) => tenant.id))
  return written.tenants
    .filter(({ id }) => drawn.has(id))
    .map(({ id }) => ({
      keys: ['population', 'idPrefix'],
      message: `gives tenant ${id}, who is written out already`,
    }))
}

/**
 * Tiers and themes are dealt out in turn, so that every one is there; sizes are drawn by the
 * tenant's id.
 */
function peopleOf({ population, seed }: WrittenScenario): readonly PlacedTenant[] {
  if (population === undefined) return []
  const {
    count,
    idPrefix,
    tiers,
    themes,
    documents,
    words,
    queriesPerMonth,
    distinctCorpora: _distinctCorpora,
    ...same
  } = population
  return Array.from({ length: count }, (_each, at) => {
    const number = String(at + 1).padStart(String(count).length, '0')
    const id = `${idPrefix}${number}`
    const drawn = Math.min(
      documents.most,
      Math.max(
        1,
        Math.round(
          randomFor([seed, 'population', id]).logNormal(documents.median, documents.sigma),
        ),
      ),
    )
    const corpus: WrittenTenant['corpus'] = {
      kind: 'generated',
      theme: dealt(themes, at),
      documents: drawn,
      words,
    }
    return {
      tenant: {
        ...same,
        id,
        name: `Tenant ${number}`,
        tier: dealt(tiers, at),
        corpus,
        queriesPerMonth: volumeOf(queriesPerMonth, [seed, 'population', 'volume', id]),
      },
      place: ['population'],
    }
  })
}

function volumeOf(written: WrittenPopulation['queriesPerMonth'], key: RandomKey): number {
  if (typeof written === 'number') return written
  const { mean, sigma, most } = written
  return Math.min(
    most,
    Math.max(1, Math.round(randomFor(key).logNormal(mean * Math.exp((-sigma * sigma) / 2), sigma))),
  )
}

function dealt<T>(from: WrittenPopulation['tiers'] | readonly T[], at: number): T {
  return from[at % from.length] as T
}

function resolveTenant(
  written: WrittenScenario,
  tenant: WrittenTenant,
  place: Place,
): { readonly tenant: ScenarioTenant; readonly faults: readonly PlacedFault[] } {
  const tier: ConfigSettings = Object.hasOwn(written.tiers, tenant.tier)
    ? (written.tiers[tenant.tier] ?? {})
    : {}
  const { promptValues, ...own } = tenant.current
  const inForce = { ...tier, ...own }
  const budget = tenant.monthlyBudgetUsd ?? tier.monthlyBudgetUsd ?? undefined
  const missing = (['model', 'topK', 'rerank'] as const).filter((key) => inForce[key] === undefined)
  const name = inForce.promptTemplate ?? 'default'
  const template = {
    name,
    written: Object.hasOwn(written.promptTemplates, name)
      ? (written.promptTemplates[name] ?? null)
      : null,
  }
  const said = place[0] === 'population' ? '' : ` of tenant ${tenant.id}`
  const faults = [
    ...missing.map((key) => ({
      keys: [...place, 'current', key],
      message: `is set neither here nor by tier ${JSON.stringify(tenant.tier)}`,
    })),
    ...(budget === undefined
      ? [
          {
            keys: [...place, 'monthlyBudgetUsd'],
            message: `is set neither here nor by tier ${JSON.stringify(tenant.tier)}`,
          },
        ]
      : []),
    ...templateFaults(template, promptValues ?? {}).map((message) => ({
      keys: [...place, 'current', 'promptTemplate'],
      message: `${message}${said}`,
    })),
  ]
  const { model = '', topK = 1, rerank = false } = inForce
  const row = {
    ...own,
    ...(promptValues === undefined ? {} : { promptValues }),
    ...(tenant.monthlyBudgetUsd === undefined ? {} : { monthlyBudgetUsd: tenant.monthlyBudgetUsd }),
  }
  return {
    tenant: {
      ...tenant,
      current: { model, topK, rerank },
      row,
      template,
      monthlyBudgetUsd: budget ?? '0',
      place,
    },
    faults,
  }
}

function templateFaults(
  { name, written }: ScenarioTenant['template'],
  values: Readonly<Record<string, unknown>>,
): readonly string[] {
  if (written === null && name !== 'default')
    return [`there is no prompt template ${JSON.stringify(name)} in promptTemplates`]
  try {
    if (written !== null) parseSlotValues(parsePromptTemplate(written), values)
    return written === null && Object.keys(values).length > 0
      ? ['the template "default" has no slots for promptValues']
      : []
  } catch (error) {
    if (error instanceof TenantbenchError)
      return error.faults.map(
        (fault) => `template ${JSON.stringify(name)}: ${fault.path}: ${fault.message}`,
      )
    throw error
  }
}
