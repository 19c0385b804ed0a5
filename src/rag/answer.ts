/**
 * The request itself: configuration, embedding, retrieval, reranking, texts, prompt, answer with
 * sources, metering.
 */
import type { TenantId } from '../base/tenant-id.ts'
import type { ProviderUsage } from '../base/usage.ts'
import type { TenantConfig } from '../config/tenant-config.ts'
import type { ChatAnswer, ChatRequest } from '../providers/chat-model.ts'
import { ProviderError } from '../providers/provider-error.ts'
import { hydrate, type Passage } from './hydrate.ts'
import { buildPrompt } from './prompt.ts'
import { meter, type RagServices } from './services.ts'
import { timed, type StageListener } from './stages.ts'

/** A question of one tenant. */
export interface Question {
  readonly tenantId: TenantId
  /** The client's id of this request: unique, and the key under which it is metered. */
  readonly requestId: string
  readonly text: string
  /**
   * Fields that replace those of the tenant's configuration for this request: for trying a variant.
   */
  readonly override?: Partial<
    Pick<TenantConfig, 'model' | 'topK' | 'rerank' | 'temperature' | 'maxOutputTokens'>
  >
  /** Hears how long each stage took. */
  readonly onStage?: StageListener
}

/** Where an answer came from. */
export interface Source {
  readonly documentId: string
  readonly title: string
}

/** The answer, with what was retrieved and what was used. */
export interface Answer {
  readonly text: string
  readonly finishReason: 'stop' | 'length'
  readonly sources: readonly Source[]
  /** What the vector store said is nearest, before Postgres was asked. */
  readonly matchIds: readonly string[]
  /** Passages as they went into the prompt, best first. */
  readonly passages: readonly Passage[]
  /** Every row that came back from Postgres, before reranking cut it. */
  readonly rows: readonly Passage[]
  readonly config: TenantConfig
  readonly usage: readonly ProviderUsage[]
}

/**
 * With reranking, so many times top_k are retrieved for the reranker to choose from, within
 * Pinecone's 100 documents.
 */
const rerankPool = 4
const largestPool = 100

/**
 * Answers a question. Throws ProviderError and TenantbenchError; what was used is metered also
 * then.
 */
export async function answerQuestion(services: RagServices, question: Question): Promise<Answer> {
  const usage: ProviderUsage[] = []
  try {
    const config = { ...(await services.configs.current(question.tenantId)), ...question.override }
    const { rows, matchIds } = await retrieve(services, question, { config, usage })
    const passages = config.rerank
      ? await rerank(services, question, { rows, topK: config.topK, usage })
      : rows
    const messages = buildPrompt({
      template: config.template,
      values: config.promptValues,
      question: question.text,
      passages,
    })
    const { model, temperature, maxOutputTokens } = config
    const answer = await ask(services, question, {
      requestId: question.requestId,
      model,
      messages,
      temperature,
      maxOutputTokens,
    })
    usage.push(...answer.usage)
    return {
      text: answer.text,
      finishReason: answer.finishReason,
      sources: sourcesOf(passages),
      passages,
      rows,
      matchIds,
      config,
      usage,
    }
  } catch (error) {
    if (error instanceof ProviderError) usage.push(...error.usage)
    throw error
  } finally {
    await meter(services, question.tenantId, { requestId: question.requestId, usage })
  }
}

/** From the question to the first word, and from there to the last. */
async function ask(
  { providers, clock }: RagServices,
  { onStage }: Question,
  request: ChatRequest,
): Promise<ChatAnswer> {
  const askedMs = clock.monotonicMs()
  let firstMs: number | null = null
  const answer = await providers.chat.answer({
    ...request,
    onFirstToken() {
      firstMs = clock.monotonicMs()
      onStage?.('firstToken', firstMs - askedMs)
    },
  })
  if (firstMs !== null) onStage?.('lastToken', clock.monotonicMs() - firstMs)
  return answer
}

async function retrieve(
  services: RagServices,
  question: Question,
  state: { readonly config: TenantConfig; readonly usage: ProviderUsage[] },
): Promise<Pick<Answer, 'rows' | 'matchIds'>> {
  const { placement: place } = services.database.directory.require(question.tenantId)
  const { requestId, onStage } = question
  const { clock } = services
  const { topK, rerank: reranks } = state.config
  const embedded = await timed(clock, { stage: 'embed', onStage }, () =>
    services.providers.embedder.embed({
      requestId,
      ...services.models.embedding,
      texts: [question.text],
    }),
  )
  state.usage.push(...embedded.usage)
  const vector = embedded.vectors[0] ?? []
  const wanted = reranks ? Math.min(topK * rerankPool, largestPool) : topK
  const found = await timed(clock, { stage: 'retrieve', onStage }, () =>
    services.providers.vectors.query({ requestId, place, vector, topK: wanted }),
  )
  const matchIds = found.matches.map(({ id }) => id)
  let read: readonly ProviderUsage[] = found.usage
  try {
    const { passages, namespaceBytes } = await timed(clock, { stage: 'hydrate', onStage }, () =>
      hydrate(services.database, question.tenantId, matchIds),
    )
    read = read.map((each) => ({
      ...each,
      quantities: { ...each.quantities, 'namespace-bytes': namespaceBytes },
    }))
    return { rows: passages, matchIds }
  } finally {
    // The read is billed whether or not its texts were found.
    state.usage.push(...read)
  }
}

async function rerank(
  services: RagServices,
  question: Question,
  state: {
    readonly rows: readonly Passage[]
    readonly topK: number
    readonly usage: ProviderUsage[]
  },
): Promise<readonly Passage[]> {
  if (state.rows.length === 0) return []
  const request = {
    requestId: question.requestId,
    model: services.models.reranker,
    query: question.text,
    documents: state.rows.map(({ body }) => body),
    topN: Math.min(state.topK, state.rows.length),
  }
  const { ranking, usage } = await timed(
    services.clock,
    { stage: 'rerank', onStage: question.onStage },
    () => services.providers.reranker.rerank(request),
  )
  state.usage.push(...usage)
  return ranking.flatMap(({ position }) => state.rows[position] ?? [])
}

/** One source per document, in the order of its best passage. */
function sourcesOf(passages: readonly Passage[]): readonly Source[] {
  const titles = new Map<string, string>()
  for (const { documentId, title } of passages)
    if (!titles.has(documentId)) titles.set(documentId, title)
  return [...titles].map(([documentId, title]) => ({ documentId, title }))
}
