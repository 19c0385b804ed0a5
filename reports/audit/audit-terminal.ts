/**
 * An audit for people: the verdict first, then each finding with what shows it and what mends it,
 * then what was not judged.
 */
import { atLeast, type AuditResult, type Finding } from '../../src/base/finding.ts'
import { clip, printable } from '../../src/base/text.ts'
import { counted } from '../views/words.ts'

const verdictWords = { isolated: 'ISOLATED', leak: 'LEAK', inconclusive: 'INCONCLUSIVE' } as const
const mostAbstentions = 12

/** The text. Findings below low are counted, not listed. */
export function auditText(result: AuditResult): string {
  const { findings, abstained, coverage, threatModel } = result
  const listed = findings.filter(
    ({ severity, status }) => atLeast(severity, 'low') && status !== 'accepted',
  )
  const left = findings.length - listed.length
  return [
    `${verdictWords[result.verdict]}: ${printable(result.statement)}`,
    '',
    ...listed.flatMap(findingLines),
    ...(left > 0
      ? [`${counted(left, 'more finding')} of severity info, or accepted: see --format json.`, '']
      : []),
    ...(abstained.length > 0
      ? [
          `Not judged:`,
          ...abstained
            .slice(0, mostAbstentions)
            .map(({ object, reason }) => `  ${printable(object)}: ${printable(clip(reason, 200))}`),
          ...(abstained.length > mostAbstentions
            ? [`  and ${abstained.length - mostAbstentions} more`]
            : []),
          '',
        ]
      : []),
    `PostgreSQL ${printable(coverage.serverVersion)}, threat model ${threatModel}; ${printable(coverage.context)}.`,
    `Roles: ${coverage.roles.map(({ role, how }) => `${printable(role)} (${how})`).join(', ') || 'none'}.`,
    ...(coverage.operators.length > 0
      ? [
          'Taken for operators, and not judged as tenants: ' +
            `${coverage.operators.map(printable).join(', ')} (--role NAME judges one all the ` +
            'same).',
        ]
      : []),
    ...coverage.notes.map(printable),
    `Tables reached: ${coverage.tables.tenant} with tenants' rows, ${coverage.tables.shared} ` +
      `shared; ${coverage.tables.unreachable} out of reach.`,
  ].join('\n')
}

function findingLines({
  severity,
  status,
  vector,
  title,
  object,
  roles,
  witness,
  fix,
  fixCheck,
  key,
}: Finding): readonly string[] {
  const checked =
    fixCheck === null
      ? ''
      : fixCheck === 'mended'
        ? ' (tried on a clone: it mends it)'
        : fixCheck === 'not-mended'
          ? ' (tried on a clone: it is not enough)'
          : ' (nothing to try)'
  return [
    `${severity.toUpperCase().padEnd(8)} ${status.padEnd(8)} ${vector.padEnd(5)} ${printable(object)}`,
    `  ${printable(title)}${roles.length > 0 ? ` [${roles.map(printable).join(', ')}]` : ''}`,
    ...indented('seen', clipLines(witness)),
    ...indented(`mend${checked}`, fix),
    `  key   ${key}`,
    '',
  ]
}

/** Evidence may be long; a mend is to be copied whole. */
function clipLines(text: string): string {
  return text
    .split('\n')
    .map((line) => clip(line, 240))
    .join('\n')
}

function indented(word: string, text: string): readonly string[] {
  const [first = '', ...rest] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(printable)
  return [`  ${word.padEnd(5)} ${first}`, ...rest.map((line) => `        ${line}`)]
}
