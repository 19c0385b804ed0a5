/**
 * Verdicts and findings: the words in which every check of the project answers (DESIGN section 1).
 */
import { exitCodes, type ExitCode } from './errors.ts'

/**
 * How a run or a check came out. A leak is never averaged away; nothing measured is never a pass.
 */
export const verdicts = ['pass', 'fail', 'inconclusive', 'invalid', 'leak'] as const

/** One of the five verdicts. */
export type Verdict = (typeof verdicts)[number]

/** The answer of one check, with what it rests on. */
export interface CheckResult {
  readonly id: string
  readonly verdict: Verdict
  /** A sentence with the figures the verdict rests on. */
  readonly evidence: string
}

/**
 * When several hold, the worse one speaks: leak, invalid, fail, inconclusive, pass (the order of
 * DESIGN section 4).
 */
const severity = [
  'leak',
  'invalid',
  'fail',
  'inconclusive',
  'pass',
] as const satisfies readonly Verdict[]

/** The verdict of several checks together. Without any check nothing was shown: `inconclusive`. */
export function worstVerdict(found: readonly Verdict[]): Verdict {
  return severity.find((verdict) => found.includes(verdict)) ?? 'inconclusive'
}

/** The exit code of a verdict. */
export function exitCodeOf(verdict: Verdict): ExitCode {
  switch (verdict) {
    case 'pass':
      return exitCodes.pass
    case 'fail':
      return exitCodes.failed
    case 'inconclusive':
    case 'invalid':
      return exitCodes.inconclusive
    case 'leak':
      return exitCodes.leak
  }
}
