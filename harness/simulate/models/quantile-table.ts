/**
 * A distribution as the means of equally likely parts, ascending: one uniform draw is one look-up,
 * and the mean of the table is the mean of what it was made of. With 4,096 parts 41 lie above the
 * p99.
 */

/** How many parts; a power of two, so that twelve random bits choose one. */
export const partsOfTable = 4_096

/** Equally likely values, ascending, `partsOfTable` of them. */
export interface QuantileTable {
  readonly values: Float64Array
}

/**
 * From observations in any order, at least one: each part is the mean of its share of them, so the
 * table's mean is theirs.
 */
export function tableOf(observations: ArrayLike<number>): QuantileTable {
  const sorted = Float64Array.from(observations).sort()
  const count = sorted.length
  const values = new Float64Array(partsOfTable)
  // Observation i fills [i, i + 1) of `count`; part p fills [p, p + 1) of `partsOfTable`. Each part
  // takes what lies in it, by its length.
  for (let part = 0; part < partsOfTable; part++)
    values[part] = meanBetween(
      sorted,
      (part * count) / partsOfTable,
      ((part + 1) * count) / partsOfTable,
    )
  return { values }
}

function meanBetween(sorted: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let at = Math.floor(from); at < to && at < sorted.length; at++)
    sum += (sorted[at] ?? 0) * (Math.min(to, at + 1) - Math.max(from, at))
  return sum / (to - from)
}

/**
 * A log-normal by its median and the sigma of its logarithm; parts are exact means, by the normal
 * distribution function.
 */
export function logNormalTable(median: number, sigma: number): QuantileTable {
  if (sigma === 0) return constantTable(median)
  const mean = median * Math.exp((sigma * sigma) / 2)
  const values = new Float64Array(partsOfTable)
  let below = 0
  // The share of the mean below a quantile z is Phi(z - sigma): the Lorenz curve of a log-normal.
  for (let part = 0; part < partsOfTable; part++) {
    const upTo =
      part + 1 === partsOfTable ? 1 : normalCdf(normalQuantile((part + 1) / partsOfTable) - sigma)
    values[part] = mean * (upTo - below) * partsOfTable
    below = upTo
  }
  return { values }
}

/** Always the same value. */
export function constantTable(value: number): QuantileTable {
  return { values: new Float64Array(partsOfTable).fill(value) }
}

/** An exponential distribution by its mean. */
export function exponentialTable(mean: number): QuantileTable {
  const values = new Float64Array(partsOfTable)
  // The integral of x e^-x from a to b is (a + 1) e^-a - (b + 1) e^-b, with e^-a the share above.
  const above = (part: number): number => 1 - part / partsOfTable
  const held = (share: number): number => (share === 0 ? 0 : (1 - Math.log(share)) * share)
  for (let part = 0; part < partsOfTable; part++)
    values[part] = mean * (held(above(part)) - held(above(part + 1))) * partsOfTable
  return { values }
}

/** Its mean. */
export function meanOf({ values }: QuantileTable): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Its squared coefficient of variation: variance over squared mean. */
export function squaredVariation(table: QuantileTable): number {
  const mean = meanOf(table)
  if (mean === 0) return 0
  let squares = 0
  for (const value of table.values) squares += (value - mean) ** 2
  return squares / table.values.length / mean ** 2
}

/** The same distribution, stretched. */
export function scaledTable({ values }: QuantileTable, factor: number): QuantileTable {
  return { values: values.map((value) => value * factor) }
}

/**
 * Whole numbers in place of a table's parts, none above `most`, with the same sum but for less than
 * 1: what rounding takes from one part goes to the next.
 */
export function wholeTable({ values }: QuantileTable, most = Infinity): Int32Array {
  let [sum, given] = [0, 0]
  return Int32Array.from(values, (value) => {
    sum += Math.min(value, most)
    const own = Math.min(most, Math.max(0, Math.round(sum) - given))
    given += own
    return own
  })
}

// Abramowitz and Stegun 7.1.26 is too coarse for tables; W. J. Cody's rational approximations are
// longer than the series needs to be here.
function normalCdf(z: number): number {
  if (z < -9) return 0
  if (z > 9) return 1
  // Phi(z) = 1/2 + phi(z) (z + z^3/3 + z^5/(3*5) + ...), Marsaglia 2004; converges for all z, to
  // the last digits within |z| < 9.
  let [sum, term] = [z, z]
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (z * z) / odd
    sum += term
  }
  return Math.min(1, Math.max(0, 0.5 + (sum * Math.exp(-(z * z) / 2)) / Math.sqrt(2 * Math.PI)))
}

/** The inverse, by Newton's steps on the distribution function from a logistic guess. */
function normalQuantile(share: number): number {
  let z = -Math.log(1 / share - 1) / 1.702
  for (let step = 0; step < 50; step++) {
    const off = (normalCdf(z) - share) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2)
    z -= off / (1 + (off * z) / 2)
    if (Math.abs(off) < 1e-13) break
  }
  return z
}
