/**
 * A system that is not ours as a Target: a module of the user's, or a service over HTTP behind the
 * same five functions. It keeps what the system tells of its usage, and which tenants have to be
 * removed again.
 */
import type { Boundary, Crossing } from '../../../src/base/boundaries.ts'
import type { Clock } from '../../../src/base/clock.ts'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import type {
  TargetConfig,
  TargetModule,
  ToldAnswer,
  ToldTokens,
  ToldUsage,
} from '../../../src/base/target-module.ts'
import type { TenantId } from '../../../src/base/tenant-id.ts'
import { clip, printable } from '../../../src/base/text.ts'
import { countWords, type SourceDocument } from '../../../src/index.ts'
import type { RunTarget } from '../recipe.ts'
import type { IngestReport, NewTenant, TargetAnswer, TargetQuestion } from '../target.ts'
import type { HttpService } from '../http/http-service.ts'
import { checkAnswer, checkIngest, checkUsage } from './check-told.ts'
import { foreignNames, marked, type ForeignNames } from './names.ts'
import { causesOf, failureOf, type Told, type ToldFailure } from './told.ts'

/** What a foreign target is opened with. */
export interface ForeignOptions {
  readonly kind: 'module' | 'http'
  /** What it is called where it has no name of its own. */
  readonly fallbackName: string
  readonly system: TargetModule
  /** The service behind it, where it is one: other threads can ask it too. */
  readonly service?: HttpService
  readonly runId: string
  /** Whether signing up creates tenants; otherwise they are there beforehand. */
  readonly createsTenants: boolean
  readonly clock: Clock
  /** The longest that any one call may take. */
  readonly timeoutMs: number
  /** Ends what is under way. */
  readonly signal: AbortSignal
}

/** A foreign system under test. */
export interface ForeignTarget extends RunTarget {
  /** Tokens of each request that the target told them of. */
  readonly told: ReadonlyMap<string, ToldTokens>
  /**
   * Asks for the lines of usage, and adds what they tell; what went wrong comes back, in sentences.
   */
  readUsage(): Promise<readonly string[]>
  /** Removes the tenants; what could not be removed comes back, in sentences, each told once. */
  release(): Promise<readonly string[]>
}

interface State {
  readonly options: ForeignOptions
  readonly names: ForeignNames
  readonly current: Map<TenantId, TargetConfig>
  readonly told: Map<string, ToldTokens>
  /** Tenants that may be there: added before the request that creates them. */
  readonly present: Set<TenantId>
}

const defaultShows: readonly Boundary[] = ['answer', 'sources']

/** Opens it. Nothing is asked yet. */
export function openForeignTarget(options: ForeignOptions): ForeignTarget {
  const { system, kind } = options
  const state: State = {
    options,
    names: foreignNames(options.runId, options.createsTenants),
    current: new Map(),
    told: new Map(),
    present: new Set(),
  }
  const shows = [
    ...(system.shows ?? defaultShows),
    ...(system.usage === undefined ? [] : (['cost-lines'] as const)),
  ]
  const release = (): Promise<readonly string[]> => removeAll(state)
  return {
    subject: { kind, name: clip(printable(system.name ?? options.fallbackName), 100) },
    shows: [...new Set(shows)],
    told: state.told,
    signUp: (tenant) => signUp(state, tenant),
    ingest: (tenantId, documents, _canary) => ingest(state, tenantId, documents),
    ask: (question) => ask(state, question),
    remote: () =>
      options.service === undefined
        ? null
        : {
            recipe: {
              kind: 'http',
              service: options.service,
              runId: options.runId,
              createsTenants: options.createsTenants,
              current: state.current,
            },
            interpret: (question, told) => interpret(state, question, told as Told),
          },
    probe: (tenantId) => probe(state, tenantId),
    readUsage: () => readUsage(state),
    release,
    async [Symbol.asyncDispose]() {
      await release()
    },
  }
}

/**
 * A call that may be a promise and may never end: it is waited for so long and no longer. What a
 * module throws is made one of ours.
 */
