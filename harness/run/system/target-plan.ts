/**
 * What a scenario's target comes to before anything is loaded or asked: where a module lies, what a
 * service's requests are with the environment filled in, and every fault of either with its line.
 * Values from the environment go into headers and the address alone.
 */
import { TenantbenchError, type Fault } from '../../../src/base/errors.ts'
import { written, type Place } from '../../../src/base/yaml-input.ts'
import { cellsOf } from '../../scenario/cells.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { WrittenHttp } from '../../scenario/target-schema.ts'
import type { HttpService, RequestTemplate } from '../../target/http/http-service.ts'
import { shortestSecret } from '../../target/http/secrets.ts'
import { namesIn, type Placeholder } from '../../target/http/template.ts'
import { findModule } from '../../target/module/load-module.ts'

/** The environment that a command was started in. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Which system is tested, with everything that is known beforehand. An HTTP service's headers are
 * secrets.
 */
export type TargetPlan =
  | { readonly kind: 'reference' }
  | {
      readonly kind: 'module'
      readonly written: string
      readonly path: string
      readonly timeoutMs: number
    }
  | { readonly kind: 'http'; readonly service: HttpService; readonly createsTenants: boolean }

interface PlacedFault {
  readonly keys: Place
  readonly message: string
}

const usualModuleTimeoutMs = 60_000

/** Plans. Throws TB_SCENARIO_INVALID with every fault. */
export function planTarget(scenario: LoadedScenario, environment: Environment): TargetPlan {
  const { target } = scenario
  if (target === undefined) return { kind: 'reference' }
  const faults: PlacedFault[] = []
  const plan =
    target.http === undefined
      ? planModule(scenario, faults)
      : planHttp(scenario, target.http, { environment, faults })
  if (faults.length === 0) return plan
  throw new TenantbenchError('TB_SCENARIO_INVALID', {
    detail: `${faults.length} in ${scenario.path}.`,
    faults: faults.map(({ keys, message }): Fault => ({
      path: written(keys),
      line: scenario.lineOf(keys),
      message,
    })),
  })
}

function planModule(
  { path: scenarioPath, target }: LoadedScenario,
  faults: PlacedFault[],
): TargetPlan {
  const { module = '', timeoutMs = usualModuleTimeoutMs } = target ?? {}
  const found = findModule(scenarioPath, module)
  if ('fault' in found) faults.push({ keys: ['target', 'module'], message: found.fault })
  return { kind: 'module', written: module, path: 'path' in found ? found.path : '', timeoutMs }
}

function planHttp(
  scenario: LoadedScenario,
  http: WrittenHttp,
  { environment, faults }: { readonly environment: Environment; readonly faults: PlacedFault[] },
): TargetPlan {
  const filled = fillEnvironment(http, environment)
  faults.push(
    ...filled.faults,
    ...baseUrlFaults(filled.baseUrl),
    ...templateFaults(http),
    ...variantFaults(scenario, http),
    ...pairFaults(http),
  )
  const { query, provision, ingest, deprovision, timeoutMs, maxResponseBytes } = http
  const own = <T extends RequestTemplate>(template: T, key: Operation): T => ({
    ...template,
    headers: filled.headers[key] ?? {},
  })
  const service: HttpService = {
    // As it is written: an address from the environment is not for reports.
    name: http.name ?? http.baseUrl,
    baseUrl: filled.baseUrl ?? '',
    headers: filled.headers.all,
    secrets: filled.secrets,
    timeoutMs,
    maxResponseBytes,
    provision: provision && own(provision, 'provision'),
    ingest: own(ingest, 'ingest'),
    query: own(query, 'query'),
    deprovision: deprovision && own(deprovision, 'deprovision'),
  }
  return { kind: 'http', service, createsTenants: provision !== undefined }
}

const operations = ['provision', 'ingest', 'query', 'deprovision'] as const
type Operation = (typeof operations)[number]
type HeadersBy = Readonly<Partial<Record<Operation, Readonly<Record<string, string>>>>> & {
  readonly all: Readonly<Record<string, string>>
}

interface Filled {
  /** Null where a variable is missing. */
  readonly baseUrl: string | null
  readonly headers: HeadersBy
  readonly secrets: readonly string[]
  readonly faults: readonly PlacedFault[]
}

const variable = /\$\{([^{}]*)\}/g

function fillEnvironment(http: WrittenHttp, environment: Environment): Filled {
  const faults: PlacedFault[] = []
  const secrets = new Set<string>()
  const fill = (text: string, keys: Place, isSecret: boolean): string =>
    text.replace(variable, (_found, name: string) => {
      const value = environment[name] ?? ''
      const fault = faultOfVariable(name, value, isSecret)
      if (fault !== null) faults.push({ keys, message: fault })
      else if (isSecret) secrets.add(value)
      return value
    })
  const fillAll = (
    headers: Readonly<Record<string, string>> = {},
    keys: Place,
  ): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, fill(value, [...keys, name], true)]),
    )
  const baseUrl = fill(http.baseUrl, ['target', 'http', 'baseUrl'], false)
  const wrongBase = faults.length > 0
  const own = operations.map(
    (operation) =>
      [
        operation,
        fillAll(http[operation]?.headers, ['target', 'http', operation, 'headers']),
      ] as const,
  )
  const headers = {
    all: fillAll(http.headers, ['target', 'http', 'headers']),
    ...Object.fromEntries(own),
  }
  return { baseUrl: wrongBase ? null : baseUrl, headers, secrets: [...secrets], faults }
}

