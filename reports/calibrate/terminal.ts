/**
 * A calibration for people at a terminal: what was held out, one line for each configuration and
 * load, and the verdict.
 */
import Table from 'cli-table3'
import { printable } from '../../src/base/text.ts'
import type { CalibrateCell, CalibrateReport } from './calibrate-report.ts'

const metrics = [
  { metric: 'latency.p50', heading: 'p50' },
  { metric: 'latency.p95', heading: 'p95' },
  { metric: 'latency.p99', heading: 'p99' },
  { metric: 'promptTokens', heading: 'prompt' },
  { metric: 'completionTokens', heading: 'answer' },
  { metric: 'costUsd', heading: 'cost' },
] as const

/** The report in words. */
export function calibrateWords(report: CalibrateReport): string {
  return [
    `Service models fitted to ${report.fittedQueries} recorded queries of ` +
      `${printable(report.scenario)}, and to no published profile.`,
    ...heldOutWords(report),
    '',
    runsTable(report),
    '',
    errorsTable(report),
    'Errors of the simulation in percent of live; in brackets the difference of two live runs; ' +
      `! is beyond its limit, ~ is not judged (fitted to, or fewer than ${report.leastToJudge} ` +
      'queries).',
    'Limits on what is held out: p50 and p95 5 %, p99 10 % or what two live runs differ by, ' +
      `tokens and cost 1 %. Grain event, time scale 1, mean of ${report.simulations} simulations.`,
    ...report.notes.map((note) => printable(note)),
    '',
    printable(verdictWords(report)),
  ].join('\n')
}

function heldOutWords({
  heldOut: { model, topK, arrivals },
  runs,
}: CalibrateReport): readonly string[] {
  const profile = runs.find(({ use }) => use === 'profile of the held-out model')
  const what = [
    ...(model === null ? [] : [`the model ${model}`]),
    ...(topK === null ? [] : [`top_k ${topK}`]),
    ...(arrivals === null ? [] : [`the load ${arrivals}`]),
  ]
  return [
    what.length === 0
      ? 'Nothing was held out.'
      : `Held out: ${what.map((each) => printable(each)).join(', ')}.`,
    ...(model === null || profile === undefined
      ? []
      : [
          `${printable(model)} is known by the run ${printable(profile.run)} alone, where it ` +
            'was asked with one top_k; nothing else of it was fitted to.',
        ]),
  ]
}

function runsTable({ runs }: CalibrateReport): string {
  const table = tableOf(['run', 'seed', 'arrivals', 'of saturation', 'queries', 'use'])
  for (const { run, seed, arrivals, saturationPct, queries, use, reason } of runs) {
    table.push(
      [
        run,
        String(seed),
        arrivals,
        saturationPct === null ? '-' : `${saturationPct.toFixed(0)} %`,
        String(queries),
        reason === null ? use : `${use}: ${reason}`,
      ].map((text) => printable(text)),
    )
  }
  return table.toString()
}

function errorsTable({ cells }: CalibrateReport): string {
  const table = tableOf([
    'cell',
    'held out by',
    'queries',
    ...metrics.map(({ heading }) => heading),
  ])
  for (const [, own] of Map.groupBy(cells, ({ run, cell }) => JSON.stringify([run, cell]))) {
    const [first] = own
    if (first === undefined) continue
    const figures = metrics.map(({ metric }) =>
      errorWords(own.find((each) => each.metric === metric)),
    )
    table.push([
      printable(first.cell),
      first.role === 'fit' ? 'fitted' : first.heldOut.join(', '),
      String(first.queries),
      ...figures,
    ])
  }
  return table.toString()
}

function errorWords(cell: CalibrateCell | undefined): string {
  if (cell === undefined || cell.errorPct === null) return '-'
  const mark = cell.verdict === null ? '~' : cell.verdict === 'fail' ? '!' : ''
  return `${mark}${signed(cell.errorPct)}${cell.repeatPct === null ? '' : ` (${signed(cell.repeatPct)})`}`
}

function signed(percent: number): string {
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)}`
}

function tableOf(head: readonly string[]): Table.Table {
  return new Table({ head: [...head], style: { head: [], border: [], compact: true } })
}

/** The verdict, and what to do next. */
export function verdictWords({ verdict, cells, missing }: CalibrateReport): string {
  const judged = cells.filter((cell) => cell.verdict !== null)
  const failed = judged.filter((cell) => cell.verdict === 'fail')
  const open = missing.length === 0 ? '' : ` Not shown: ${missing.join('; ')}.`
  switch (verdict) {
    case 'pass':
      return (
        `PASS: all ${judged.length} figures that were held out are within their limits. ` +
        'Simulate with these models: --out writes them.'
      )
    case 'fail':
      return (
        `FAIL: ${failed.length} of ${judged.length} figures that were held out are beyond ` +
        `their limits; the worst is ${worstOf(failed)}. Do not rely on the simulation ` +
        `there; where two live runs differ as much, record longer.${open}`
      )
    case 'inconclusive':
      return `INCONCLUSIVE: the simulation has not been shown to be right.${open}`
  }
}

function worstOf(failed: readonly CalibrateCell[]): string {
  const [worst] = failed.toSorted(
    (one, other) =>
      Math.abs(other.errorPct ?? 0) / other.limitPct - Math.abs(one.errorPct ?? 0) / one.limitPct,
  )
  return worst === undefined
    ? 'none'
    : `${worst.metric} of ${worst.cell} (${signed(worst.errorPct ?? 0)} %)`
}
