/**
 * A service over HTTP as a target: the same five functions that a module of the user's has, each a
 * request made from a template, its response read at the places that the scenario names.
 */
import type { Boundary } from '../../../src/base/boundaries.ts'
import type { Clock } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import type {
  TargetConfig,
  TargetModule,
  ToldAnswer,
  ToldTokens,
} from '../../../src/base/target-module.ts'
import { clip, printable } from '../../../src/base/text.ts'
import { exchange, toldError, type ExchangeOptions, type Response } from './exchange.ts'
import { textsIn, valueAt } from './pointer.ts'
import { maskFor, type Mask } from './secrets.ts'
import { fillBody, fillHeader, fillPath, type Filling } from './template.ts'

/** A request as the scenario has it. */
export interface RequestTemplate {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
}

/** Where the response to a question has what, as JSON Pointers. */
export interface AnswerPlaces {
  readonly answer: string
  readonly sources?: string | undefined
  readonly usage?: { readonly promptTokens: string; readonly completionTokens: string } | undefined
  readonly seen?: Readonly<Partial<Record<Boundary, string | undefined>>> | undefined
}

/**
 * A service with everything filled in that comes from the environment. Secrets are in `headers`.
 */
export interface HttpService {
  readonly name: string
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly timeoutMs: number
  readonly maxResponseBytes: number
  readonly provision?: RequestTemplate | undefined
  readonly ingest: RequestTemplate
  readonly query: RequestTemplate & { readonly response: AnswerPlaces }
  readonly deprovision?: RequestTemplate | undefined
}

interface Connection {
  readonly service: HttpService
  readonly options: ExchangeOptions
  readonly mask: Mask
}

interface Call {
  readonly filling: Filling
  readonly signal: AbortSignal | null
}

const documentsAtOnce = 4

/**
 * The service as a target. Nothing is sent yet. `signal` ends what is under way, but not removing.
 */
export function httpTarget(service: HttpService, clock: Clock, signal: AbortSignal): TargetModule {
  const mask = maskFor(service.secrets)
  const { timeoutMs, maxResponseBytes, provision, ingest, query, deprovision } = service
  const connection: Connection = {
    service,
    mask,
    options: { baseUrl: new URL(service.baseUrl), timeoutMs, maxResponseBytes, clock, mask },
  }
  const { sources, seen = {} } = query.response
  return {
    name: service.name,
    shows: [
      'answer',
      ...(sources === undefined ? [] : (['sources'] as const)),
      ...(Object.keys(seen) as Boundary[]),
    ],
    async provision({ id, name, tier, config }) {
      if (provision !== undefined)
        await succeed(connection, provision, {
          filling: { tenant: id, name, tier, ...config },
          signal,
        })
    },
    async ingest(tenantId, documents) {
      const waiting = [...documents]
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          await succeed(connection, ingest, {
            filling: {
              tenant: tenantId,
              'document.id': next.id,
              'document.title': next.title,
              'document.text': next.text,
            },
            signal,
          })
        }
      }
      try {
        await Promise.all(Array.from({ length: documentsAtOnce }, work))
      } finally {
        waiting.length = 0
      }
    },
    async query({ tenantId, requestId, question, config, signal: asked }) {
      const response = await succeed(connection, query, {
        filling: { tenant: tenantId, requestId, question, ...settings(config) },
        signal: asked,
      })
      return readAnswer(query.response, parsed(response, connection), mask)
    },
    ...(deprovision === undefined
      ? {}
      : { deprovision: (tenantId: string) => remove(connection, deprovision, tenantId) }),
  }
}

function settings({ model, topK, rerank }: TargetConfig): Filling {
  return { model, topK, rerank }
}

/** Sends and takes any status of success. Throws TB_TARGET_* for all else. */
async function succeed(
  connection: Connection,
  template: RequestTemplate,
  call: Call,
): Promise<Response> {
  const response = await send(connection, template, call)
  if (response.status < 200 || response.status > 299)
    throw statusError(template, response, connection.mask)
  return response
}

