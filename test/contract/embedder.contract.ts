/** What every implementation of the port Embedder does. */
import { describe, expect, it } from 'vitest'
import type { Embedder } from '../../src/providers/embedder.ts'
import { describeManners, type Factory } from './support/manners.ts'
import {
  clientSide,
  failureOf,
  providerFailureOf,
  testVendors,
  type TestVendors,
} from './support/vendors.ts'

/** What the suite must know of the vendor behind an implementation. */
export interface EmbeddingVendor {
  readonly vendor: 'openai'
  readonly model: string
  readonly maxInputTokens: number
  /** What the vendor computes for a text, before anything is encoded. */
  vectorOf(text: string, model: string, dimensions: number): Iterable<number>
}

const oddTexts = [
  '<|endoftext|>',
  'family \u{1f469}\u200d\u{1f469}\u200d\u{1f467}',
  ' \n\t ',
  'lone \ud800 half',
  'nul \u0000 byte',
  '\u0645\u0631\u062d\u0628\u0627',
  '\u20bb7'.repeat(500),
  'x'.repeat(5_000),
]

/** Declares the suite for one implementation. */
export function describeEmbedder(
  name: string,
  factory: Factory<Embedder>,
  { vendor, model, maxInputTokens, vectorOf }: EmbeddingVendor,
): void {
  const started = async (): Promise<
    { vendors: TestVendors; embedder: Embedder } & AsyncDisposable
  > => {
    const vendors = await testVendors()
    return {
      vendors,
      embedder: factory(vendors.endpoints[vendor], clientSide().fetch),
      [Symbol.asyncDispose]: vendors.close,
    }
  }
  const request = (
    texts: readonly string[],
    dimensions = 64,
  ): Parameters<Embedder['embed']>[0] => ({ requestId: 'e1', model, dimensions, texts })
  // One token each in cl100k.
  const words = (count: number): string => ' word'.repeat(count)

  describe(`Embedder: ${name}`, () => {
    describeManners({
      factory,
      endpointOf: ({ endpoints }) => endpoints[vendor],
      call: (embedder, requestId) => embedder.embed({ ...request(['one']), requestId }),
    })

    it('keeps the order of the texts and decodes exactly what the vendor computed', async () => {
      await using stage = await started()
      const texts = ['bill of lading', 'port of call', 'letter of credit', 'port of call']
      const { vectors } = await stage.embedder.embed(request(texts))
      expect(vectors.map((vector) => [...vector])).toEqual(
        texts.map((text) => [...vectorOf(text, model, 64)]),
      )
    })

    it.each([1, 3, 512, 1_536])(
      'gives the %i dimensions that are asked for',
      async (dimensions) => {
        await using stage = await started()
        const { vectors } = await stage.embedder.embed(request(['one', 'two'], dimensions))
        expect(vectors.map(({ length }) => length)).toEqual([dimensions, dimensions])
      },
    )

    it('reports the usage that the vendor billed, for all texts together', async () => {
      await using stage = await started()
      const { usage } = await stage.embedder.embed(request([words(7), words(11)]))
      expect(stage.vendors.booked()).toEqual([{ kind: 'embedding', model, tokens: 18 }])
      expect(usage).toEqual([
        {
          operation: 'embed',
          provider: vendor,
          sku: model,
          attempt: 1,
          outcome: 'completed',
          estimated: false,
          quantities: { 'embedding-tokens': 18 },
        },
      ])
    })

    it('takes a text of just the limit', async () => {
      await using stage = await started()
      const { vectors } = await stage.embedder.embed(request([words(maxInputTokens)]))
      expect(vectors).toHaveLength(1)
    })

    it('tells a text over the limit apart; nothing of the call is billed', async () => {
      await using stage = await started()
      const error = await failureOf(
        stage.embedder.embed(request(['short', words(maxInputTokens + 1)])),
      )
      expect(error.code).toBe('TB_INPUT_TOO_LONG')
      expect(stage.vendors.booked()).toEqual([])
    })

    it('embeds odd texts like any others: finite, of length one, the same twice', async () => {
      await using stage = await started()
      const first = await stage.embedder.embed(request(oddTexts))
      const second = await stage.embedder.embed(request(oddTexts))
      expect(second.vectors).toEqual(first.vectors)
      for (const vector of first.vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
    })

    it('is refused for an empty text and for no text at all', async () => {
      await using stage = await started()
      expect((await providerFailureOf(stage.embedder.embed(request([])))).code).toBe(
        'TB_PROVIDER_REFUSED',
      )
      // CreateEmbeddingRequest: the input "cannot be an empty string".
      expect((await providerFailureOf(stage.embedder.embed(request(['one', ''])))).code).toBe(
        'TB_PROVIDER_REFUSED',
      )
      expect(stage.vendors.booked()).toEqual([])
    })

    it('is refused for a model that the vendor does not have', async () => {
      await using stage = await started()
      const error = await providerFailureOf(
        stage.embedder.embed({ ...request(['one']), model: 'text-embedding-9' }),
      )
      expect(error).toMatchObject({ code: 'TB_PROVIDER_REFUSED', usage: [] })
      expect(error.message).toContain('text-embedding-9')
    })
  })
}
