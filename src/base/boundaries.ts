/**
 * Where data can cross from one tenant to another (DESIGN section 1). Every leak check names one of
 * these.
 */
export const boundaries = [
  'rows',
  'matches',
  'rerank',
  'prompt',
  'answer',
  'sources',
  'errors',
  'notices',
  'cost-lines',
] as const

/** A boundary. */
export type Boundary = (typeof boundaries)[number]

/**
 * What was seen to cross a boundary towards a tenant: texts to be searched and identifiers to be
 * looked up.
 */
export interface Crossing {
  readonly boundary: Boundary
  readonly texts: readonly string[]
  readonly identifiers: readonly string[]
}
