/** The embedding contract on each vendor's adapter. */
import { embedText } from '../../harness/services/reading/embedding.ts'
import { openaiClient } from '../../src/providers/openai/client.ts'
import { openaiEmbedder } from '../../src/providers/openai/embeddings.ts'
import { describeEmbedder } from './embedder.contract.ts'

describeEmbedder('OpenAI', (endpoint, fetch) => openaiEmbedder(openaiClient(endpoint, fetch)), {
  vendor: 'openai',
  model: 'text-embedding-3-small',
  maxInputTokens: 8_191,
  vectorOf: embedText,
})
