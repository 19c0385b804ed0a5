/** How an estimate reads on a terminal. */
import { printable } from '../../src/base/text.ts'
import type { Estimate } from '../run/estimate.ts'

const whole = (count: number): string => count.toLocaleString('en')

/** The lines. */
export function terminalEstimate(estimate: Estimate): string {
  const { tokens, costUsd, seconds, chunks } = estimate
  return [
    `${printable(estimate.scenario)} would be`,
    `  cells     ${whole(estimate.cells)} (${whole(estimate.tenants)} tenants)`,
    `  queries   ${whole(estimate.queries)}`,
    `  corpus    ${whole(estimate.documents)} documents${chunks === null ? '' : `, ${whole(chunks)} chunks`}`,
    ...(tokens === null
      ? []
      : [
          `  tokens    ${whole(tokens.prompt)} in, ${whole(tokens.completion)} out, ` +
            `${whole(tokens.embedding)} embedded`,
        ]),
    ...(costUsd === null
      ? []
      : [
          `  dollars   $${costUsd.total} at list prices ($${costUsd.ingest} to take the ` +
            'corpora in); on embedded services nothing is charged',
        ]),
    ...(seconds === null
      ? []
      : [
          `  time      about ${duration(seconds.total)} (${duration(seconds.queries)} of it asking)`,
        ]),
    ...estimate.warnings.map((warning) => `  note      ${printable(warning)}`),
    '',
    ...estimate.basis.map((sentence) => `  ${sentence}`),
    'Nothing was started.',
  ].join('\n')
}

function duration(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 6) / 10} min`
}
