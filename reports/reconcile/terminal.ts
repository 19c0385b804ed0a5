/**
 * A reconciliation for people at a terminal: the verdict in words, the components, and where the
 * gap comes from.
 */
import { absolute } from '../../src/base/fraction.ts'
import Table from 'cli-table3'
import { formatUsdRounded, parseUsd, picoUsd } from '../../src/base/money.ts'
import { printable } from '../../src/base/text.ts'
import type { ReconcileCause, ReconcileComponent, ReconcileReport } from './reconcile-report.ts'

const shownCauses = 10

/** The report in words. */
export function reconcileWords(report: ReconcileReport): string {
  const {
    month,
    subject,
    verdict,
    components,
    usage,
    total,
    closes,
    events,
    unallocated,
    dayBegins,
    simulation,
    timing,
  } = report
  return [
    `${month} against ${subject}: ${events} events, ${report.tenants.length} tenants, price ` +
      `book ${printable(report.priceBook.id)}.`,
    ...(simulation === null ? [] : [`Planted: ${simulation.what}.`]),
    '',
    componentTable([...components, usage, total]),
    '',
    ...causeWords(report),
    ...dayBegins.map(
      ({ provider, hours }) =>
        `${printable(provider)}'s days begin ` +
        `${hours > 0 ? `${hours} h after` : `${-hours} h before`} midnight UTC: ask for ` +
        'buckets in UTC, or expect another month.',
    ),
    ...unallocated.map(
      ({ component, usd }) =>
        `Unallocated: ${usdWords(usd)} of ${printable(component)}, for which there is no rule.`,
    ),
    `Adds up to the pico-dollar: ledger ${yes(closes.ledger)}, causes ` +
      `${yes(closes.causes)}${closes.bill === null ? '' : `, adjusted ledger and bill ${yes(closes.bill)}`}.`,
    ...(timing === null
      ? []
      : [
          `Recorded in ${timing.recordSeconds.toFixed(1)} s, priced, allocated and reconciled ` +
            `in ${timing.reconcileSeconds.toFixed(1)} s.`,
        ]),
    '',
    verdictWords[verdict],
  ].join('\n')
}

const verdictWords = {
  pass: 'PASS: within 5 % of the bill. These figures can be priced on.',
  warn: 'WARN: between 5 and 10 % off. Find the cause above before pricing on these figures.',
  stop: 'STOP: more than 10 % off. Do not close the month and do not price on it; begin with the first cause above.',
} as const

function yes(isSo: boolean): string {
  return isSo ? 'yes' : 'NO'
}

function usdWords(usd: string): string {
  const amount = parseUsd(usd)
  const magnitude = picoUsd(absolute(amount))
  return (
    `${amount < 0n ? '-' : ''}$` +
    `${formatUsdRounded(magnitude, magnitude < 10_000_000_000n && magnitude > 0n ? 6 : 2)}`
  )
}

function componentTable(components: readonly ReconcileComponent[]): string {
  const table = new Table({
    head: ['component', 'allocated', 'billed', 'drift', 'verdict'],
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  for (const { component, allocatedUsd, billedUsd, driftPct, verdict } of components)
    table.push([
      printable(component),
      usdWords(allocatedUsd),
      usdWords(billedUsd),
      driftPct === null ? '-' : `${driftPct > 0 ? '+' : ''}${driftPct.toFixed(2)} %`,
      verdict,
    ])
  return table.toString()
}

function causeWords({ gapUsd, causes }: ReconcileReport): readonly string[] {
  if (causes.length === 0) return ['Allocated and billed are the same.']
  return [
    `We allocate ${usdWords(gapUsd)} ${gapUsd.startsWith('-') ? '(less than the bill)' : 'more than the bill'}:`,
    ...causes
      .filter(({ usd }) => isShown(usd))
      .slice(0, shownCauses)
      .map(causeLine),
  ]
}

/** Less than half a cent is in the JSON alone. */
function isShown(usd: string): boolean {
  const amount = parseUsd(usd)
  return amount >= 5_000_000_000n || amount <= -5_000_000_000n
}

function causeLine({ cause, usd, where, requests }: ReconcileCause): string {
  const [most] = where
  const place =
    most === undefined
      ? ''
      : `, most of it ${[most.component, most.product, most.day]
          .filter((each) => each !== null)
          .map((each) => printable(each))
          .join(
            ' ',
          )} (${usdWords(most.usd)}): ${printable(most.why)}${requests.length === 0 ? '' : `, e.g. ${requests.map(printable).join(', ')}`}`
  return `  ${cause.padEnd(11)} ${usdWords(usd).padStart(12)}${place}`
}
