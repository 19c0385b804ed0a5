/**
 * The local vendors' server: one loopback port, a random key per vendor, one plugin per vendor.
 * Nothing is reachable from outside and nothing answers without the key.
 */
import fastify from 'fastify'
import { newSecret } from '../../../src/base/random.ts'
import { anthropicRoutes } from './anthropic.ts'
import { openaiRoutes } from './openai.ts'
import { createVectorIndexes, type VectorIndexes } from './pinecone-indexes.ts'
import { pineconeRoutes } from './pinecone.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

/** A vendor's address and key. */
export interface VendorEndpoint {
  readonly baseUrl: string
  readonly apiKey: string
}

/** The running vendors. */
export interface Vendors extends AsyncDisposable {
  readonly endpoints: {
    readonly openai: VendorEndpoint
    readonly anthropic: VendorEndpoint
    readonly pinecone: VendorEndpoint
  }
  readonly world: World
  readonly indexes: VectorIndexes
  close(): Promise<void>
}

// Node's 16 KiB of headers is too little for a fetch of 1,000 ids; a large upsert is 2 MB of JSON
// and more.
const maxHeaderSize = 262_144
const bodyLimit = 64 * 1024 * 1024

/** Starts the vendors on a free loopback port. */
export async function startVendors(options: WorldOptions): Promise<Vendors> {
  const world = createWorld(options)
  const indexes = createVectorIndexes(options.namespacesPerIndex, options.indexQuota)
  const server = fastify({ bodyLimit, http: { maxHeaderSize }, forceCloseConnections: true })
  const keys = { openai: newSecret(), anthropic: newSecret(), pinecone: newSecret() }
  const address = (): string => server.listeningOrigin
  await server.register(openaiRoutes(world, keys.openai), { prefix: '/openai/v1' })
  await server.register(anthropicRoutes(world, keys.anthropic), { prefix: '/anthropic' })
  await server.register(
    pineconeRoutes({ world, indexes, apiKey: keys.pinecone, origin: address }),
    { prefix: '/pinecone' },
  )
  await server.listen({ host: '127.0.0.1', port: 0 })
  const endpoint = (path: string, apiKey: string): VendorEndpoint => ({
    baseUrl: `${address()}${path}`,
    apiKey,
  })
  const close = async (): Promise<void> => void (await server.close())
  return {
    endpoints: {
      openai: endpoint('/openai/v1', keys.openai),
      anthropic: endpoint('/anthropic', keys.anthropic),
      pinecone: endpoint('/pinecone', keys.pinecone),
    },
    world,
    indexes,
    close,
    [Symbol.asyncDispose]: close,
  }
}
