/**
 * Reading a scenario: YAML, then the schema, then what the schema cannot say. All faults of a file
 * at once, each with its path and line, before anything is started.
 */
import { isMap, isSeq, type Document, type LineCounter } from 'yaml'
import { TenantbenchError, type Fault } from '../../src/base/errors.ts'
import { sha256 } from '../../src/base/random.ts'
import {
  lineAt,
  placesOf,
  readYaml,
  written,
  type Place,
  type SchemaIssue,
  type YamlInput,
} from '../../src/base/yaml-input.ts'
import { billedUnits, priceOf, type BilledUnit, type PriceBook } from '../../src/index.ts'
import type { PlacedFault } from './placed-fault.ts'
import { resolveScenario, type Scenario } from './resolve.ts'
import { scenarioSchema, type ScenarioVariant } from './schema.ts'
import { grainFault } from './simulation-faults.ts'
import { spanOf, startOfDay, type Grain, type WrittenSimulation } from './simulation-schema.ts'

/** A scenario ready to run, with the hash of its text. */
export interface LoadedScenario extends Scenario {
  readonly path: string
  readonly sha256: string
  /** The line of a value in the file, for messages about it. */
  lineOf(keys: Place): number | null
}

/** What a scenario may name. */
export interface KnownNames {
  readonly chatModels: readonly string[]
  readonly embeddingModels: readonly { readonly model: string; readonly maxDimensions: number }[]
  readonly rerankers: readonly string[]
}

/** One `--set path=value`. */
export interface Setting {
  readonly path: Place
  readonly value: unknown
}

interface Reading {
  readonly document: Document
  readonly lines: LineCounter
  /** Where this file extends another: its own top-level keys. Lines are told for these alone. */
  readonly own: ReadonlySet<string> | null
  /** What it extends, and the lines there. */
  readonly base: { readonly path: string; readonly lines: LineCounter } | null
}

/** How a file is read: what is changed in it, and the text that it extends. */
export interface ParseOptions {
  readonly settings?: readonly Setting[]
  /**
   * A complete scenario; the top-level keys of the file that extends it take the place of its own.
   */
  readonly base?: { readonly text: string; readonly path: string }
}

/**
 * Parses a scenario. Throws TB_SCENARIO_INVALID with every fault. Names are checked by
 * `checkNames`, once the price book is read.
 */
export function parseScenario(
  text: string,
  path: string,
  { settings = [], base }: ParseOptions = {},
): LoadedScenario {
  const { document: own, lines } = readDocument(text, path)
  const beneath =
    base === undefined ? null : { ...readDocument(base.text, base.path), path: base.path }
  const document = beneath === null ? own : extended(beneath.document, own, beneath.path)
  for (const setting of settings) applySetting(document, setting)
  const reading: Reading = {
    document,
    lines,
    base: beneath,
    own:
      beneath === null || !isMap(own.contents)
        ? null
        : new Set(own.contents.items.map(({ key }) => String(key))),
  }
  const value = withoutReference(plainValue(document, path))
  const parsed = scenarioSchema.safeParse(value)
  const resolved = parsed.success ? resolveScenario(parsed.data) : null
  const faults = [
    ...forbiddenKeys(value, []).map((keys) => ({ keys, message: 'unknown key' })),
    ...crossChecks(value),
    ...(resolved?.faults ?? []),
  ].map(({ keys, message }): Fault => faultAt(reading, keys, message))
  const issues = parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => faultsOf(issue, reading))
  if (resolved === null || faults.length > 0) throw invalid(path, once([...issues, ...faults]))
  return {
    ...resolved.scenario,
    path,
    sha256: sha256(String(document)),
    lineOf: (keys) => lineOf(reading, keys),
  }
}

function readDocument(text: string, path: string): YamlInput {
  const input = readYaml(text)
  if (input.faults.length > 0) throw invalid(path, input.faults)
  return input
}

/** The base with the top-level values of the file that extends it. */
function extended(base: Document, own: Document, path: string): Document {
  if (!isMap(base.contents))
    throw invalid(path, [{ path: '', line: null, message: 'not a scenario: there are no keys' }])
  if (isMap(own.contents))
    for (const { key, value } of own.contents.items)
      if (String(key) !== 'extends') base.set(String(key), value)
  return base
}

function applySetting(document: Document, { path, value }: Setting): void {
  for (const [at, key] of path.entries()) {
    const list: unknown = document.getIn(path.slice(0, at), true)
    if (typeof key === 'number' && isSeq(list) && key > list.items.length)
      throw new TenantbenchError('TB_USAGE', {
        detail:
          `--set: ${written(path.slice(0, at))} has ${list.items.length} items; there is no ` +
          `place ${written(path)}.`,
      })
  }
  try {
    document.setIn(path, value)
  } catch (error) {
    throw new TenantbenchError('TB_USAGE', {
      detail: `--set: there is no place ${written(path)} in the scenario.`,
      cause: error,
    })
  }
}

