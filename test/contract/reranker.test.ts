/** The reranking contract on each vendor's adapter. */
import { pineconeClient } from '../../src/providers/pinecone/client.ts'
import { pineconeReranker } from '../../src/providers/pinecone/rerank.ts'
import { describeReranker } from './reranker.contract.ts'

describeReranker(
  'Pinecone',
  (endpoint, fetch) => pineconeReranker(pineconeClient(endpoint, fetch)),
  { vendor: 'pinecone', model: 'bge-reranker-v2-m3', maxDocuments: 100 },
)
