/** Conversation memory that is not kept by tenant. */
import type { Mutant } from '../mutant.ts'
import type { Providers } from '../../../../src/index.ts'
/** The mutants. */
export const memories: readonly Mutant[] = [
  {
    id: 'caches.memory-of-everybody',
    vector: 'F13',
    layer: 'caches',
    severity: 'critical',
    what: 'there is one memory',
    layers: () => ({ decorate: (providers) => remembering(providers, () => '') }),
  },
  {
    id: 'caches.memory-by-conversation',
    vector: 'F13',
    layer: 'caches',
    severity: 'critical',
    what: 'memory is kept by the id of the conversation',
    layers: () => ({
      decorate: (providers) =>
        remembering(providers, (requestId) => requestId.split('.').at(-1) ?? ''),
    }),
  },
]

function remembering(providers: Providers, keyOf: (requestId: string) => string): Providers {
  const memory = new Map<string, string>()
  return {
    ...providers,
    chat: {
      async answer(request) {
        const [first, ...rest] = request.messages
        const key = keyOf(request.requestId)
        const recalled = memory.get(key) ?? ''
        memory.set(key, request.messages.at(-1)?.content ?? '')
        return providers.chat.answer({
          ...request,
          messages:
            first === undefined
              ? rest
              : [{ ...first, content: `${first.content}\n\nEarlier: ${recalled}` }, ...rest],
        })
      },
    },
  }
}
