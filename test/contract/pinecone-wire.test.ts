/**
 * Pinecone's wire, seen by its SDK without our adapters and by plain HTTP; bodies checked against
 * the API documents of 2026-04.
 */
import { Errors, Pinecone } from '@pinecone-database/pinecone'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { largeHeader, rawRequest, type RawAnswer, type RawRequest } from './support/raw.ts'
import { faultsBy } from './support/schemas.ts'
import { testVendors, type TestVendors } from './support/vendors.ts'

const model = 'bge-reranker-v2-m3'
const spec = { serverless: { cloud: 'aws', region: 'us-east-1' } } as const

let vendors: TestVendors
let sdk: Pinecone
let host: string

function clientOf({ endpoints: { pinecone } }: TestVendors, apiKey = pinecone.apiKey): Pinecone {
  return new Pinecone({ apiKey, controllerHostUrl: pinecone.baseUrl, maxRetries: 0 })
}

function raw(path: string, request: RawRequest = {}): Promise<RawAnswer> {
  const { pinecone } = vendors.endpoints
  return rawRequest(pinecone, path, {
    ...request,
    headers: { 'api-key': pinecone.apiKey, ...request.headers },
  })
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  )
}

beforeAll(async () => {
  vendors = await testVendors()
  sdk = clientOf(vendors)
  await sdk.indexes.create({
    name: 'wire',
    dimension: 2,
    metric: 'cosine',
    spec,
    waitUntilReady: true,
  })
  host = (await sdk.indexes.describe('wire')).host
})
afterAll(() => vendors.close())

describe('indexes', () => {
  it('are described so that clients of 2026-07 and of 2026-04 understand', async () => {
    const described = await sdk.indexes.describe('wire')
    expect(described).toMatchObject({
      name: 'wire',
      dimension: 2,
      metric: 'cosine',
      status: { ready: true },
    })
    const { status, json } = await raw('/indexes/wire')
    expect(status).toBe(200)
    expect(faultsBy('pinecone-control', 'IndexModel', json)).toEqual([])
  })

  it('are created in the older form too, and deleted', async () => {
    const { status, json } = await raw('/indexes', {
      body: { name: 'older', dimension: 3, metric: 'cosine', spec },
    })
    expect(status).toBe(201)
    expect(faultsBy('pinecone-control', 'IndexModel', json)).toEqual([])
    await sdk.indexes.delete('older')
    expect(await thrownBy(sdk.indexes.describe('older'))).toBeInstanceOf(
      Errors.PineconeNotFoundError,
    )
  })
})

describe('vectors', () => {
  it('are upserted, found with their metadata, and deleted with their namespace', async () => {
    const index = sdk.index({ host })
    await index.upsert({
      namespace: 'sdk',
      records: [
        { id: 'east', values: [1, 0], metadata: { page: 1 } },
        { id: 'north', values: [0, 1] },
      ],
    })
    const { matches, namespace } = await index.query({
      namespace: 'sdk',
      vector: [1, 0.1],
      topK: 5,
      includeMetadata: true,
    })
    expect(matches.map(({ id }) => id)).toEqual(['east', 'north'])
    expect(matches[0]?.metadata).toEqual({ page: 1 })
    expect(namespace).toBe('sdk')
    await index.deleteNamespace('sdk')
    expect(await thrownBy(index.deleteNamespace('sdk'))).toBeInstanceOf(
      Errors.PineconeNotFoundError,
    )
  })

  it('answer by the API document', async () => {
    const upserted = await raw('/i/wire/vectors/upsert', {
      body: { namespace: 'raw', vectors: [{ id: 'east', values: [1, 0] }] },
    })
    expect(upserted.json).toEqual({ upsertedCount: 1 })
    expect(faultsBy('pinecone-data', 'UpsertResponse', upserted.json)).toEqual([])
    const found = await raw('/i/wire/query', {
      body: { namespace: 'raw', topK: 1, vector: [1, 0] },
    })
    expect(found.json).toMatchObject({
      matches: [{ id: 'east', score: 1 }],
      namespace: 'raw',
      usage: { readUnits: expect.any(Number) as number },
    })
    expect(faultsBy('pinecone-data', 'QueryResponse', found.json)).toEqual([])
  })

  it('take empty, missing and __default__ for one namespace', async () => {
    await raw('/i/wire/vectors/upsert', { body: { vectors: [{ id: 'd1', values: [1, 0] }] } })
    for (const namespace of [{}, { namespace: '' }, { namespace: '__default__' }]) {
      const { json } = await raw('/i/wire/query', {
        body: { ...namespace, topK: 1, vector: [1, 0] },
      })
      expect(json).toMatchObject({ matches: [{ id: 'd1' }] })
    }
  })
})

