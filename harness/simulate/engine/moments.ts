/** The moments of a batch of queries, column by column, and putting them in order. */

/** Moments with whose they are. */
export interface Moments {
  /** When, as a weight of the month. */
  readonly weights: Float64Array
  /** Position of the lot. */
  readonly lotOf: Int32Array
  /** The number of the query of its tenant. */
  readonly numbers: Uint32Array
}

/** Columns of so many zeros. */
export function emptyMoments(count: number): Moments {
  return {
    weights: new Float64Array(count),
    lotOf: new Int32Array(count),
    numbers: new Uint32Array(count),
  }
}

/**
 * The same in the order of time; of equal moments the first stays first. A drawer for every two
 * moments, which are spread rather evenly over the month, and what is left out of order is put
 * right one by one: a quarter of the time that sorting pairs takes.
 */
export function inOrder(moments: Moments): Moments {
  const { weights } = moments
  const { length } = weights
  const drawers = Math.max(1, length >> 1)
  const drawerOf = drawersOf(weights, drawers)
  const ends = new Uint32Array(drawers + 1)
  for (let at = 0; at < length; at++) {
    const next = drawerOf(weights[at] as number) + 1
    ends[next] = (ends[next] as number) + 1
  }
  for (let drawer = 0; drawer < drawers; drawer++)
    ends[drawer + 1] = (ends[drawer + 1] as number) + (ends[drawer] as number)
  const sorted = emptyMoments(length)
  for (let at = 0; at < length; at++) {
    const drawer = drawerOf(weights[at] as number)
    const place = ends[drawer] as number
    ends[drawer] = place + 1
    move(moments, at, { to: sorted, place })
  }
  for (let at = 1; at < length; at++)
    if ((sorted.weights[at] as number) < (sorted.weights[at - 1] as number)) putRight(sorted, at)
  return sorted
}

function drawersOf(weights: Float64Array, drawers: number): (weight: number) => number {
  let [least, most] = [Infinity, Number.NEGATIVE_INFINITY]
  for (const weight of weights) {
    if (weight < least) least = weight
    if (weight > most) most = weight
  }
  const scale = most > least ? (drawers - 1) / (most - least) : 0
  return (weight) => Math.floor((weight - least) * scale)
}

function move(
  from: Moments,
  at: number,
  { to, place }: { readonly to: Moments; readonly place: number },
): void {
  to.weights[place] = from.weights[at] as number
  to.lotOf[place] = from.lotOf[at] as number
  to.numbers[place] = from.numbers[at] as number
}

function putRight(sorted: Moments, at: number): void {
  const { weights, lotOf, numbers } = sorted
  const [weight, lot, number] = [weights[at] as number, lotOf[at] as number, numbers[at] as number]
  let place = at
  for (; place > 0 && (weights[place - 1] as number) > weight; place--)
    move(sorted, place - 1, { to: sorted, place })
  weights[place] = weight
  lotOf[place] = lot
  numbers[place] = number
}
