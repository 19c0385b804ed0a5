/**
 * Pinecone as its SDK of API version 2026-07 sees it: indexes, vectors, namespaces, reranking. The
 * index description carries both the shape of 2026-07 (schema, deployment) and the older one
 * (dimension, metric, spec), so older clients are served too.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { rerankerProfiles, storeProfile } from '../../profiles/retrieval.ts'
import { rankTexts } from '../reading/relevance.ts'
import { IndexRefusal, type VectorIndex, type VectorIndexes } from './pinecone-indexes.ts'
import { isKey, type Routes } from './routes.ts'
import { drawLatency, identityOf, type RequestIdentity, type World } from './world.ts'

/** What the routes work on. `origin` is asked when the port is known. */
export interface PineconeOptions {
  readonly world: World
  readonly indexes: VectorIndexes
  readonly apiKey: string
  origin(): string
}

const indexBody = z.object({
  name: z
    .string()
    .regex(
      /^[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?$/,
      'Name must be lower case letters, digits and dashes, at most 45.',
    ),
  dimension: z.int().positive().max(20_000).optional(),
  metric: z.string().optional(),
  schema: z
    .object({
      fields: z.record(
        z.string(),
        z.object({
          type: z.string(),
          dimension: z.int().positive().max(20_000).optional(),
          metric: z.string().optional(),
        }),
      ),
    })
    .optional(),
})
const upsertBody = z.object({
  namespace: z.string().max(512).optional(),
  vectors: z
    .array(
      z.object({
        id: z.string().min(1).max(512),
        values: z.array(z.number()),
        metadata: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .min(1)
    .max(1_000),
})
const queryBody = z.object({
  namespace: z.string().max(512).optional(),
  topK: z.int().min(1).max(10_000),
  vector: z.array(z.number()),
  includeMetadata: z.boolean().optional(),
})
const rerankBody = z.object({
  model: z.string(),
  query: z.string(),
  documents: z.array(z.object({ text: z.string() })).min(1),
  top_n: z.int().positive().optional(),
  return_documents: z.boolean().optional(),
})

/** The routes of control plane, inference and, under `/i/<index>`, the data plane. */
export function pineconeRoutes(options: PineconeOptions): Routes {
  return async (server) => {
    guard(server, options)
    server.post('/indexes', async (request, reply) =>
      reply.code(201).send(createIndex(options, indexBody.parse(request.body))),
    )
    server.get('/indexes/:name', async (request) =>
      describe(options, options.indexes.get(nameIn(request))),
    )
    server.delete('/indexes/:name', async (request, reply) => {
      options.indexes.remove(nameIn(request))
      return reply.code(202).send()
    })
    server.post('/rerank', (request) => rerank(options, request))
    server.post('/i/:name/vectors/upsert', (request) => upsert(options, request))
    server.post('/i/:name/query', (request) => query(options, request))
    server.delete('/i/:name/namespaces/:namespace', async (request) =>
      deleteNamespace(options, request),
    )
  }
}

function guard(server: FastifyInstance, { world, apiKey }: PineconeOptions): void {
  server.addHook('onRequest', async (request, reply) => {
    const given = request.headers['api-key']
    if (!isKey(Array.isArray(given) ? given[0] : given, apiKey))
      return refuse(reply, new IndexRefusal(401, 'UNAUTHENTICATED', 'Invalid API key'))
    const identity = identityOf(request.headers)
    if (identity.attempt === 1 && world.strikes(identity, 'throttled')) {
      void reply.header('retry-after', '1').header('retry-after-ms', '20')
      return refuse(
        reply,
        new IndexRefusal(
          429,
          'TOO_MANY_REQUESTS',
          'Request failed. You have reached your request limit for this namespace.',
        ),
      )
    }
  })
  server.setErrorHandler((error, _request, reply) => {
    void refuse(
      reply,
      error instanceof IndexRefusal
        ? error
        : new IndexRefusal(
            400,
            'INVALID_ARGUMENT',
            error instanceof Error ? error.message : String(error),
          ),
    )
  })
  server.setNotFoundHandler(
    (request, reply) =>
      void refuse(
        reply,
        new IndexRefusal(404, 'NOT_FOUND', `Not Found: ${request.method} ${request.url}`),
      ),
  )
}

// The data plane answers in the form of gRPC's status, with its numbers.
const grpcCodes: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 6,
  429: 8,
}

function refuse(reply: FastifyReply, { status, code, message }: IndexRefusal): FastifyReply {
  const isDataPlane = reply.request.url.includes('/pinecone/i/')
  return reply
    .code(status)
    .send(
      isDataPlane
        ? { code: grpcCodes[status] ?? 13, message, details: [] }
        : { status, error: { code, message } },
    )
}

function nameIn(request: FastifyRequest): string {
  return (request.params as { readonly name: string }).name
}

/** Empty, missing and `__default__` are one namespace. */
function namespaceIn(given: string | undefined): string {
  return given === undefined || given === '' ? '__default__' : given
}

function createIndex(options: PineconeOptions, body: z.infer<typeof indexBody>): object {
  const field = body.schema?.fields['_values']
  const dimension = field?.dimension ?? body.dimension
  if (dimension === undefined)
    throw new IndexRefusal(400, 'INVALID_ARGUMENT', 'A dense index needs a dimension.')
  return describe(
    options,
    options.indexes.create({
      name: body.name,
      dimension,
      metric: field?.metric ?? body.metric ?? 'cosine',
    }),
  )
}

function describe(options: PineconeOptions, { name, dimension, metric }: VectorIndex): object {
  const place = { cloud: 'aws', region: 'us-east-1' }
  return {
    name,
    dimension,
    metric,
    vector_type: 'dense',
    host: `${options.origin()}/pinecone/i/${name}`,
    status: { ready: true, state: 'Ready' },
    spec: {
      serverless: { ...place, read_capacity: { mode: 'OnDemand', status: { state: 'Ready' } } },
    },
    deployment: { deployment_type: 'managed', environment: 'local', ...place },
    schema: { fields: { _values: { type: 'dense_vector', dimension, metric } } },
    read_capacity: { mode: 'OnDemand', status: { state: 'Ready' } },
    deletion_protection: 'disabled',
    tags: {},
  }
}

async function upsert(
  { world, indexes }: PineconeOptions,
  request: FastifyRequest,
): Promise<object> {
  const startedMs = world.options.clock.monotonicMs()
  const identity = identityOf(request.headers)
  const { namespace, vectors } = upsertBody.parse(request.body)
  const upsertedCount = indexes.upsert(
    indexes.get(nameIn(request)),
    namespaceIn(namespace),
    vectors,
  )
  const bytes = vectors.reduce(
    (sum, { id, values, metadata }) =>
      sum +
      Buffer.byteLength(id) +
      4 * values.length +
      Buffer.byteLength(JSON.stringify(metadata ?? {})),
    0,
  )
  world.book(identity, { kind: 'write', bytes })
  await served(world, identity, { operation: 'upsert', startedMs })
  return { upsertedCount }
}

async function query(
  { world, indexes }: PineconeOptions,
  request: FastifyRequest,
): Promise<object> {
  const startedMs = world.options.clock.monotonicMs()
  const identity = identityOf(request.headers)
  const body = queryBody.parse(request.body)
  const namespace = namespaceIn(body.namespace)
  const index = indexes.get(nameIn(request))
  const found = indexes.query(index, namespace, body)
  world.book(identity, { kind: 'read', namespaceBytes: indexes.namespaceBytes(index, namespace) })
  await served(world, identity, { operation: 'query', startedMs })
  const matches = found.map(({ id, score, metadata }) => ({
    id,
    score,
    values: [],
    ...(body.includeMetadata === true ? { metadata } : {}),
  }))
  // The API types readUnits as an integer, although 0.25 is what is billed.
  return { results: [], matches, namespace, usage: { readUnits: 1 } }
}

async function served(
  world: World,
  identity: RequestIdentity,
  { operation, startedMs }: { readonly operation: 'query' | 'upsert'; readonly startedMs: number },
): Promise<void> {
  const modelledMs = drawLatency(world.random(identity, operation), storeProfile[operation])
  await world.wait(modelledMs)
  world.log(identity, { operation, modelledMs, startedMs })
}

async function rerank({ world }: PineconeOptions, request: FastifyRequest): Promise<object> {
  const startedMs = world.options.clock.monotonicMs()
  const identity = identityOf(request.headers)
  const body = rerankBody.parse(request.body)
  const profile = rerankerProfiles.find(({ model }) => model === body.model)
  if (profile === undefined)
    throw new IndexRefusal(404, 'NOT_FOUND', `Model '${body.model}' not found`)
  if (body.documents.length > profile.maxDocuments)
    throw new IndexRefusal(
      400,
      'INVALID_ARGUMENT',
      `Documents exceed the limit of ${profile.maxDocuments} for model ${body.model}`,
    )
  const ranking = rankTexts(
    body.query,
    body.documents.map(({ text }) => text),
  ).slice(0, body.top_n ?? body.documents.length)
  world.book(identity, { kind: 'rerank' })
  const modelledMs = drawLatency(world.random(identity, 'rerank'), profile.latency)
  await world.wait(modelledMs)
  world.log(identity, { operation: 'rerank', modelledMs, startedMs })
  const data = ranking.map(({ index, score }) => ({
    index,
    score,
    ...(body.return_documents === false ? {} : { document: body.documents[index] }),
  }))
  return { model: body.model, data, usage: { rerank_units: 1 } }
}

function deleteNamespace({ indexes }: PineconeOptions, request: FastifyRequest): object {
  const { name, namespace } = request.params as {
    readonly name: string
    readonly namespace: string
  }
  const index = indexes.get(name)
  if (!index.namespaces.delete(namespaceIn(namespace)))
    throw new IndexRefusal(404, 'NOT_FOUND', `Namespace not found`)
  return {}
}
