/** The modules in src/ as the system under test, composed as a service would compose them. */
import type { Clock } from '../../../src/base/clock.ts'
import { boundaries, type Crossing } from '../../../src/base/boundaries.ts'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import type { Operation } from '../../../src/base/usage.ts'
import type { Stage } from '../../../src/base/stages.ts'
import type { TenantId } from '../../../src/base/tenant-id.ts'
import {
  answerQuestion,
  ingest,
  openConfigStore,
  openDatabase,
  openProviders,
  openTenantDirectory,
  placeTenant,
  provisionIndex,
  removeTenant,
  writeConfig,
  writePromptTemplate,
  writeTier,
  type Answer,
  type CapacityEvent,
  type ConfigSettings,
  type Chunk,
  type Database,
  type PlacementOptions,
  type Question,
  type RagServices,
  type TenantDatabase,
  type UsageEvent,
  type VectorStore,
  promptTokensOf,
} from '../../../src/index.ts'
import type { RunTarget } from '../recipe.ts'
import type { IngestReport, NewTenant, Target, TargetAnswer, TargetQuestion } from '../target.ts'
import type { Layers } from './layers.ts'
import { plainOptions, type PlainReferenceOptions } from './plain-options.ts'
import { probeTenant, textsOfError } from './probes.ts'
import { createTapLog, tapProviders, type TapLog } from './taps.ts'

/** What the reference system is composed of. `logins` and `endpoints` are secrets. */
export interface ReferenceOptions extends Layers, PlainReferenceOptions {
  readonly clock: Clock
  /** Defaults by tier, written before the first signup. */
  readonly tiers?: Readonly<Record<string, ConfigSettings>>
  onCapacityEvent?(event: CapacityEvent): void
  /**
   * Hears of each call before it is made, and of usage once it is recorded: a run that is killed is
   * resumed by it.
   */
  onCall?(requestId: string, operation: Operation): void
  onMetered?(events: readonly UsageEvent[]): void
}

/** The reference system with what only its owner may use. */
export interface ReferenceTarget extends RunTarget {
  readonly database: TenantDatabase
  readonly operator: Database
  readonly capacityEvents: readonly CapacityEvent[]
  /** The vector store past every layer and tap: what really lies there. */
  readonly store: VectorStore
  /**
   * The tenants' database over a pool of its own: for work that must share so many connections and
   * no more.
   */
  openPool(connections: number): TenantDatabase & AsyncDisposable
  /** Removes a tenant with everything that is its own. */
  remove(tenantId: TenantId): Promise<void>
}

interface Parts {
  readonly options: ReferenceOptions
  readonly services: RagServices
  readonly placement: PlacementOptions
  readonly log: TapLog
  takeNotices(tenantId: TenantId): readonly string[]
}

/**
 * Opens the reference system on an installed schema: its tiers are written, its first index is
 * provisioned.
 */
export async function openReferenceTarget(options: ReferenceOptions): Promise<ReferenceTarget> {
  const { target, placement } = await compose(options)
  await using opened = new AsyncDisposableStack()
  opened.use(target)
  for (const [tier, settings] of Object.entries(options.tiers ?? {}))
    await writeTier(target.operator, options.clock, { tier, settings })
  await provisionIndex(placement, 1)
  opened.move()
  return target
}

/**
 * Opens another instance of the reference system on what one has set up: as a second process of a
 * service would.
 */
export async function attachReferenceTarget(options: ReferenceOptions): Promise<ReferenceTarget> {
  return (await compose(options)).target
}

interface Composed {
  readonly target: ReferenceTarget
  readonly placement: PlacementOptions
}