/** `__proto__` would be dropped in silence where any key is allowed. */
function forbiddenKeys(value: unknown, keys: Place): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '__proto__'
      ? [[...keys, key]]
      : forbiddenKeys(inner, [...keys, Array.isArray(value) ? Number(key) : key]),
  )
}

function invalid(path: string, faults: readonly Fault[]): TenantbenchError {
  return new TenantbenchError('TB_SCENARIO_INVALID', {
    detail: `${faults.length} in ${path}.`,
    faults,
  })
}

function plainValue(document: Document, path: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    if (!isCyclic(value, [])) return value
  } catch (error) {
    throw invalid(path, [
      { path: '', line: null, message: error instanceof Error ? error.message : String(error) },
    ])
  }
  throw invalid(path, [
    { path: '', line: null, message: 'an alias that stands inside its own anchor' },
  ])
}

function isCyclic(value: unknown, around: readonly unknown[]): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (
    around.includes(value) ||
    Object.values(value).some((inner) => isCyclic(inner, [...around, value]))
  )
}

function faultsOf(issue: SchemaIssue, reading: Reading): readonly Fault[] {
  return placesOf(issue).map(({ place, message }) => faultAt(reading, place, message))
}

/** A fault at its place: in the file itself, or in the one that it extends. */
function faultAt(reading: Reading, keys: Place, message: string): Fault {
  const { base, own } = reading
  const isInherited = base !== null && own !== null && !own.has(String(keys[0]))
  if (!isInherited) return { path: written(keys), line: lineOf(reading, keys), message }
  return {
    path: `${base.path}: ${written(keys)}`,
    line: lineOf({ ...reading, lines: base.lines, own: null }, keys),
    message,
  }
}

/** The line of a value that stands in the file itself. */
function lineOf(reading: Reading, keys: Place): number | null {
  return reading.own !== null && !reading.own.has(String(keys[0])) ? null : lineAt(reading, keys)
}

/** What only the reference system is built from; a scenario about another one need not name it. */
const ofReferenceAlone = {
  models: {
    embedding: { model: 'text-embedding-3-small', dimensions: 256 },
    reranker: 'bge-reranker-v2-m3',
  },
  timeScale: 0,
  allocation: 'even',
} as const

function withoutReference(value: unknown): unknown {
  const target = memberOf(value, 'target')
  return target === undefined ||
    target === 'reference' ||
    typeof value !== 'object' ||
    value === null
    ? value
    : { ...ofReferenceAlone, ...value }
}

/**
 * What the schema cannot say. Each looks only at the parts that are well formed, so that all faults
 * are told together.
 */
function crossChecks(value: unknown): readonly PlacedFault[] {
  const workload = scenarioSchema.shape.workload.safeParse(memberOf(value, 'workload')).data
  const tenants = memberOf(value, 'tenants')
  const faults: PlacedFault[] = [...duplicateTenants(tenants)]
  if (workload === undefined) return faults
  const { questions, shared, bait, unanswerable } = workload
  if (shared + bait + unanswerable > questions)
    faults.push({
      keys: ['workload'],
      message: `shared + bait + unanswerable are ${shared + bait + unanswerable}, more than the ${questions} questions`,
    })
  if (
    bait > 0 &&
    Array.isArray(tenants) &&
    tenants.length < 2 &&
    memberOf(value, 'population') === undefined
  )
    faults.push({
      keys: ['workload', 'bait'],
      message: 'bait needs a second tenant to be bait for',
    })
  return faults
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined
}

function duplicateTenants(tenants: unknown): readonly PlacedFault[] {
  const ids = Array.isArray(tenants) ? tenants.map((tenant: unknown) => memberOf(tenant, 'id')) : []
  return ids.flatMap((id, at) => {
    const first = ids.indexOf(id)
    return id === undefined || first === at
      ? []
      : [
          {
            keys: ['tenants', at, 'id'],
            message: `tenant ${String(id)} is there already, as tenants[${first}]`,
          },
        ]
  })
}

/** What knows whether names exist: models of the services, prices of the book. */
export interface NameCheck {
  readonly known: KnownNames
  readonly book: PriceBook
  readonly atMs: number
}

