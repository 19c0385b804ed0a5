/**
 * Servers with one queue before them: whoever comes first is served first. Ends of service are the
 * caller's events.
 */

/** So many servers; Infinity never lets anybody wait. */
export interface Servers {
  /** Takes a server now and returns true, or joins the queue. */
  enter(slot: number): boolean
  /** Gives a server back and returns whoever takes it next; -1 when nobody waits. */
  leave(): number
  readonly busy: number
  readonly waiting: number
}

/** Idle servers. */
export function servers(count: number): Servers {
  let ring = new Int32Array(64)
  let [head, waiting, busy] = [0, 0, 0]
  const grow = (): void => {
    const grown = new Int32Array(2 * ring.length)
    for (let at = 0; at < waiting; at++) grown[at] = ring[(head + at) % ring.length] as number
    ring = grown
    head = 0
  }
  return {
    enter(slot) {
      if (busy < count) {
        busy++
        return true
      }
      if (waiting === ring.length) grow()
      ring[(head + waiting++) % ring.length] = slot
      return false
    },
    leave() {
      if (waiting === 0) {
        busy--
        return -1
      }
      const next = ring[head] as number
      head = (head + 1) % ring.length
      waiting--
      return next
    },
    get busy() {
      return busy
    },
    get waiting() {
      return waiting
    },
  }
}