async function calling<T>(
  { options }: State,
  what: string,
  call: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  const { clock, timeoutMs, signal, kind } = options
  const done = new AbortController()
  const ends = AbortSignal.any([done.signal, signal])
  // HTTP has a clock of its own, which knows the request by name.
  const late =
    kind === 'http'
      ? null
      : clock.sleep(timeoutMs, ends).then(() => {
          throw new TenantbenchError('TB_TARGET_UNREACHABLE', {
            detail: `${what}: no answer in ${timeoutMs} ms.`,
          })
        })
  const called = (async () => call(ends))()
  try {
    return await (late === null ? called : Promise.race([called, late]))
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw error instanceof TenantbenchError
      ? error
      : new TenantbenchError('TB_TARGET_FAILED', {
          detail: `${what}: ${clip(printable(messageOf(error)), 300)}`,
          cause: error,
        })
  } finally {
    late?.catch(() => undefined)
    called.catch(() => undefined)
    done.abort()
  }
}

async function signUp(
  state: State,
  { id, name, tier, current, config: { model, topK, rerank } }: NewTenant,
): Promise<void> {
  const config =
    current ??
    (model === undefined || topK === undefined || rerank === undefined
      ? null
      : { model, topK, rerank })
  if (config === null)
    throw new TenantbenchError('TB_BUG', {
      detail: `Tenant ${id} comes without the configuration in force.`,
    })
  state.current.set(id, config)
  state.present.add(id)
  await calling(state, 'provision', () =>
    state.options.system.provision({ id: state.names.tenant(id), name, tier, config }),
  )
}

async function ingest(
  state: State,
  tenantId: TenantId,
  documents: readonly SourceDocument[],
): Promise<IngestReport> {
  const { names, options } = state
  names.learnDocuments(tenantId, documents)
  const named = documents.map(({ id, title, text }) => ({
    id: names.document(tenantId, id),
    title,
    text: marked({ title, text }),
  }))
  const { chunks = null, chunkIds = [] } = checkIngest(
    await calling(state, 'ingest', () => options.system.ingest(names.tenant(tenantId), named)),
  )
  names.learnChunks(tenantId, chunkIds)
  const words = documents.reduce((sum, { text }) => sum + countWords(text), 0)
  return {
    documents: documents.length,
    words,
    chunks,
    chunkTokens: null,
    marked: null,
    chunkIds: [...named.map(({ id }) => id), ...chunkIds],
  }
}

async function ask(state: State, question: TargetQuestion): Promise<TargetAnswer> {
  return interpret(state, question, await send(state, question))
}

async function send(
  state: State,
  { tenantId, requestId, text, variant }: TargetQuestion,
): Promise<Told> {
  const { options, names } = state
  try {
    const current = state.current.get(tenantId)
    if (current === undefined)
      throw new TenantbenchError('TB_TENANT_UNKNOWN', {
        detail: `${tenantId} was never signed up.`,
      })
    const { model, topK, rerank } = variant ?? current
    const query = {
      tenantId: names.tenant(tenantId),
      requestId: names.request(requestId),
      question: text,
      config: { model, topK, rerank },
    }
    return {
      answer: await calling(state, 'query', (signal) => options.system.query({ ...query, signal })),
    }
  } catch (error) {
    return { failed: failureOf(error) }
  }
}

function interpret(
  state: State,
  { tenantId, requestId }: TargetQuestion,
  told: Told,
): TargetAnswer {
  if ('failed' in told) return failed(told.failed)
  try {
    const answer = checkAnswer(told.answer)
    if (answer.usage !== undefined) state.told.set(requestId, answer.usage)
    return answered(state, tenantId, answer)
  } catch (error) {
    return failed(failureOf(error))
  }
}

function failed({ code, message, causes }: ToldFailure): TargetAnswer {
  return {
    outcome: 'failed',
    code,
    message,
    usage: [],
    crossings: [{ boundary: 'errors', texts: [message, ...causes], identifiers: [] }],
  }
}

