/** Provider errors that quote another request. */
import { TenantbenchError } from '../../../../src/base/errors.ts'
import type { Mutant } from '../mutant.ts'
/** The mutants. */
export const quotingErrors: readonly Mutant[] = [
  {
    id: 'pipeline.errors-quote-the-one-before',
    vector: 'D17',
    layer: 'pipeline',
    severity: 'critical',
    what: 'an error quotes the prompt before',
    layers: () => ({
      decorate(providers) {
        let [before, asked] = ['', 0]
        return {
          ...providers,
          chat: {
            async answer(request) {
              const quoted = before
              before = request.messages.at(-1)?.content ?? ''
              asked++
              if (quoted === '' || asked % 2 === 1) return providers.chat.answer(request)
              return Promise.reject(
                new TenantbenchError('TB_PROVIDER_UNAVAILABLE', { detail: `After ${quoted}` }),
              )
            },
          },
        }
      },
    }),
  },
]