async function compose(options: ReferenceOptions): Promise<Composed> {
  const { logins, clock } = options
  // Whatever is open when a later step fails is closed again.
  await using opened = new AsyncDisposableStack()
  const operator = opened.use(
    openDatabase({ connectionString: logins.operator, maxConnections: 4 }),
  )
  const app = opened.use(
    openDatabase({ connectionString: logins.app, maxConnections: options.maxConnections }),
  )
  const notices = new Map<string, string[]>()
  const tenants: TenantDatabase = {
    app,
    directory: await openTenantDirectory(operator),
    onNotice: (id, message) => void notices.set(id, [...(notices.get(id) ?? []), message]),
  }
  const database = options.decorateDatabase?.(tenants) ?? tenants
  const log = createTapLog()
  const untapped = openProviders(options.endpoints, clock, log.countFailure)
  const tapped = tapProviders(untapped, log, (requestId, operation) =>
    options.onCall?.(requestId, operation),
  )
  const store = opened.use(await openConfigStore({ database, clock, listenUrl: logins.app }))
  const services: RagServices = {
    database,
    providers: options.decorate?.(tapped) ?? tapped,
    configs: options.decorateConfigs?.(store) ?? store,
    models: options.models,
    clock,
    onMetered: (events) => (log.noteUsage(events), options.onMetered?.(events)),
  }
  const capacityEvents: CapacityEvent[] = []
  const placement = placementOf(options, {
    operator,
    services,
    onEvent: (event) => void capacityEvents.push(event),
  })
  const takeNotices = (tenantId: TenantId): readonly string[] => {
    const taken = notices.get(tenantId) ?? []
    notices.delete(tenantId)
    return taken
  }
  const parts: Parts = { options, services, placement, log, takeNotices }
  const held = opened.move()
  const target: ReferenceTarget = {
    subject: { kind: 'reference', name: 'the modules of tenantbench' },
    shows: boundaries,
    database,
    operator,
    capacityEvents,
    store: untapped.vectors,
    openPool: (connections) => openPool(options, tenants, connections),
    remove: (tenantId) => removeTenant(services, operator, tenantId),
    signUp: (tenant) => signUp(parts, tenant),
    ingest: (tenantId, documents, canary) => ingestMarked(parts, { tenantId, documents, canary }),
    ask: (question) => ask(parts, question),
    remote() {
      const plain = plainOptions(options)
      return plain === null
        ? null
        : {
            recipe: { kind: 'reference', options: plain },
            interpret: (_question, told) => told as TargetAnswer,
          }
    },
    probe: (tenantId) => probeTenant(database, tenantId, takeNotices),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
  return { target, placement }
}

function openPool(
  options: ReferenceOptions,
  database: TenantDatabase,
  connections: number,
): TenantDatabase & AsyncDisposable {
  const app = openDatabase({ connectionString: options.logins.app, maxConnections: connections })
  const own = { ...database, app }
  return { ...(options.decorateDatabase?.(own) ?? own), [Symbol.asyncDispose]: app.close }
}

function placementOf(
  options: ReferenceOptions,
  {
    operator,
    services,
    onEvent,
  }: {
    readonly operator: Database
    readonly services: RagServices
    onEvent(event: CapacityEvent): void
  },
): PlacementOptions {
  const { capacity: limits, indexPrefix, clock, models } = options
  return {
    operator,
    clock,
    limits,
    indexPrefix,
    ensureIndex: (indexName) =>
      services.providers.vectors.ensureIndex(indexName, models.embedding.dimensions),
    onEvent(event) {
      onEvent(event)
      options.onCapacityEvent?.(event)
    },
  }
}

async function signUp({ options, services, placement }: Parts, tenant: NewTenant): Promise<void> {
  const { id, name, tier } = tenant
  const place = await placeTenant(placement, { id, name, tier })
  services.database.directory.add({ id, name, tier, placement: place })
  const { name: templateName = '', written = null } = tenant.template ?? {}
  if (written !== null)
    await writePromptTemplate(services.database, options.clock, {
      tenantId: id,
      name: templateName,
      template: written,
    })
  await writeConfig(placement.operator, options.clock, { tenantId: id, config: tenant.config })
}

async function ingestMarked(
  { services, options }: Parts,
  work: {
    readonly tenantId: TenantId
    readonly documents: Parameters<Target['ingest']>[1]
    readonly canary: string
  },
): Promise<IngestReport> {
  const { tenantId, documents, canary } = work
  const request = { tenantId, requestId: `ingest.${tenantId}`, documents }
  const result = await ingest(services, options.decorateIngest?.(request) ?? request)
  const tokens = (chunks: readonly Chunk[]): number =>
    chunks.reduce((sum, chunk) => sum + chunk.tokens, 0)
  return {
    documents: result.documents,
    words: result.words,
    chunks: result.chunks.length,
    chunkTokens: tokens(result.chunks),
    marked: result.chunks.filter(({ body }) => body.includes(canary)).length,
    chunkIds: result.chunks.map(({ id }) => id),
  }
}

async function ask(parts: Parts, question: TargetQuestion): Promise<TargetAnswer> {
  const { tenantId, requestId, text, variant } = question
  const stagesMs: { [stage in Stage]?: number } = {}
  const seen = (): Pick<TargetAnswer, 'stagesMs' | 'failedAttempts'> => ({
    stagesMs,
    failedAttempts: parts.log.takeFailures(requestId),
  })
  try {
    const override =
      variant === null ? {} : { model: variant.model, topK: variant.topK, rerank: variant.rerank }
    const request: Question = {
      tenantId,
      requestId,
      text,
      override,
      onStage: (stage, durationMs) => void (stagesMs[stage] = durationMs),
    }
    const asked = await answerQuestion(
      parts.services,
      parts.options.decorateQuestion?.(request) ?? request,
    )
    const answer = parts.options.decorateAnswer?.(asked, tenantId) ?? asked
    parts.log.takeUsage(requestId)
    return {
      outcome: 'answered',
      ...answerFigures(answer),
      usage: answer.usage,
      ...seen(),
      crossings: [...parts.log.take(requestId), ...crossingsOf(answer)],
    }
  } catch (error) {
    const message = messageOf(error)
    const crossings: readonly Crossing[] = [
      ...parts.log.take(requestId),
      { boundary: 'errors', texts: textsOfError(error), identifiers: [] },
    ]
    return {
      outcome: 'failed',
      code: error instanceof TenantbenchError ? error.code : 'TB_BUG',
      message,
      usage: parts.log.takeUsage(requestId),
      ...seen(),
      crossings,
    }
  }
}

function crossingsOf(answer: Answer): readonly Crossing[] {
  return [
    { boundary: 'matches', texts: [], identifiers: answer.matchIds },
    {
      boundary: 'rows',
      texts: answer.rows.map(({ body }) => body),
      identifiers: answer.rows.map(({ chunkId }) => chunkId),
    },
    { boundary: 'answer', texts: [answer.text], identifiers: [] },
    { boundary: 'sources', texts: answer.sources.map(({ title }) => title), identifiers: [] },
  ]
}

function answerFigures(
  answer: Answer,
): Omit<Extract<TargetAnswer, { outcome: 'answered' }>, 'outcome' | 'crossings' | 'usage'> {
  const chat = answer.usage.filter(({ operation }) => operation === 'chat')
  const last = chat.at(-1)
  const { version, tierVersion, templateVersion, model, topK, rerank } = answer.config
  return {
    text: answer.text,
    sourceDocuments: answer.sources.map(({ documentId }) => documentId),
    promptTokens: last === undefined ? 0 : promptTokensOf(last),
    completionTokens: last?.quantities['output-tokens'] ?? 0,
    configuration: { version: `${version}.${tierVersion}.${templateVersion}`, model, topK, rerank },
    tokensEstimated:
      chat.some(({ estimated }) => estimated) || answer.config.model.startsWith('claude-'),
  }
}
