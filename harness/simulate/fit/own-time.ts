/**
 * Own time under load: what runs on the machine itself (rows from PostgreSQL, prompts, the way to
 * the caller) may take longer the more there is to do. One rule: if the mean of the fitted levels
 * rises with the rate, beyond twice the error of that slope, the line is prolonged to the rate that
 * is predicted; otherwise the time is the same at every rate.
 */
import { scaledTable, tableOf, type QuantileTable } from '../models/quantile-table.ts'

/** The times of one run. */
export interface TimesAtRate {
  readonly ratePerSecond: number
  readonly times: readonly number[]
}

/** A time with what a request a second more adds to its mean. */
export interface OwnTime {
  readonly table: QuantileTable
  readonly meanMs: number
  /** At which the table is as recorded: the mean of the fitted rates, by queries. */
  readonly ratePerSecond: number
  /** 0 where nothing speaks for a slope. */
  readonly addedMsPerRate: number
}

/** Fits one; there is at least one time. */
export function fitOwnTime(runs: readonly TimesAtRate[]): OwnTime {
  const all = runs.flatMap(({ times }) => times)
  const ratePerSecond = meanOver(runs.flatMap((run) => run.times.map(() => run.ratePerSecond)))
  return {
    table: tableOf(all),
    meanMs: meanOver(all),
    ratePerSecond,
    addedMsPerRate: slopeOf(runs, ratePerSecond),
  }
}

/** The table at a rate: stretched, so that its mean lies on the line. */
export function ownTimeAt(
  { table, meanMs, ratePerSecond, addedMsPerRate }: OwnTime,
  rate: number,
): QuantileTable {
  if (addedMsPerRate === 0 || meanMs === 0) return table
  return scaledTable(table, Math.max(0, 1 + (addedMsPerRate * (rate - ratePerSecond)) / meanMs))
}

/**
 * Least squares over all times; the error of the slope is that of queries that vary by themselves.
 */
function slopeOf(runs: readonly TimesAtRate[], meanRate: number): number {
  const count = runs.reduce((sum, { times }) => sum + times.length, 0)
  const spread = runs.reduce(
    (sum, { ratePerSecond, times }) => sum + times.length * (ratePerSecond - meanRate) ** 2,
    0,
  )
  if (runs.length < 2 || spread === 0 || count < 3) return 0
  const mean = meanOver(runs.flatMap(({ times }) => times))
  const slope =
    runs.reduce(
      (sum, { ratePerSecond, times }) =>
        sum + (ratePerSecond - meanRate) * times.length * (meanOver(times) - mean),
      0,
    ) / spread
  const left = runs.reduce(
    (sum, { ratePerSecond, times }) =>
      sum +
      times.reduce(
        (squares, time) => squares + (time - mean - slope * (ratePerSecond - meanRate)) ** 2,
        0,
      ),
    0,
  )
  return slope > 2 * Math.sqrt(left / (count - 2) / spread) ? slope : 0
}

function meanOver(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