function answered({ names }: State, tenantId: TenantId, told: ToldAnswer): TargetAnswer {
  const { answer, sources, seen = {}, usage, config } = told
  const crossing = (boundary: Boundary, what: readonly string[]): Crossing => ({
    boundary,
    texts: what,
    identifiers: what.flatMap(names.identify),
  })
  return {
    outcome: 'answered',
    text: answer,
    // What is no id or title of a document may be a snippet or a score; it is searched, but names
    // no document.
    sourceDocuments:
      sources === undefined
        ? null
        : [...new Set(sources.flatMap((source) => names.documentOf(tenantId, source) ?? []))],
    promptTokens: usage?.promptTokens ?? null,
    completionTokens: usage?.completionTokens ?? null,
    tokensEstimated: false,
    configuration: config === undefined ? null : { version: null, ...config },
    usage: [],
    crossings: [
      { boundary: 'answer', texts: [answer], identifiers: [] },
      ...(sources === undefined ? [] : [crossing('sources', sources)]),
      ...Object.entries(seen).map(([boundary, what]) => crossing(boundary as Boundary, what)),
    ],
  }
}

/**
 * The lines of usage that a tenant is shown: whose they are, each says twice. A target that fails
 * at it shows nothing but its error.
 */
async function probe(state: State, tenantId: TenantId): Promise<readonly Crossing[]> {
  const { inward } = state.names
  try {
    const lines = await usageOf(state, tenantId)
    return lines === null
      ? []
      : [
          {
            boundary: 'cost-lines',
            texts: [],
            identifiers: lines.flatMap((line) => [inward(line.tenantId), inward(line.requestId)]),
          },
        ]
  } catch (error) {
    return [{ boundary: 'errors', texts: [messageOf(error), ...causesOf(error)], identifiers: [] }]
  }
}

async function readUsage(state: State): Promise<readonly string[]> {
  const { names, told, present } = state
  const failures: string[] = []
  for (const tenantId of present) {
    const lines = await usageOf(state, tenantId).catch(
      (error: unknown) =>
        void failures.push(`The usage of tenant ${tenantId} is not known: ${messageOf(error)}`),
    )
    // A line of somebody else's is a leak and no usage of this tenant.
    for (const line of (lines ?? []).filter(
      ({ tenantId: owner }) => owner === names.tenant(tenantId),
    ))
      told.set(names.inward(line.requestId), {
        promptTokens: line.promptTokens,
        completionTokens: line.completionTokens,
      })
  }
  return failures
}

async function usageOf(state: State, tenantId: TenantId): Promise<readonly ToldUsage[] | null> {
  const { system } = state.options
  return system.usage === undefined
    ? null
    : checkUsage(
        await calling(state, 'usage', () => system.usage?.(state.names.tenant(tenantId)) ?? []),
      )
}

const removedAtOnce = 8

async function removeAll(state: State): Promise<readonly string[]> {
  const { options, names, present } = state
  const waiting = options.createsTenants ? [...present] : []
  present.clear()
  const { system } = options
  if (waiting.length === 0) return []
  if (system.deprovision === undefined)
    return [`The target has no deprovision: ${namedFew(waiting.map(names.tenant))} stay there.`]
  // The run's signal is over when a run was interrupted; removing has a time of its own.
  const quick: State = {
    ...state,
    options: {
      ...options,
      signal: new AbortController().signal,
      timeoutMs: Math.min(options.timeoutMs, mostRemovalMs),
    },
  }
  const kept: string[] = []
  const work = async (): Promise<void> => {
    for (let tenantId = waiting.shift(); tenantId !== undefined; tenantId = waiting.shift()) {
      const name = names.tenant(tenantId)
      await calling(quick, 'deprovision', () => system.deprovision?.(name)).catch(
        (error: unknown) =>
          kept.push(`${name} could not be removed from the target: ${messageOf(error)}`),
      )
    }
  }
  await Promise.all(Array.from({ length: removedAtOnce }, work))
  return kept.sort()
}

const mostRemovalMs = 10_000
const mostNamed = 10

function namedFew(names: readonly string[]): string {
  return names.length <= mostNamed
    ? names.join(', ')
    : `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`
}
