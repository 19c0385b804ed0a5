/** Answers that carry, or are, those of other requests. */
import type { Mutant } from '../mutant.ts'
import type { Providers } from '../../../../src/index.ts'
type Answer = Awaited<ReturnType<Providers['chat']['answer']>>

const turnsToWait = 200

/** The mutants. */
export const mixedAnswers: readonly Mutant[] = [
  {
    id: 'pipeline.swapped-answers',
    vector: 'F14',
    layer: 'pipeline',
    severity: 'critical',
    what: "of two answers that arrive at once each goes to the other's asker",
    layers: () => ({
      decorate(providers) {
        let waiting: { readonly own: Answer; other: Answer | null } | null = null
        const swapped = async (
          request: Parameters<Providers['chat']['answer']>[0],
        ): Promise<Answer> => {
          const own = await providers.chat.answer(request)
          const first = waiting
          if (first !== null) {
            waiting = null
            first.other = own
            return first.own
          }
          const mine: { readonly own: Answer; other: Answer | null } = { own, other: null }
          waiting = mine
          for (let turn = 0; turn < turnsToWait && mine.other === null; turn++)
            await new Promise((resolve) => setImmediate(resolve))
          if (waiting === mine) waiting = null
          return mine.other ?? own
        }
        return { ...providers, chat: { answer: swapped } }
      },
    }),
  },
  {
    id: 'pipeline.leftover-buffer',
    vector: 'F14',
    layer: 'pipeline',
    severity: 'critical',
    what: 'the buffer of a stream still holds the end of the answer before',
    layers: () => {
      let leftover = ''
      return {
        decorateAnswer(answer) {
          const text = `${leftover}${answer.text}`
          leftover = answer.text
          return { ...answer, text }
        },
      }
    },
  },
  {
    id: 'pipeline.stale-sources',
    vector: 'F14',
    layer: 'pipeline',
    severity: 'critical',
    what: 'the sources of the answer before are listed too',
    layers: () => {
      let before: readonly { readonly documentId: string; readonly title: string }[] = []
      return {
        decorateAnswer(answer) {
          const sources = [...answer.sources, ...before]
          before = answer.sources
          return { ...answer, sources }
        },
      }
    },
  },
  {
    id: 'pipeline.stale-matches',
    vector: 'F14',
    layer: 'pipeline',
    severity: 'high',
    what: 'the ids found for the question before are returned too',
    layers: () => {
      let before: readonly string[] = []
      return {
        decorateAnswer(answer) {
          const matchIds = [...answer.matchIds, ...before]
          before = answer.matchIds
          return { ...answer, matchIds }
        },
      }
    },
  },
]
