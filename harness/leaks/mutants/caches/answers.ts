/** Caches of answers whose key forgets who asked. */
import type { Mutant } from '../mutant.ts'
import type { Providers } from '../../../../src/index.ts'
type Answer = Awaited<ReturnType<Providers['chat']['answer']>>

const questionIn = (prompt: string): string =>
  /<question-[0-9a-f]+>([^]*)<\/question/.exec(prompt)?.[1] ?? ''

/** Answers by the question as it stands, and by its words in any order. */
export const answerCaches: readonly Mutant[] = [
  {
    id: 'caches.answers-by-question',
    vector: 'F09',
    layer: 'caches',
    severity: 'critical',
    what: 'answers are kept by question',
    layers: () => ({ decorate: (providers) => keptBy(providers, (question) => question) }),
  },
  {
    id: 'caches.answers-by-meaning',
    vector: 'F10',
    layer: 'caches',
    severity: 'critical',
    what: 'answers are kept by the words of the question',
    layers: () => ({ decorate: (providers) => keptBy(providers, wordsOf) }),
  },
]

function wordsOf(question: string): string {
  return [...new Set(question.toLowerCase().match(/[a-z]{4,}/g) ?? [])].sort().join(' ')
}

function keptBy(providers: Providers, keyOf: (question: string) => string): Providers {
  const kept = new Map<string, Answer>()
  return {
    ...providers,
    chat: {
      async answer(request) {
        const key = keyOf(questionIn(request.messages.at(-1)?.content ?? ''))
        const answer = kept.get(key) ?? (await providers.chat.answer(request))
        kept.set(key, answer)
        return answer
      },
    },
  }
}