describe('reranking', () => {
  it('answers by the API document, with documents or without', async () => {
    const documents = [{ text: 'Soup on Mondays.' }, { text: 'The shop opens at nine.' }]
    for (const returnDocuments of [true, false]) {
      const { json } = await raw('/rerank', {
        body: {
          model,
          query: 'When does the shop open?',
          documents,
          top_n: 1,
          return_documents: returnDocuments,
        },
      })
      expect(faultsBy('pinecone-inference', 'RerankResult', json)).toEqual([])
      expect(json).toMatchObject({
        model,
        data: [{ index: 1, ...(returnDocuments ? { document: documents[1] } : {}) }],
        usage: { rerank_units: 1 },
      })
    }
    const answer = await sdk.inference.rerank({
      model,
      query: 'When does the shop open?',
      documents,
      topN: 2,
      returnDocuments: true,
    })
    expect(answer.data.map(({ index }) => index)).toEqual([1, 0])
    expect(answer.usage.rerankUnits).toBe(1)
  })
})

describe('refusals', () => {
  it.each([
    [
      'a wrong key',
      Errors.PineconeAuthorizationError,
      (): Promise<unknown> => clientOf(vendors, 'pc-wrong').indexes.describe('wire'),
    ],
    [
      'an index that is not there',
      Errors.PineconeNotFoundError,
      (): Promise<unknown> => sdk.indexes.describe('nowhere'),
    ],
    [
      'an index that is there already',
      Errors.PineconeConflictError,
      (): Promise<unknown> =>
        sdk.indexes.create({ name: 'wire', dimension: 2, metric: 'cosine', spec }),
    ],
    [
      'a wrong dimension',
      Errors.PineconeBadRequestError,
      (): Promise<unknown> =>
        sdk.index({ host }).query({ namespace: 'x', vector: [1, 2, 3], topK: 1 }),
    ],
    [
      'an unknown reranker',
      Errors.PineconeNotFoundError,
      (): Promise<unknown> =>
        sdk.inference.rerank({ model: 'unheard-of', query: 'q', documents: [{ text: 'a' }] }),
    ],
  ])('are typed by the SDK: %s', async (_, errorClass, work) => {
    expect(await thrownBy(work())).toBeInstanceOf(errorClass)
  })

  it('are 429 with the wait in the headers when throttled', async () => {
    await using busy = await testVendors({ faults: { throttled: 1 } })
    const { pinecone } = busy.endpoints
    const { status, headers, json } = await rawRequest(pinecone, '/indexes/wire', {
      headers: { 'api-key': pinecone.apiKey },
    })
    expect(status).toBe(429)
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    expect(faultsBy('pinecone-control', 'ErrorResponse', json)).toEqual([])
  })

  it("have the vendor's body on control plane and inference", async () => {
    const answers = [
      await raw('/no/such/route'),
      await raw('/indexes/nowhere'),
      await raw('/indexes', { body: { name: 'Not Allowed', dimension: 2 } }),
      await raw('/indexes', { body: '{"name":' }),
      await raw('/rerank', {
        body: { model: 'unheard-of', query: 'q', documents: [{ text: 'a' }] },
      }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400, 400, 404])
    expect(
      answers.flatMap(({ json }) => faultsBy('pinecone-inference', 'ErrorResponse', json)),
    ).toEqual([])
  })

  it('have the other body of the data plane there: a numeric code and a message', async () => {
    const answers = [
      await raw('/i/wire/query', { body: { namespace: 'x', topK: 1, vector: [1, 2, 3] } }),
      await raw('/i/wire/vectors/upsert', { body: { namespace: 'x', vectors: [] } }),
      await raw('/i/wire/namespaces/never-there', { method: 'DELETE' }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 404])
    for (const { json } of answers) {
      expect(faultsBy('pinecone-data', 'rpcStatus', json)).toEqual([])
      expect(json).toMatchObject({
        code: expect.any(Number) as number,
        message: expect.any(String) as string,
      })
    }
  })

  it('are all that a request without a key gets, on every path', async () => {
    await using fresh = await testVendors({ faults: { throttled: 1 } })
    fresh.indexes.create({ name: 'wire', dimension: 2, metric: 'cosine' })
    for (const [path, request] of [
      ['/indexes/wire', {}],
      ['/i/wire/query', { body: { topK: 1, vector: [1, 0] } }],
      ['/i/wire/vectors/upsert', { body: { vectors: [{ id: 'a', values: [1, 0] }] } }],
      ['/i/wire/namespaces/a', { method: 'DELETE' }],
      ['/rerank', { body: '{"broken":' }],
      ['/no/such/route', {}],
    ] as const) {
      for (const headers of [{}, { 'api-key': '' }, { 'api-key': fresh.endpoints.openai.apiKey }]) {
        const answer = await rawRequest(fresh.endpoints.pinecone, path, { ...request, headers })
        expect([path, answer.status]).toEqual([path, 401])
        expect(answer.text).not.toContain('wire')
      }
    }
    expect(fresh.booked()).toEqual([])
    expect(fresh.world.served).toEqual([])
    expect(fresh.indexes.totalBytes()).toBe(0)
  })

  it('do not strike a header of 200 KiB', async () => {
    expect((await raw('/indexes/wire', { headers: largeHeader })).status).toBe(200)
  })
})
