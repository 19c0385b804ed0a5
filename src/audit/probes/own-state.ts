/** The session of tenant A: what writes, calls and plans are tried in. */
import type { ReadState } from './read.ts'
import type { ProbeSubject } from './subject.ts'

/** The state of tenant A, in which writes are tried. */
export function ownState({ contexts, tenants }: ProbeSubject): ReadState {
  const [own] = tenants
  return {
    state: 'own',
    connection: 'recycled',
    context: own === undefined ? [] : contexts.of(own),
    detail: null,
    belongs: ['A'],
  }
}
