/** Running hunts one after the other, and what each came to. */
import { messageOf } from '../../../src/base/errors.ts'
import type { CheckResult, Verdict } from '../../../src/base/verdict.ts'
import type { Hunt } from './hunt.ts'
import type { OpenedStage } from './stage.ts'
import { openWatch, type Account, type Coverage } from './watch.ts'

/**
 * How a hunt came out. `leak`: somebody saw what is another's; `fail`: a fact that must hold did
 * not; `inconclusive`: it could have found nothing.
 */
export interface HuntResult {
  readonly id: string
  readonly vector: string
  readonly what: string
  readonly verdict: Extract<Verdict, 'pass' | 'fail' | 'leak' | 'inconclusive'>
  /** Distinct attempts that could have found something. */
  readonly checks: number
  readonly evidence: string
  readonly coverage: readonly Coverage[]
}

/** Who hears of results, and when to stop. */
export interface HuntRun {
  readonly hunts: readonly Hunt[]
  readonly onResult?: (result: HuntResult) => void
  /** After the first hunt that found something the others are left out. */
  readonly untilFound?: boolean
}

/** Runs them. A hunt that breaks off found out nothing; an abort of the whole is thrown. */
export async function runHunts(
  { stage, marks }: OpenedStage,
  { hunts, onResult, untilFound = false }: HuntRun,
): Promise<readonly HuntResult[]> {
  const results: HuntResult[] = []
  for (const hunt of hunts) {
    stage.signal.throwIfAborted()
    const watch = openWatch(marks)
    let broken: string | null = null
    try {
      await hunt.run(stage, watch)
    } catch (error) {
      stage.signal.throwIfAborted()
      broken = messageOf(error)
    }
    const result = resultOf(hunt, watch.account(), broken)
    results.push(result)
    onResult?.(result)
    if (untilFound && hasFound(result)) break
  }
  return results
}

/** Whether a result names a breach. */
export function hasFound({ verdict }: Pick<CheckResult, 'verdict'>): boolean {
  return verdict === 'leak' || verdict === 'fail'
}

function resultOf(
  { id, vector, what }: Hunt,
  { checks, breaches, coverage }: Account,
  broken: string | null,
): HuntResult {
  const about = { id, vector, what, checks, coverage }
  const first = breaches.find(({ kind }) => kind === 'leak') ?? breaches[0]
  if (first !== undefined)
    return {
      ...about,
      verdict: first.kind,
      evidence: `${breaches.length} breaches, the first at ${placeInWords(first)}, ${first.attempt}: ${first.what}.`,
    }
  if (broken !== null)
    return { ...about, verdict: 'inconclusive', evidence: `It broke off: ${broken}` }
  const bare = coverage.filter(({ covered }) => !covered)
  if (bare.length > 0 || checks === 0)
    return {
      ...about,
      verdict: 'inconclusive',
      evidence:
        bare.length === 0
          ? 'It tried nothing.'
          : `Nothing could have been seen at ${bare.map(placeInWords).join('; ')}.`,
    }
  return {
    ...about,
    verdict: 'pass',
    evidence: `${checks} checks at ${coverage.map(placeInWords).join('; ')}.`,
  }
}

/** A place as a person reads it. */
export function placeInWords({ boundary, role, state }: Omit<Coverage, 'covered'>): string {
  return `${boundary} as ${role} (${state})`
}
