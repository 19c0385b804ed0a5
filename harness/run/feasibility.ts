/**
 * What the corpora say about a scenario before the first request: configurations that can serve no
 * tenant are faults, those that serve some only in part are told. Chunks are cut here as the
 * modules under test cut them.
 */
import { TenantbenchError, type Fault } from '../../src/base/errors.ts'
import { written, type Place } from '../../src/base/yaml-input.ts'
import { buildPrompt, chunkDocument, countTokens, defaultTemplate } from '../../src/index.ts'
import { chatModelProfile } from '../profiles/chat-models.ts'
import { embeddingProfiles } from '../profiles/retrieval.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { PlacedVariant } from '../scenario/resolve.ts'
import type { PlannedQuestion, TenantCorpus } from '../workload/corpus.ts'

/** How big a tenant's chunks are. */
export interface ChunkSizes {
  readonly tenant: string
  /** Tokens of each chunk, the smallest first. */
  readonly tokens: readonly number[]
}

/** What was found. */
export interface Feasibility {
  readonly sizes: readonly ChunkSizes[]
  /** Sentences for people: what will not be as it looks. */
  readonly warnings: readonly string[]
}

/**
 * Looks at every configuration against every corpus. Throws TB_SCENARIO_INVALID or
 * TB_CORPUS_UNREADABLE with every fault.
 */
export function checkFeasibility(
  scenario: LoadedScenario,
  corpora: readonly TenantCorpus[],
  questions: ReadonlyMap<string, readonly PlannedQuestion[]>,
): Feasibility {
  const longest =
    embeddingProfiles.find(({ model }) => model === scenario.models.embedding.model)
      ?.maxInputTokens ?? Number.POSITIVE_INFINITY
  const tooLong = corpora.flatMap((corpus) =>
    textsOver(longest, corpus, questions.get(corpus.tenantId) ?? []),
  )
  if (tooLong.length > 0)
    throw new TenantbenchError('TB_INPUT_TOO_LONG', {
      detail: `${scenario.models.embedding.model} takes ${longest} tokens.`,
      faults: tooLong,
    })
  const sizes = corpora.map(sizesOf)
  const faults = scenario.variants
    .flatMap((variant) => variantFaults(variant, sizes))
    .map(({ keys, message }): Fault => ({
      path: written(keys),
      line: scenario.lineOf(keys),
      message,
    }))
  const distinct = [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()]
  if (distinct.length > 0)
    throw new TenantbenchError('TB_SCENARIO_INVALID', {
      detail: `${distinct.length} in ${scenario.path}.`,
      faults: distinct,
    })
  return { sizes, warnings: warningsOf(scenario, sizes) }
}

function sizesOf({ tenantId, documents }: TenantCorpus): ChunkSizes {
  return {
    tenant: tenantId,
    tokens: documents
      .flatMap((document) => chunkDocument(tenantId, document).map(({ tokens }) => tokens))
      .sort((one, other) => one - other),
  }
}

function textsOver(
  longest: number,
  { tenantId, documents }: TenantCorpus,
  questions: readonly PlannedQuestion[],
): readonly Fault[] {
  // A chunk is its title and at most a few hundred tokens: only a title can make it too long.
  const titles = documents
    .filter(({ title }) => countTokens(title) + mostChunkTokens > longest)
    .map(({ id }) => `the title of document ${id}`)
  const asked = questions
    .filter(({ text }) => countTokens(text) > longest)
    .map(({ id }) => `question ${id}`)
  return [...titles, ...asked].map((what) => ({
    path: `tenant ${tenantId}`,
    line: null,
    message: `${what} is too long to be embedded`,
  }))
}

const mostChunkTokens = 400
/**
 * What a prompt takes before it is known which chunks a question brings: the guard and the tags.
 */
export function frameTokens(): number {
  return buildPrompt({
    template: defaultTemplate,
    values: new Map(),
    question: '',
    passages: [],
  }).reduce((sum, { content }) => sum + countTokens(content), 0)
}

/** A configuration is a fault when no tenant at all can use it as it is written. */
function variantFaults(
  variant: PlacedVariant,
  sizes: readonly ChunkSizes[],
): readonly { readonly keys: Place; readonly message: string }[] {
  const { model, topK } = variant
  const most = Math.max(...sizes.map(({ tokens }) => tokens.length))
  if (topK > most)
    return [
      {
        keys: topKPlace(variant),
        message: `top_k ${topK} is more than the ${most} chunks of the largest corpus`,
      },
    ]
  const window = windowOf(model)
  const least = Math.min(...sizes.map(({ tokens }) => leastPrompt(tokens, topK)))
  return least <= window
    ? []
    : [
        {
          keys: topKPlace(variant),
          message:
            `top_k ${topK} makes prompts of at least ${Math.round(least)} tokens for every ` +
            `tenant; the window of ${model} is ${Math.round(window)} such tokens`,
        },
      ]
}

/** In cl100k tokens. */
function windowOf(model: string): number {
  const profile = chatModelProfile(model)
  return profile === undefined
    ? Number.POSITIVE_INFINITY
    : profile.windowTokens / profile.tokenFactor
}

function leastPrompt(tokens: readonly number[], topK: number): number {
  return frameTokens() + tokens.slice(0, topK).reduce((sum, each) => sum + each, 0)
}

function topKPlace({ place }: PlacedVariant): Place {
  return place[0] === 'matrix' ? ['matrix', 'topK'] : [...place.slice(0, -1), 'topK']
}

const mostNamed = 5

function warningsOf(scenario: LoadedScenario, sizes: readonly ChunkSizes[]): readonly string[] {
  const chunks = new Map(sizes.map(({ tenant, tokens }) => [tenant, tokens.length]))
  const small = scenario.tenants.flatMap(({ id, current }) => {
    const topK = Math.max(current.topK, ...scenario.variants.map((variant) => variant.topK))
    const held = chunks.get(id) ?? 0
    return topK > held ? [`${id} (${held})`] : []
  })
  if (small.length === 0) return []
  const named = small.slice(0, mostNamed).join(', ')
  return [
    'top_k is more than all the chunks of ' +
      `${small.length === 1 ? 'tenant' : `${small.length} tenants:`} ` +
      `${named}${small.length > mostNamed ? ', ...' : ''}; every question then brings the whole ` +
      'corpus.',
  ]
}
