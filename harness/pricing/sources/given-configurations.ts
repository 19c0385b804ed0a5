/**
 * `--config model=gpt-4o-mini,topK=3,rerank=false`: a configuration to be priced without having
 * been run. All faults at once.
 */
import { TenantbenchError, type Fault } from '../../../src/base/errors.ts'
import { findPrice, type PriceBook } from '../../../src/index.ts'
import { isSame, named, type Configuration } from '../economics.ts'
import { knownNames } from '../../scenario/known-names.ts'

/** What says whether a configuration can be priced. */
export interface ConfigurationCheck {
  readonly book: PriceBook
  readonly atMs: number
  readonly reranker: string
}

/** Reads configurations; one that is given twice counts once. Throws TB_USAGE with every fault. */
export function givenConfigurations(
  texts: readonly string[],
  check: ConfigurationCheck,
): readonly Configuration[] {
  const read = texts.map((text) => ({ text, found: readOne(text, check) }))
  const faults = read.flatMap(({ text, found }) =>
    Array.isArray(found)
      ? found.map((message): Fault => ({
          path: `--config ${JSON.stringify(text)}`,
          line: null,
          message,
        }))
      : [],
  )
  if (faults.length > 0)
    throw new TenantbenchError('TB_USAGE', { detail: `${faults.length} in --config.`, faults })
  const configurations = read.flatMap(({ found }) => ('model' in found ? [found] : []))
  return configurations.filter(
    (each, at) => configurations.findIndex((other) => isSame(each, other)) === at,
  )
}

const keys = ['model', 'topK', 'rerank'] as const
const mostTopK = 100

function readOne(text: string, check: ConfigurationCheck): Configuration | readonly string[] {
  const pairs = text.split(',').map((pair) => /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair))
  const values = new Map(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
  if (
    values.size !== keys.length ||
    pairs.length !== keys.length ||
    keys.some((key) => !values.has(key))
  )
    return ['write model, topK and rerank, once each, e.g. model=gpt-4o-mini,topK=3,rerank=false']
  const [model = '', topK = '', rerank = ''] = keys.map((key) => values.get(key))
  const faults = [
    ...modelFaults(model, check),
    ...(/^\d{1,3}$/.test(topK) && Number(topK) >= 1 && Number(topK) <= mostTopK
      ? []
      : [`topK is a whole number from 1 to ${mostTopK}`]),
    ...(rerank === 'true'
      ? rerankFaults(check)
      : rerank === 'false'
        ? []
        : ['rerank is true or false']),
  ]
  return faults.length > 0 ? faults : { model, topK: Number(topK), rerank: rerank === 'true' }
}

function modelFaults(model: string, { book, atMs }: ConfigurationCheck): readonly string[] {
  if (!knownNames.chatModels.includes(model))
    return [`unknown model ${JSON.stringify(model)}; known are ${knownNames.chatModels.join(', ')}`]
  const provider = model.startsWith('claude-') ? 'anthropic' : 'openai'
  return (['input-tokens', 'output-tokens'] as const).flatMap((unit) =>
    findPrice(book, { provider, sku: model, unit, atMs }) === null
      ? [`${model} has no price for ${unit} in ${book.id}`]
      : [],
  )
}

function rerankFaults({ book, atMs, reranker }: ConfigurationCheck): readonly string[] {
  return findPrice(book, { provider: 'pinecone', sku: reranker, unit: 'rerank-requests', atMs }) ===
    null
    ? [`${reranker} has no price for rerank-requests in ${book.id}`]
    : []
}

/** Configurations in a sentence. */
export function listed(configurations: readonly Configuration[]): string {
  return configurations.map(named).join(', ')
}
