/**
 * What happens next: a heap of moments with four children a node, in typed arrays. Of two events at
 * one moment the one that was put in first comes first.
 */

/** The queue of events. */
export interface EventHeap {
  readonly size: number
  /** The moment of the next event; Infinity of none. */
  nextMs(): number
  push(atMs: number, slot: number): void
  /** Takes the next event out and returns its slot; there must be one. */
  pop(): number
}

/** An empty heap. */
export function eventHeap(): EventHeap {
  let [times, orders, slots] = [
    new Float64Array(1_024),
    new Float64Array(1_024),
    new Int32Array(1_024),
  ]
  let [size, pushed] = [0, 0]
  const grow = (): void => {
    times = grown(times, new Float64Array(2 * size))
    orders = grown(orders, new Float64Array(2 * size))
    slots = grown(slots, new Int32Array(2 * size))
  }
  const move = (to: number, from: number): void => {
    times[to] = times[from] as number
    orders[to] = orders[from] as number
    slots[to] = slots[from] as number
  }
  // The event behind the last one finds its place from the top.
  const sink = (): void => {
    const time = times[size] as number
    const order = orders[size] as number
    let at = 0
    for (;;) {
      let least = size
      let [leastTime, leastOrder] = [time, order]
      const first = 4 * at + 1
      for (let child = first; child < first + 4 && child < size; child++) {
        const childTime = times[child] as number
        if (
          childTime > leastTime ||
          (childTime === leastTime && (orders[child] as number) > leastOrder)
        )
          continue
        least = child
        leastTime = childTime
        leastOrder = orders[child] as number
      }
      move(at, least)
      if (least === size) return
      at = least
    }
  }
  return {
    get size() {
      return size
    },
    nextMs: () => (size === 0 ? Infinity : (times[0] as number)),
    push(atMs, slot) {
      if (size === times.length) grow()
      let at = size++
      while (at > 0) {
        const parent = (at - 1) >> 2
        if ((times[parent] as number) <= atMs) break
        move(at, parent)
        at = parent
      }
      times[at] = atMs
      orders[at] = pushed++
      slots[at] = slot
    },
    pop() {
      const slot = slots[0] as number
      size--
      if (size > 0) sink()
      return slot
    },
  }
}

function grown<A extends Float64Array | Int32Array>(old: A, fresh: A): A {
  fresh.set(old)
  return fresh
}
