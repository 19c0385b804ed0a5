/** How the answer of a leak hunt reads on a terminal. */
import { join } from 'node:path'
import { printable } from '../../src/base/text.ts'
import { verdictWord } from '../../reports/views/words.ts'
import type { LeaksAnswer } from '../leaks/leaks.ts'

/**
 * The verdict as a statement, every hunt, and of a self-test the score and whoever was not found.
 */
export function leaksInWords(answer: LeaksAnswer): string {
  const { verdict, statement, hunts, further, mutants, scores, runDir, seconds, seed } = answer
  return [
    `${verdictWord(verdict)}: ${printable(statement)}`,
    '',
    ...[
      ...further,
      ...hunts.map(({ id, verdict: each, evidence, checks }) => ({
        id,
        verdict: each,
        evidence: each === 'pass' ? `${checks} checks` : evidence,
      })),
    ].map(
      ({ id, verdict: each, evidence }) =>
        `  ${verdictWord(each).padEnd(12)} ${id.padEnd(28)} ${printable(evidence)}`,
    ),
    ...(mutants.length === 0
      ? []
      : [
          '',
          'Mutants found, of those that could be told from the system as it is:',
          ...scores.map(scoreLine),
          ...notKilled(answer),
        ]),
    '',
    `In ${seconds.toFixed(1)} s, seed ` +
      `${seed}.${runDir === null ? '' : ` Report: ${join(printable(runDir), 'report.html')}`}`,
  ].join('\n')
}

function scoreLine({
  layer,
  killed,
  survived,
  equivalent,
  score,
}: LeaksAnswer['scores'][number]): string {
  return (
    `  ${layer.padEnd(12)} ${killed} of ` +
    `${killed + survived}${score === null ? '' : ` (${(100 * score).toFixed(0)} %)`}` +
    `${equivalent === 0 ? '' : `, ${equivalent} equivalent`}`
  )
}

function notKilled({ mutants }: LeaksAnswer): readonly string[] {
  return mutants
    .filter(({ status }) => status !== 'killed')
    .map(({ id, status, severity, why }) => `  ${status}: ${id} (${severity}): ${printable(why)}`)
}