function statusError(
  template: RequestTemplate,
  { status, text }: Response,
  mask: Mask,
): TenantbenchError {
  return toldError('TB_TARGET_FAILED', `${labelOf(template)} was answered with status ${status}`, {
    text,
    mask,
  })
}

function labelOf({ method, path }: RequestTemplate): string {
  return `${method} ${clip(printable(path), 120)}`
}

function send(
  { service, options }: Connection,
  template: RequestTemplate,
  { filling, signal }: Call,
): Promise<Response> {
  const headers = Object.entries({ ...service.headers, ...template.headers }).map(
    ([name, value]) => [name.toLowerCase(), fillHeader(value, filling)] as const,
  )
  const body = template.body === undefined ? undefined : fillBody(template.body, filling)
  const always = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  return exchange(options, {
    label: labelOf(template),
    method: template.method,
    path: fillPath(template.path, filling),
    headers: { ...always, ...Object.fromEntries(headers) },
    body,
    signal,
  })
}

const mostRemovalMs = 10_000

/**
 * A tenant that is not there is removed. Nobody waits long for it: a run that was interrupted has
 * to end.
 */
async function remove(
  { service, options, mask }: Connection,
  template: RequestTemplate,
  tenantId: string,
): Promise<void> {
  const quick = {
    service,
    mask,
    options: { ...options, timeoutMs: Math.min(options.timeoutMs, mostRemovalMs) },
  }
  const response = await send(quick, template, { filling: { tenant: tenantId }, signal: null })
  if (response.status !== 404 && (response.status < 200 || response.status > 299))
    throw statusError(template, response, mask)
}

function parsed({ text }: Response, { service, mask }: Connection): unknown {
  try {
    return mask.value(JSON.parse(text))
  } catch {
    throw toldError('TB_TARGET_ANSWER', `${labelOf(service.query)}: the response is no JSON`, {
      text,
      mask,
    })
  }
}

/** Reads the places of an answer. Throws TB_TARGET_ANSWER when one that must be there is not. */
export function readAnswer(places: AnswerPlaces, document: unknown, mask: Mask): ToldAnswer {
  const answer = valueAt(document, places.answer)
  if (typeof answer !== 'string')
    throw misplaced('answer', places.answer, { wanted: 'text', document, mask })
  const sources = places.sources === undefined ? undefined : valueAt(document, places.sources)
  if (places.sources !== undefined && sources === undefined)
    throw misplaced('sources', places.sources, { wanted: 'list', document, mask })
  const usage = places.usage === undefined ? null : tokensAt(places.usage, document)
  const seen = Object.entries(places.seen ?? {}).flatMap(([boundary, pointer]) =>
    pointer === undefined ? [] : [[boundary, textsIn(valueAt(document, pointer))] as const],
  )
  return {
    answer,
    ...(sources === undefined ? {} : { sources: textsIn(sources) }),
    ...(usage === null ? {} : { usage }),
    ...(seen.length === 0 ? {} : { seen: Object.fromEntries(seen) }),
  }
}

function misplaced(
  what: string,
  pointer: string,
  found: { readonly wanted: string; readonly document: unknown; readonly mask: Mask },
): TenantbenchError {
  const { wanted, document, mask } = found
  return toldError(
    'TB_TARGET_ANSWER',
    `There is no ${wanted} at ${JSON.stringify(pointer)} for the ${what}; the response is`,
    { text: JSON.stringify(document) ?? '', mask },
  )
}

/**
 * Null when the service does not tell both in whole numbers: usage that is half known is not known.
 */
function tokensAt(
  places: NonNullable<AnswerPlaces['usage']>,
  document: unknown,
): ToldTokens | null {
  const [promptTokens, completionTokens] = [
    valueAt(document, places.promptTokens),
    valueAt(document, places.completionTokens),
  ]
  return isCount(promptTokens) && isCount(completionTokens)
    ? { promptTokens, completionTokens }
    : null
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
