/** The stages of a request, in order: what its time is told by. */
export const stages = ['embed', 'retrieve', 'hydrate', 'rerank', 'firstToken', 'lastToken'] as const

/** A stage. `firstToken` begins when the model is asked, `lastToken` at its first word. */
export type Stage = (typeof stages)[number]

/** Milliseconds by stage, as far as they are known. */
export type StageTimes = Readonly<Partial<Record<Stage, number>>>