/** Checks every model for existence and price. Throws TB_SCENARIO_INVALID with every fault. */
export function checkNames(scenario: LoadedScenario, check: NameCheck): void {
  const faults = [
    ...scenario.variants.flatMap((variant) => variantFaults(variant, variant.place, check)),
    ...scenario.tenants.flatMap(({ current, place }) =>
      variantFaults(current, [...place, 'current', 'model'], check),
    ),
    ...sharedModelFaults(scenario, check),
  ].map(({ keys, message }): Fault => ({
    path: written(keys),
    line: scenario.lineOf(keys),
    message,
  }))
  if (faults.length > 0) throw invalid(scenario.path, once(faults))
}

/** What is simulated, at which grain. */
export interface SimulationCheck extends Omit<NameCheck, 'atMs'> {
  readonly simulation: WrittenSimulation
  readonly grain: Grain
}

/**
 * Checks a simulation: models that are changed to as of their day, prices that change, prices of
 * cached tokens where prompts are cached, and whether the grain is for so many queries. Throws
 * TB_SCENARIO_INVALID with every fault.
 */
export function checkSimulation(
  scenario: LoadedScenario,
  { simulation, grain, ...check }: SimulationCheck,
): void {
  const changed = simulation.changes.flatMap((change, at): readonly PlacedFault[] => {
    const keys = ['simulation', 'changes', at]
    const atMs = startOfDay(change.on)
    if ('price' in change) return priceFault(change.price, [...keys, 'price'], { ...check, atMs })
    const { model } = change.config
    return model === undefined
      ? []
      : variantFaults({ model, topK: 1, rerank: false }, [...keys, 'config', 'model'], {
          ...check,
          atMs,
        })
  })
  const models =
    simulation.cache.promptTokens === 0
      ? []
      : [...new Set(scenario.tenants.map(({ current }) => current.model))]
  const cached = models.flatMap((model) =>
    priceFault(
      { provider: providerOf(model), sku: model, unit: 'cached-input-tokens' },
      ['simulation', 'cache', 'promptTokens'],
      { ...check, atMs: spanOf(simulation).fromMs },
    ),
  )
  const faults = [
    ...changed,
    ...cached,
    ...[grainFault(simulation, grain, scenario.tenants)].filter((fault) => fault !== null),
  ]
  if (faults.length > 0)
    throw invalid(
      scenario.path,
      once(
        faults.map(({ keys, message }): Fault => ({
          path: written(keys),
          line: scenario.lineOf(keys),
          message,
        })),
      ),
    )
}

function providerOf(model: string): string {
  return model.startsWith('claude-') ? 'anthropic' : 'openai'
}

/** A model that many cells name at one place is one fault. */
function once(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()]
}

function variantFaults(
  { model }: ScenarioVariant,
  keys: Place,
  check: NameCheck,
): readonly PlacedFault[] {
  if (!check.known.chatModels.includes(model))
    return [
      {
        keys,
        message: `unknown model ${JSON.stringify(model)}; known are ${check.known.chatModels.join(', ')}`,
      },
    ]
  return (['input-tokens', 'output-tokens'] as const).flatMap((unit) =>
    priceFault({ provider: providerOf(model), sku: model, unit }, keys, check),
  )
}

function sharedModelFaults({ models }: Scenario, check: NameCheck): readonly PlacedFault[] {
  const { model, dimensions } = models.embedding
  const embedding = check.known.embeddingModels.find((each) => each.model === model)
  const faults: PlacedFault[] = []
  if (embedding === undefined)
    faults.push({
      keys: ['models', 'embedding', 'model'],
      message: `unknown embedding model ${JSON.stringify(model)}`,
    })
  else if (dimensions > embedding.maxDimensions)
    faults.push({
      keys: ['models', 'embedding', 'dimensions'],
      message: `${model} has at most ${embedding.maxDimensions}`,
    })
  if (!check.known.rerankers.includes(models.reranker))
    faults.push({
      keys: ['models', 'reranker'],
      message: `unknown reranker ${JSON.stringify(models.reranker)}`,
    })
  if (faults.length > 0) return faults
  return [
    ...priceFault(
      { provider: 'openai', sku: model, unit: 'embedding-tokens' },
      ['models', 'embedding', 'model'],
      check,
    ),
    ...priceFault(
      { provider: 'pinecone', sku: models.reranker, unit: 'rerank-requests' },
      ['models', 'reranker'],
      check,
    ),
  ]
}

function priceFault(
  product: { readonly provider: string; readonly sku: string; readonly unit: BilledUnit },
  keys: Place,
  check: NameCheck,
): readonly PlacedFault[] {
  try {
    priceOf(check.book, { ...product, atMs: check.atMs })
    return []
  } catch (error) {
    if (error instanceof TenantbenchError && billedUnits.includes(product.unit))
      return [{ keys, message: `no price: ${error.detail ?? ''}` }]
    throw error
  }
}
