/**
 * Caches and memories: the same words are asked by one tenant and then by another, also under one
 * request id, also in other words.
 */
import type { Hunt } from './hunt.ts'

const wordings = [
  'What is the deposit for a storage unit?',
  'What is the deposit for a storage unit?',
  'what is the deposit for a storage unit',
  'How much is the deposit that a storage unit takes?',
  'What did I ask before, and what was the answer?',
] as const

/** The hunt. */
export const sameQuestion: Hunt = {
  id: 'ask.same-question',
  vector: 'F09',
  what:
    'asks the same question as one tenant and then as another, in the same and in other ' +
    'words, under one request id and under two',
  async run({ newTenant, ask }, watch) {
    const [one, other] = [await newTenant('asks-first'), await newTenant('asks-second')]
    for (const [round, text] of wordings.entries()) {
      for (const tenant of round % 2 === 0 ? [one, other] : [other, one]) {
        const id = round === 1 ? 'shared-conversation' : `same-${tenant.id}-${round}`
        watch.crossed(
          tenant.id,
          { role: 'app', state: 'one by one', attempt: `wording ${round + 1}` },
          (await ask(tenant, { id, text })).crossings,
        )
      }
    }
  },
}
