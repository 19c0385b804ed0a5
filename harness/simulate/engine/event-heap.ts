/** What happens next: a heap of moments with four children a node, in typed arrays. Of two events at one moment the one that was put in first comes first. */

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
  let [times, orders, slots] = [new Float64Array(1_024), new Float64Array(1_024), new Int32Array(1_024)]
  let [size, pushed] = [0, 0]
  const grow = (): void => {
    const grown = <A extends Float64Array | Int32Array>(old: A, fresh: A): A => {
      fresh.set(old)
      return fresh
    }
    times = grown(times, new Float64Array(2 * size))
    orders = grown(orders, new Float64Array(2 * size))
    slots = grown(slots, new Int32Array(2 * size))
  }
  const put = (at: number, time: number, order: number, slot: number): void => {
    times[at] = time
    orders[at] = order
    slots[at] = slot
  }
  const sink = (time: number, order: number, slot: number): void => {
    let at = 0
    for (;;) {
      let least = -1
      let [leastTime, leastOrder] = [time, order]
      const first = 4 * at + 1
      for (let child = first; child < first + 4 && child < size; child++) {
        const childTime = times[child] as number
        if (childTime < leastTime || (childTime === leastTime && (orders[child] as number) < leastOrder)) {
          least = child
          leastTime = childTime
          leastOrder = orders[child] as number
        }
      }
      if (least === -1) break
      put(at, leastTime, leastOrder, slots[least] as number)
      at = least
    }
    put(at, time, order, slot)
  }
  return {
    get size() {
      return size
    },
    nextMs: () => (size === 0 ? Infinity : (times[0] as number)),
    push(atMs, slot) {
      if (size === times.length) grow()
      const order = pushed++
      let at = size++
      while (at > 0) {
        const parent = (at - 1) >> 2
        const parentMs = times[parent] as number
        if (parentMs <= atMs) break
        put(at, parentMs, orders[parent] as number, slots[parent] as number)
        at = parent
      }
      put(at, atMs, order, slot)
    },
    pop() {
      const slot = slots[0] as number
      size--
      if (size > 0) sink(times[size] as number, orders[size] as number, slots[size] as number)
      return slot
    },
  }
}
