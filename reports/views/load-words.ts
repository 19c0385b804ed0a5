/**
 * How a load reads in every view: what was asked and what came, times from the intended start
 * beside the uncorrected ones, by stage.
 */
import type { RecordLoad, RunRecord } from '../record/record.ts'
import { counted } from './words.ts'

/** A table under a heading of its own. */
export interface LoadTable {
  readonly heading: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/**
 * Columns of figures, which stand to the right; the first names the row, and words stand to the
 * left.
 */
export function figureColumns({ header }: Pick<LoadTable, 'header'>): readonly number[] {
  return header.flatMap((name, at) =>
    at === 0 || ['Why', 'Note', 'Verdict'].includes(name) ? [] : [at],
  )
}

/** A load in words and tables. Texts of users are in it: they are for the view to make harmless. */
export interface LoadWords {
  readonly sentences: readonly string[]
  readonly tables: readonly LoadTable[]
}

type Times = RecordLoad['total']['latencyMs']

const rate = (perSecond: number): string => perSecond.toFixed(perSecond < 10 ? 2 : 1)
const ms = (value: number | null, count: number): string =>
  value === null
    ? `– (${count})`
    : value < 10
      ? `${value.toFixed(2)} ms`
      : value < 10_000
        ? `${value.toFixed(0)} ms`
        : `${(value / 1_000).toFixed(1)} s`
const times = ({ count, p50, p95, p99 }: Times): readonly string[] =>
  [p50, p95, p99].map((value) => ms(value, count))
const share = (pct: number | null): string => (pct === null ? '–' : `${pct.toFixed(0)} %`)

/** Null where nothing was asked at moments of its own. */
export function loadWords({ load }: RunRecord): LoadWords | null {
  return load === null
    ? null
    : {
        sentences: sentencesOf(load),
        tables: [
          timesTable(load),
          ...stageTable(load),
          ...neighbourTable(load),
          ...probeTable(load),
        ],
      }
}

function sentencesOf(load: RecordLoad): readonly string[] {
  const { total, sendLagMs, eventLoopDelayMs: loop, noisyNeighbour: noise, saturation } = load
  const threads = load.isThreaded
    ? `${counted(load.generators, 'thread')} of its own`
    : 'the thread of the target'
  const troubles = [
    ['timed out', total.timedOut],
    ['dropped', total.dropped],
    ['sent late', total.late],
    ['held at the ceiling', total.held],
    ['throttled attempts', total.throttled],
    ['refused attempts', total.refused],
    ['unanswered attempts', total.unanswered],
  ] as const
  return [
    `${load.verdict === 'valid' ? 'Valid' : 'Invalid'}: ${load.reason}.`,
    `${load.arrivals}, ${load.durationSeconds} s, of which ${load.warmupSeconds} s warm up and ` +
      `do not count. ${rate(load.requestedPerSecond)} a second were wanted, ` +
      `${rate(load.achievedPerSecond)} were sent, ${rate(load.answeredPerSecond)} answered.`,
    `${total.answered} answered, ${total.failed} failed; ${
      troubles
        .filter(([, count]) => count > 0)
        .map(([what, count]) => `${count} ${what}`)
        .join(', ') || 'none late, held, dropped or repeated'
    }.`,
    `The generator had ${threads}; it sent ${ms(sendLagMs.p99, sendLagMs.count)} late at p99, ` +
      `${ms(sendLagMs.max, 0)} at most, and its event loop was ${loop.p99.toFixed(1)} ms behind ` +
      `at p99, ${loop.max.toFixed(1)} ms at most.`,
    ...(saturation === null ? [] : [saturationSentence(saturation)]),
    ...(noise === null
      ? []
      : [
          'Fairness by demand (1 is every tenant the same share of what it asked, within its ' +
            `objective): ${noise.fairness.quiet?.toFixed(3) ?? '–'} while ${noise.aggressor} was ` +
            `quiet, ${noise.fairness.noisy?.toFixed(3) ?? '–'} while it asked ` +
            `${noise.extraPerSecond} a second more.` +
            (noise.fairness.starved.length === 0
              ? ''
              : ` Starved below half of their demand: ${noise.fairness.starved.join(', ')}.`),
        ]),
  ]
}

function saturationSentence({
  verdict,
  highestPerSecond,
  saturates,
  reason,
}: NonNullable<RecordLoad['saturation']>): string {
  const stage = saturates === null ? '' : ` What grew most beyond it is ${saturates}.`
  return highestPerSecond === null
    ? `No rate met the objectives: ${reason}.${stage}`
    : `Highest rate (${verdict}): ${rate(highestPerSecond)} a second, ${reason}.${stage}`
}

function timesTable({ total, cells }: RecordLoad): LoadTable {
  const row = (
    what: string,
    { latencyMs, uncorrectedMs, failed, answered }: RecordLoad['total'],
  ): readonly string[] => [
    what,
    String(answered),
    String(failed),
    ...times(latencyMs),
    ...times(uncorrectedMs).slice(1),
  ]
  return {
    heading: 'Latency from the intended start',
    header: ['Cell', 'Answered', 'Failed', 'p50', 'p95', 'p99', 'Uncorrected p95', 'p99'],
    rows: [row('all', total), ...cells.slice(0, mostCells).map((each) => row(each.cell, each))],
  }
}

const mostCells = 50

function stageTable({ total }: RecordLoad): readonly LoadTable[] {
  return total.stages.length === 0
    ? []
    : [
        {
          heading: 'By stage',
          header: ['Stage', 'Count', 'p50', 'p95', 'p99'],
          rows: total.stages.map(({ stage, ...each }) => [
            stage,
            String(each.count),
            ...times(each),
          ]),
        },
      ]
}

function neighbourTable({ noisyNeighbour }: RecordLoad): readonly LoadTable[] {
  if (noisyNeighbour === null) return []
  const rows = noisyNeighbour.victims.map(
    ({ who, quietMs, noisyMs, p99RatioPct, low95Pct, high95Pct, reason }) => [
      who,
      ...times(quietMs).slice(1),
      ...times(noisyMs).slice(1),
      p99RatioPct === null
        ? '–'
        : `${share(p99RatioPct)}${low95Pct === null ? '' : ` [${share(low95Pct)}, ${share(high95Pct)}]`}`,
      reason ?? '',
    ],
  )
  return [
    {
      heading: `What ${noisyNeighbour.aggressor} does to others`,
      header: ['Who', 'Quiet p95', 'p99', 'Noisy p95', 'p99', 'p99 noisy to quiet [95 %]', 'Note'],
      rows,
    },
  ]
}

function probeTable({ saturation }: RecordLoad): readonly LoadTable[] {
  if (saturation === null) return []
  const rows = saturation.probes.map(
    ({ ratePerSecond, verdict, answeredPerSecond, p95Ms, failuresPct, reason }) => [
      rate(ratePerSecond),
      verdict,
      rate(answeredPerSecond),
      ms(p95Ms, 0),
      failuresPct === null ? '–' : `${failuresPct.toFixed(1)} %`,
      reason,
    ],
  )
  return [
    {
      heading: 'Rates that were tried',
      header: ['A second', 'Verdict', 'Answered', 'p95', 'Failed', 'Why'],
      rows,
    },
  ]
}

/** What interruptions came to; null of a run without any. */
export function interruptionWords({
  interruptions: { count, queries, usd, reason },
}: RunRecord): string | null {
  if (count === 0) return null
  return (
    `The run was interrupted and gone on with ${counted(count, 'time')}. ` +
    `${queries === 1 ? '1 query was' : `${queries} queries were`} under way then and ` +
    'asked again; that cost ' +
    `${usd === null ? `what nobody knows: ${reason ?? ''}` : `$${usd} more`}, in the ` +
    'ledger and on the bill, and in no figure of a cell.'
  )
}
