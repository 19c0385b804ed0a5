/** The vector store contract on each vendor's adapter. */
import { pineconeClient } from '../../src/providers/pinecone/client.ts'
import { pineconeVectors } from '../../src/providers/pinecone/vectors.ts'
import { describeVectorStore } from './vector-store.contract.ts'

describeVectorStore(
  'Pinecone',
  (endpoint, fetch) => pineconeVectors(pineconeClient(endpoint, fetch)),
  { vendor: 'pinecone' },
)
