/** Corpora of documents that are one chunk each, and questions about nothing, to be counted. */
import type { PlannedQuestion, TenantCorpus } from '../../../harness/workload/corpus.ts'
import { tenant } from './prices.ts'

/** A corpus of so many documents of so many words. */
export function corpusOf(id: string, documents: number, words = 5): TenantCorpus {
  const text = `${Array.from({ length: words }, () => 'word').join(' ')}.`
  return {
    tenantId: tenant(id),
    canary: 'c',
    documents: Array.from({ length: documents }, (_each, at) => ({
      id: `d${at + 1}`,
      title: 'Title',
      text,
    })),
    questions: [],
    baitStock: [],
  }
}

/** A question of these words. */
export function questionOf(id: string, text: string): PlannedQuestion {
  return { id, kind: 'literal', text, answers: ['word'], sources: ['d1'] }
}
