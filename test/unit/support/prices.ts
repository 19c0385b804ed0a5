/** A small price book with round prices, so that expected amounts can be read off. */
import { buildPriceBook } from '../../../src/cost/prices/load.ts'
import type { PriceBook } from '../../../src/cost/prices/price-book.ts'
import { parseTenantId, type TenantId } from '../../../src/base/tenant-id.ts'

const openai = `
provider: openai
currency: USD
source: test
checked: 2026-01-01
monthlyMinimumUsd: "0"
prices:
  - { sku: small, from: 2025-01-01, to: 2026-03-01, per: 1000000, component: openai.chat, usd: { input-tokens: "2" } }
  - { sku: small, from: 2026-03-01, to: null, per: 1000000, component: openai.chat, usd: { input-tokens: "1" } }
  - { sku: small, from: 2025-01-01, to: null, per: 1000000, component: openai.chat, usd: { output-tokens: "4" } }
  - { sku: embed, from: 2025-01-01, to: null, per: 1000000, component: openai.embeddings, usd: { embedding-tokens: "0.02" } }
`
const pinecone = (minimumUsd: string): string => `
provider: pinecone
currency: USD
source: test
checked: 2026-01-01
monthlyMinimumUsd: "${minimumUsd}"
formulas:
  - { from: 2025-01-01, to: null, read: { perGigabyteLeast: "0.25" }, write: { bytesPerUnit: 1000, leastUnits: 5 } }
prices:
  - { sku: serverless, from: 2025-01-01, to: null, per: 1000000, component: pinecone.read, usd: { read-units: "16" } }
  - { sku: serverless, from: 2025-01-01, to: null, per: 1000000, component: pinecone.write, usd: { write-units: "4" } }
  - { sku: serverless, from: 2025-01-01, to: null, per: 1, component: pinecone.storage, usd: { storage-gb-months: "0.33" } }
  - { sku: ranker, from: 2025-01-01, to: null, per: 1000, component: pinecone.rerank, usd: { rerank-requests: "2" } }
`

/** The book, with a monthly minimum at Pinecone. */
export function testBook(pineconeMinimumUsd = '0'): PriceBook {
  return buildPriceBook('test-book', [
    { path: 'openai.yaml', text: openai },
    { path: 'pinecone.yaml', text: pinecone(pineconeMinimumUsd) },
  ])
}

/** Tenants A, B, C and so on. */
export function tenant(id: string): TenantId {
  return parseTenantId(id)
}
