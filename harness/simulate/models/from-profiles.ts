/**
 * A system as published profiles describe it: what is simulated as long as nothing was measured.
 */
import { chatModelProfile, chatModelProfiles } from '../../profiles/chat-models.ts'
import {
  embeddingProfiles,
  rerankerProfiles,
  storeProfile,
  type LatencyProfile,
} from '../../profiles/retrieval.ts'
import { constantTable, logNormalTable, type QuantileTable } from './quantile-table.ts'
import type { ChatService, ServiceModels } from './service-models.ts'

/**
 * What our own modules take on two cores, as scenarios/quick.yaml had it there: reading texts from
 * PostgreSQL, and everything else.
 */
const own = {
  hydrate: { medianMs: 1.5, sigma: 0.5 },
  other: { medianMs: 5, sigma: 0.4 },
} as const satisfies Record<string, LatencyProfile>

/** The models of a scenario. Names were checked before. */
export function modelsFromProfiles({
  embedding,
  reranker,
}: {
  readonly embedding: { readonly model: string }
  readonly reranker: string
}): ServiceModels {
  const table = (profile: LatencyProfile | undefined): QuantileTable =>
    profile === undefined ? constantTable(0) : logNormalTable(profile.medianMs, profile.sigma)
  return {
    source: 'profiles',
    embedMs: table(embeddingProfiles.find(({ model }) => model === embedding.model)?.latency),
    retrieveMs: table(storeProfile.query),
    hydrateMs: table(own.hydrate),
    rerankMs: table(rerankerProfiles.find(({ model }) => model === reranker)?.latency),
    otherMs: table(own.other),
    chat: new Map(chatModelProfiles.map((profile) => [profile.model, chatService(profile)])),
    promptFactor: 1,
  }
}

function chatService({
  model,
  firstTokenMedianMs,
  firstTokenSigma,
  tokensPerSecond,
  tokensPerSecondSigma,
  answerMedianTokens,
  answerSigma,
}: (typeof chatModelProfiles)[number]): ChatService {
  return {
    model,
    firstTokenMs: logNormalTable(firstTokenMedianMs, firstTokenSigma),
    msPerToken: logNormalTable(1_000 / tokensPerSecond, tokensPerSecondSigma),
    answerTokens: logNormalTable(answerMedianTokens, answerSigma),
  }
}

/** Vendor tokens per cl100k token; 1 for models without a profile. */
export function tokenFactorOf(model: string): number {
  return chatModelProfile(model)?.tokenFactor ?? 1
}
