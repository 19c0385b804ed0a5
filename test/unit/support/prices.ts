/** A small price book with round prices, so that expected amounts can be read off. */
import { buildPriceBook, type PriceBook } from '../../../src/cost/price-book.ts'
import { parseTenantId, type TenantId } from '../../../src/base/tenant-id.ts'

const openai = `
provider: openai
source: test
checked: 2026-01-01
monthlyMinimumUsd: "0"
prices:
  - { sku: small, unit: input-tokens, per: 1000000, usd: "2", from: 2025-01-01, to: 2026-03-01, component: openai.chat }
  - { sku: small, unit: input-tokens, per: 1000000, usd: "1", from: 2026-03-01, to: null, component: openai.chat }
  - { sku: small, unit: output-tokens, per: 1000000, usd: "4", from: 2025-01-01, to: null, component: openai.chat }
  - { sku: embed, unit: embedding-tokens, per: 1000000, usd: "0.02", from: 2025-01-01, to: null, component: openai.embeddings }
`
const pinecone = (minimumUsd: string): string => `
provider: pinecone
source: test
checked: 2026-01-01
monthlyMinimumUsd: "${minimumUsd}"
prices:
  - { sku: serverless, unit: read-units, per: 1000000, usd: "16", from: 2025-01-01, to: null, component: pinecone.read }
  - { sku: serverless, unit: write-units, per: 1000000, usd: "4", from: 2025-01-01, to: null, component: pinecone.write }
  - { sku: serverless, unit: storage-gb-months, per: 1, usd: "0.33", from: 2025-01-01, to: null, component: pinecone.storage }
  - { sku: ranker, unit: rerank-requests, per: 1000, usd: "2", from: 2025-01-01, to: null, component: pinecone.rerank }
`

/** The book, with a monthly minimum at Pinecone. */
export function testBook(pineconeMinimumUsd = '0'): PriceBook {
  return buildPriceBook('test-book', [openai, pinecone(pineconeMinimumUsd)])
}

/** Tenants A, B, C and so on. */
export function tenant(id: string): TenantId {
  return parseTenantId(id)
}
