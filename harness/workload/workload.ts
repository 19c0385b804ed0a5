/**
 * Who asks what: the corpora of all tenants, their questions with bait among them, and the order in
 * which everything is asked.
 */
import { dirname, isAbsolute, join } from 'node:path'
import { randomFor } from '../../src/base/random.ts'
import { foldedHolds, foldText, holdsValue } from '../../src/base/text.ts'
import { parseTenantId, type TenantId } from '../../src/base/tenant-id.ts'
import type { Cell } from '../scenario/cells.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import { canariesFor } from './canary.ts'
import type { PlannedQuestion, TenantCorpus } from './corpus.ts'
import { readCorpusFolder } from './folder.ts'
import { generateCorpus } from './generate.ts'

/** One request of the run. The id is the same in every run of the same plan. */
export interface PlannedQuery {
  readonly requestId: string
  readonly cell: Cell
  readonly question: PlannedQuestion
  readonly trial: number
}

/** Makes or reads every tenant's corpus. Throws TB_CORPUS_UNREADABLE, TB_QUESTIONS_INVALID. */
export async function prepareCorpora(scenario: LoadedScenario): Promise<readonly TenantCorpus[]> {
  const canaries = canariesFor(
    scenario.seed,
    scenario.tenants.map(({ id }) => id),
  )
  const taken = new Set<string>()
  const corpora: TenantCorpus[] = []
  // One after the other: `taken` makes values differ between tenants, and order must not depend on
  // timing.
  for (const { id, corpus } of scenario.tenants) {
    const common = { tenantId: parseTenantId(id), canary: canaries.get(id) ?? '' }
    corpora.push(
      corpus.kind === 'folder'
        ? await readCorpusFolder({
            ...common,
            path: isAbsolute(corpus.path) ? corpus.path : join(dirname(scenario.path), corpus.path),
          })
        : generateCorpus({ ...common, ...corpus, seed: scenario.seed, taken }),
    )
  }
  return corpora
}

/**
 * The questions of each tenant: its own facts, shared ones, bait, and some that nothing answers, in
 * the scenario's numbers.
 */
export function chooseQuestions(
  scenario: Pick<LoadedScenario, 'workload'>,
  corpora: readonly TenantCorpus[],
): ReadonlyMap<TenantId, readonly PlannedQuestion[]> {
  const { questions, shared, bait, unanswerable } = scenario.workload
  return new Map(
    corpora.map((corpus) => {
      const ofKind = (kind: PlannedQuestion['kind']): readonly PlannedQuestion[] =>
        corpus.questions.filter((question) => question.kind === kind)
      const own = corpus.questions.filter(
        ({ kind }) => kind !== 'shared' && kind !== 'unanswerable',
      )
      const chosen = [
        ...ofKind('shared').slice(0, shared),
        ...baitFor(corpus, corpora, bait),
        ...ofKind('unanswerable').slice(0, unanswerable),
      ]
      return [corpus.tenantId, [...own.slice(0, questions - chosen.length), ...chosen]]
    }),
  )
}

/**
 * So many questions that another tenant's corpus answers and this one's does not, taken from the
 * others in turn, beginning with the next one: with many tenants everybody is bait for somebody.
 */
function baitFor(
  corpus: TenantCorpus,
  corpora: readonly TenantCorpus[],
  wanted: number,
): readonly PlannedQuestion[] {
  const own = foldText(corpus.documents.map(({ text }) => text).join('\n'))
  const at = corpora.indexOf(corpus)
  const others = [...corpora.slice(at + 1), ...corpora.slice(0, at)]
  const found: PlannedQuestion[] = []
  const longest = Math.max(0, ...others.map(({ baitStock }) => baitStock.length))
  for (let round = 0; round < longest; round++) {
    for (const { tenantId, baitStock } of others) {
      if (found.length >= wanted) return found
      const question = baitStock[round]
      if (question !== undefined && !question.answers.some((answer) => foldedHolds(own, answer)))
        found.push(asBait(question, tenantId))
    }
  }
  return found
}

function asBait(question: PlannedQuestion, owner: TenantId): PlannedQuestion {
  return {
    id: `bait-${question.id}`,
    kind: 'bait',
    text: question.text,
    answers: [],
    sources: [],
    bait: { owner, answers: question.answers, sources: question.sources },
  }
}

/** What a request is known by. */
export interface RequestParts {
  readonly tenantId: string
  readonly variantId: string
  readonly questionId: string
  readonly trial: number
}

/** The id of a request: the same in every run of the same plan. */
export function requestIdOf({ tenantId, variantId, questionId, trial }: RequestParts): string {
  return `${tenantId}.${variantId}.${questionId}.${trial}`
}

/**
 * Every trial of every cell, shuffled within a trial so that drift of the machine hits all cells
 * alike.
 */
export function planQueries(
  scenario: Pick<LoadedScenario, 'seed' | 'trials'>,
  cells: readonly Cell[],
  questions: ReadonlyMap<TenantId, readonly PlannedQuestion[]>,
): readonly PlannedQuery[] {
  return Array.from({ length: scenario.trials }, (_each, trial) => {
    const queries = cells.flatMap((cell) =>
      (questions.get(cell.tenantId) ?? []).map((question): PlannedQuery => ({
        requestId: requestIdOf({
          tenantId: cell.tenantId,
          variantId: cell.variant.id,
          questionId: question.id,
          trial: trial + 1,
        }),
        cell,
        question,
        trial: trial + 1,
      })),
    )
    return randomFor([scenario.seed, 'order', trial]).shuffle(queries)
  }).flat()
}

const abstentions =
  /\b(cannot|can't|could not|couldn't|unable to) find\b|\bnot (stated|mentioned|given|answered|contained) in\b|\bno (information|answer)\b|\bdo(es)? not (say|state|mention|contain|answer)\b/i

/**
 * Whether an answer is right: it holds an accepted string, or says that there is none where there
 * is none.
 */
export function isRight(question: PlannedQuestion, answer: string): boolean {
  return question.answers.length === 0
    ? abstentions.test(foldText(answer))
    : question.answers.some((accepted) => holdsValue(answer, accepted))
}
