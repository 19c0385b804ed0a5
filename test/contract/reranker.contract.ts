/** What every implementation of the port Reranker does. */
import { describe, expect, it } from 'vitest'
import type { Reranker, RerankRequest } from '../../src/providers/reranker.ts'
import { describeManners, type Factory } from './support/manners.ts'
import { clientSide, providerFailureOf, testVendors, type TestVendors } from './support/vendors.ts'

/** What the suite must know of the vendor behind an implementation. */
export interface RerankVendor {
  readonly vendor: 'pinecone'
  readonly model: string
  readonly maxDocuments: number
}

const documents = [
  'The canteen serves soup on Mondays.',
  'Vacation requests go to the team lead.',
  'The warranty of the turbine covers five years from delivery.',
  'A warranty claim needs the receipt.',
  'Parking is free after six.',
]

/** Declares the suite for one implementation. */
export function describeReranker(
  name: string,
  factory: Factory<Reranker>,
  { vendor, model, maxDocuments }: RerankVendor,
): void {
  const request = (changes: Partial<RerankRequest> = {}): RerankRequest => ({
    requestId: 'r1',
    model,
    query: 'How many years does the warranty of the turbine cover?',
    documents,
    topN: 3,
    ...changes,
  })
  const started = async (): Promise<
    { vendors: TestVendors; reranker: Reranker } & AsyncDisposable
  > => {
    const vendors = await testVendors()
    return {
      vendors,
      reranker: factory(vendors.endpoints[vendor], clientSide().fetch),
      [Symbol.asyncDispose]: vendors.close,
    }
  }

  describe(`Reranker: ${name}`, () => {
    describeManners({
      factory,
      endpointOf: ({ endpoints }) => endpoints[vendor],
      call: (reranker, requestId) => reranker.rerank(request({ requestId })),
    })

    it('puts the best first, with falling scores', async () => {
      await using stage = await started()
      const { ranking } = await stage.reranker.rerank(request({ topN: documents.length }))
      expect(ranking[0]?.position).toBe(2)
      const scores = ranking.map(({ score }) => score)
      expect(scores).toEqual(scores.toSorted((one, other) => other - one))
      expect(scores[0]).toBeGreaterThan(scores.at(-1) ?? Infinity)
    })

    it.each([1, 3, 5])(
      'gives the %i best, each position once and inside the request',
      async (topN) => {
        await using stage = await started()
        const positions = (await stage.reranker.rerank(request({ topN }))).ranking.map(
          ({ position }) => position,
        )
        expect(positions).toHaveLength(topN)
        expect(new Set(positions).size).toBe(topN)
        for (const position of positions) expect(documents[position]).toBeDefined()
      },
    )

    it('gives all there are when more are asked for', async () => {
      await using stage = await started()
      expect((await stage.reranker.rerank(request({ topN: 50 }))).ranking).toHaveLength(
        documents.length,
      )
    })

    it('follows the documents when their order changes', async () => {
      await using stage = await started()
      const { ranking } = await stage.reranker.rerank(
        request({ documents: documents.toReversed() }),
      )
      expect(documents.toReversed()[ranking[0]?.position ?? -1]).toBe(documents[2])
    })

    it('reports one request, as the vendor billed it', async () => {
      await using stage = await started()
      const { usage } = await stage.reranker.rerank(request())
      expect(stage.vendors.booked()).toEqual([{ kind: 'rerank' }])
      expect(usage).toEqual([
        {
          operation: 'rerank',
          provider: vendor,
          sku: model,
          attempt: 1,
          outcome: 'completed',
          estimated: false,
          quantities: { 'rerank-requests': 1 },
        },
      ])
    })

    it('takes as many documents as the limit and is refused for one more', async () => {
      await using stage = await started()
      const many = (count: number): readonly string[] =>
        Array.from({ length: count }, (_, at) => `Warranty paragraph ${at}.`)
      expect(
        (
          await stage.reranker.rerank(
            request({ documents: many(maxDocuments), topN: maxDocuments }),
          )
        ).ranking,
      ).toHaveLength(maxDocuments)
      const error = await providerFailureOf(
        stage.reranker.rerank(request({ documents: many(maxDocuments + 1) })),
      )
      expect(error).toMatchObject({ code: 'TB_PROVIDER_REFUSED', usage: [] })
      expect(error.message).toContain(String(maxDocuments))
      expect(stage.vendors.booked()).toHaveLength(1)
    })

    it('is refused for a model that the vendor does not have', async () => {
      await using stage = await started()
      expect(
        (await providerFailureOf(stage.reranker.rerank(request({ model: 'unheard-of-reranker' }))))
          .code,
      ).toBe('TB_PROVIDER_REFUSED')
      expect(stage.vendors.booked()).toEqual([])
    })
  })
}
