/** The models that the embedded services know, as a scenario may name them. */
import { chatModelProfiles } from '../profiles/chat-models.ts'
import { embeddingProfiles, rerankerProfiles } from '../profiles/retrieval.ts'
import type { KnownNames } from './parse.ts'

/** All known names. */
export const knownNames: KnownNames = {
  chatModels: chatModelProfiles.map(({ model }) => model),
  embeddingModels: embeddingProfiles.map(({ model, maxDimensions }) => ({ model, maxDimensions })),
  rerankers: rerankerProfiles.map(({ model }) => model),
}
