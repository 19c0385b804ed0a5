/**
 * Shared questions: asked of every tenant in the same words, with another right answer in each
 * corpus.
 */
import { randomFor } from '../../src/base/random.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import type { PlannedQuestion } from './corpus.ts'
import { code, dollars, futureDay } from './themes/theme.ts'

/** A statement that every corpus has, with the tenant's own value. */
export interface SharedFact {
  readonly key: string
  readonly question: string
  readonly statement: string
  readonly value: string
}

const kinds = [
  {
    key: 'notice',
    question: 'What is the notice period for cancelling the service agreement?',
    draw: (random: ReturnType<typeof randomFor>) => `${random.integer(31, 9_999)} days`,
    state: (value: string) =>
      `The service agreement can be cancelled with a notice period of ${value}.`,
  },
  {
    key: 'fee',
    question: 'How high is the annual service fee?',
    draw: (random: ReturnType<typeof randomFor>) => dollars(random, 10_000, 9_900_000),
    state: (value: string) => `The annual service fee is ${value} and falls due in advance.`,
  },
  {
    key: 'hotline',
    question: 'Which number reaches the emergency hotline?',
    draw: (random: ReturnType<typeof randomFor>) => code(random, '+1 555'),
    state: (value: string) =>
      `The emergency hotline is reached under the number ${value} at any hour.`,
  },
  {
    key: 'audit',
    question: 'When is the next security audit scheduled?',
    draw: futureDay,
    state: (value: string) => `The next security audit is scheduled for ${value}.`,
  },
] as const

/** A tenant's shared facts. */
export function sharedFacts(options: {
  readonly seed: number
  readonly tenantId: TenantId
  readonly taken: Set<string>
}): readonly SharedFact[] {
  const random = randomFor([options.seed, 'shared', options.tenantId])
  return kinds.map(({ key, question, draw, state }) => {
    let value = draw(random)
    while (options.taken.has(value)) value = draw(random)
    options.taken.add(value)
    return { key, question, value, statement: state(value) }
  })
}

/**
 * The questions, answered by the document that holds the facts. Their ids are the same for every
 * tenant.
 */
export function sharedQuestions(
  facts: readonly SharedFact[],
  documentId: string,
): readonly PlannedQuestion[] {
  return facts.map(({ key, question, value }) => ({
    id: `shared-${key}`,
    kind: 'shared',
    text: question,
    answers: [value],
    sources: [documentId],
  }))
}