/** What is wrong with a variable, without its value. */
function faultOfVariable(name: string, value: string, isSecret: boolean): string | null {
  if (!/^[A-Za-z_]\w*$/.test(name)) return `\${${name}} is no name of a variable`
  if (value === '') return `the environment has no ${name}`
  if (!/^[\x20-\x7e]+$/.test(value)) return `${name} has a character that is not printable ASCII`
  return isSecret && value.length < shortestSecret
    ? `${name} has fewer than ${shortestSecret} characters: it could not be told from ordinary ` +
        'text and kept out of reports'
    : null
}

function baseUrlFaults(baseUrl: string | null): readonly PlacedFault[] {
  if (baseUrl === null) return []
  const keys = ['target', 'http', 'baseUrl']
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    return [{ keys, message: 'an http or https URL' }]
  if (url.username !== '' || url.password !== '')
    return [{ keys, message: 'no name or password in it; put them into a header as ${NAME}' }]
  return url.search !== '' || url.hash !== ''
    ? [{ keys, message: 'an address without ? and #' }]
    : []
}

const ofConfiguration = ['model', 'topK', 'rerank'] as const
/** What each request may be filled with, and what it must name somewhere. */
const allowed: Readonly<
  Record<Operation, { readonly may: readonly Placeholder[]; readonly must: readonly Placeholder[] }>
> = {
  provision: { may: ['tenant', 'name', 'tier', ...ofConfiguration], must: ['tenant'] },
  ingest: {
    may: ['tenant', 'document.id', 'document.title', 'document.text'],
    must: ['tenant', 'document.text'],
  },
  query: {
    may: ['tenant', 'question', 'requestId', ...ofConfiguration],
    must: ['tenant', 'question'],
  },
  deprovision: { may: ['tenant'], must: ['tenant'] },
}
// Texts of users have no place in a header, and the common headers go with every request.
const inHeaders: ReadonlySet<Placeholder> = new Set(['tenant', 'requestId', ...ofConfiguration])

function templateFaults(http: WrittenHttp): readonly PlacedFault[] {
  const common = Object.entries(http.headers).flatMap(([name, value]) =>
    unknownNames(value, ['tenant'], ['target', 'http', 'headers', name]),
  )
  return [...common, ...operations.flatMap((operation) => operationFaults(http, operation))]
}

function operationFaults(http: WrittenHttp, operation: Operation): readonly PlacedFault[] {
  const template = http[operation]
  if (template === undefined) return []
  const keys = ['target', 'http', operation]
  const { may, must } = allowed[operation]
  const named = new Set([
    ...namesIn(http.headers),
    ...namesIn(template.path),
    ...namesIn(template.headers),
    ...namesIn(template.body),
  ])
  return [
    ...unknownNames(template.path, may, [...keys, 'path']),
    ...unknownNames(template.body, may, [...keys, 'body']),
    ...keyFaults(template.body, [...keys, 'body']),
    ...Object.entries(template.headers ?? {}).flatMap(([name, value]) =>
      unknownNames(
        value,
        may.filter((each) => inHeaders.has(each)),
        [...keys, 'headers', name],
      ),
    ),
    ...must
      .filter((name) => !named.has(name))
      .map((name) => ({ keys, message: `{{${name}}} stands nowhere in it` })),
  ]
}

function unknownNames(
  template: unknown,
  may: readonly string[],
  keys: Place,
): readonly PlacedFault[] {
  return [...new Set(namesIn(template))]
    .filter((name) => !may.includes(name))
    .map((name) => ({
      keys,
      message: `{{${name}}} has no value here; what has is ${may.map((each) => `{{${each}}}`).join(', ')}`,
    }))
}

function keyFaults(body: unknown, keys: Place): readonly PlacedFault[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([key, value]) => {
    const place = [...keys, Array.isArray(body) ? Number(key) : key]
    return [
      ...(!Array.isArray(body) && namesIn(key).length > 0
        ? [{ keys: place, message: 'only values are filled in, not names' }]
        : []),
      ...keyFaults(value, place),
    ]
  })
}

/**
 * Two configurations of which the service is told the same are one: their difference would be
 * chance.
 */
function variantFaults(
  scenario: LoadedScenario,
  { query, headers }: WrittenHttp,
): readonly PlacedFault[] {
  const sent = new Set([
    ...namesIn(headers),
    ...namesIn(query.path),
    ...namesIn(query.headers),
    ...namesIn(query.body),
  ])
  const told = ofConfiguration.filter((name) => sent.has(name))
  const hidden = ofConfiguration.filter((name) => !sent.has(name))
  const isSame = Map.groupBy(cellsOf(scenario), ({ tenantId, variant }) =>
    JSON.stringify([tenantId, ...told.map((name) => variant[name])]),
  )
  const doubled = new Set(
    [...isSame.values()]
      .filter(({ length }) => length > 1)
      .flat()
      .map(({ variant }) => JSON.stringify([variant.model, variant.topK, variant.rerank])),
  )
  const faulty = scenario.variants.filter(({ model, topK, rerank }) =>
    doubled.has(JSON.stringify([model, topK, rerank])),
  )
  const what = hidden.map((name) => `{{${name}}}`).join(', ')
  return [
    ...new Map(
      faulty.map(({ place }) => [
        JSON.stringify(place[0] === 'matrix' ? ['matrix'] : place),
        {
          keys: place[0] === 'matrix' ? ['matrix'] : place.slice(0, -1),
          message: `differs from another configuration only in what target.http.query does not send: ${what}`,
        },
      ]),
    ).values(),
  ]
}

function pairFaults({ provision, deprovision }: WrittenHttp): readonly PlacedFault[] {
  return deprovision !== undefined && provision === undefined
    ? [
        {
          keys: ['target', 'http', 'deprovision'],
          message: 'tenants that no run provisions are not removed by one either',
        },
      ]
    : []
}
