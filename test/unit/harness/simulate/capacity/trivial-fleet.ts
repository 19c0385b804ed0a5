/**
 * The trivial reference: every signup looks at every tenant and every index, and decides by
 * `decidePlacement` alone.
 */
import type { CapacityOptions } from '../../../../../harness/simulate/capacity/simulate-capacity.ts'
import { decidePlacement } from '../../../../../src/isolation/capacity.ts'

/** What it finds: where tenants are, and what happened, one line an event. */
export interface TrivialOutcome {
  readonly placements: readonly number[]
  readonly events: readonly string[]
}

/** Simulates without any cleverness. */
export function trivialFleet({
  signups,
  limits,
  leadTimeSeconds,
  maxIndexes,
  indexPrefix,
  initialIndexes = 1,
}: CapacityOptions): TrivialOutcome {
  const events: string[] = []
  const placements: number[] = []
  const alerted: boolean[] = []
  let readyAt: number | null = null

  const countOf = (position: number, at: number): number =>
    placements.filter(
      (place, tenant) => place === position && (signups.leavesAtSeconds[tenant] ?? 0) >= at,
    ).length
  const become = (at: number): void =>
    void events.push(`${at} index-ready ${indexPrefix}-${alerted.push(false)} 0`)
  const pass = (at: number): void => {
    if (readyAt === null || readyAt > at) return
    become(readyAt)
    readyAt = null
  }
  const provision = (at: number, namespaces: number): void => {
    if (readyAt !== null || alerted.length >= (maxIndexes ?? Infinity)) return
    events.push(
      `${at} provision-started ` +
        `${alerted.length === 0 ? indexPrefix : `${indexPrefix}-${alerted.length}`} ${namespaces}`,
    )
    readyAt = at + leadTimeSeconds
    pass(at)
  }
  const decide = (at: number): ReturnType<typeof decidePlacement> =>
    decidePlacement(
      alerted.map((hasAlerted, position) => ({
        ...limits,
        hasAlerted,
        namespaces: countOf(position, at),
      })),
    )

  for (let made = 0; made < initialIndexes; made++) become(0)
  for (const at of signups.atSeconds) {
    pass(at)
    if (decide(at).index === null) provision(at, countOf(alerted.length - 1, at))
    const { index, namespaces, alerts, needsNext } = decide(at)
    placements.push(index ?? -1)
    if (index === null) events.push(`${at} placement-refused ${indexPrefix} 0`)
    if (alerts && index !== null) {
      alerted[index] = true
      events.push(`${at} alert ${indexPrefix}-${index + 1} ${namespaces}`)
    }
    if (index !== null && needsNext) provision(at, namespaces)
  }
  pass(signups.untilSeconds)
  return { placements, events }
}
