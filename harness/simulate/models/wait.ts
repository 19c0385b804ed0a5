/**
 * How long one waits for one of several servers, in closed form: what stands for queues where no
 * queue is simulated.
 */

/**
 * The share of arrivals that find all servers busy in M/M/c (Erlang 1917), by the stable recursion
 * over Erlang B.
 */
export function erlangC(count: number, utilisation: number): number {
  if (utilisation >= 1) return 1
  const offered = count * utilisation
  let blocked = 1
  for (let servers = 1; servers <= count; servers++)
    blocked = (offered * blocked) / (servers + offered * blocked)
  return blocked / (1 - utilisation * (1 - blocked))
}

/** Servers, what serving takes, and how busy they are. */
export interface Station {
  readonly servers: number
  readonly serviceMs: number
  /** Variance of the time of service over its squared mean. */
  readonly squaredVariation: number
  readonly utilisation: number
}

/** Who waits, and how long those do on average. */
export interface Wait {
  readonly share: number
  readonly meanMs: number
}

/**
 * The wait in M/G/c: nobody waits with probability 1 - C; who waits does so for an exponential
 * time. Exact for M/M/c; for services that vary less the mean lies between that and the mean of
 * M/D/c, by their squared variation (Kingman 1961 for one server; Cosmetatos 1976).
 */
export function waitOf({ servers, serviceMs, squaredVariation, utilisation }: Station): Wait {
  const ofConstant = (1 + beyondHalf(servers, utilisation)) / 2
  const factor =
    squaredVariation >= 1
      ? (1 + squaredVariation) / 2
      : squaredVariation + (1 - squaredVariation) * ofConstant
  return {
    share: erlangC(servers, utilisation),
    meanMs: (serviceMs / (servers * (1 - utilisation))) * factor,
  }
}

/**
 * By how much the mean wait of M/D/c is more than half of that of M/M/c: nothing of one server,
 * more of many that are idle often. Never above the whole.
 */
function beyondHalf(servers: number, utilisation: number): number {
  return utilisation === 0
    ? 0
    : Math.min(
        1,
        ((1 - utilisation) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) /
          (16 * utilisation * servers),
      )
}

// Draws have 32 bits: 0 stands for all below the first step, not for an endless wait.
const halfStep = 2 ** -33

/** One wait: `unit` is uniform in [0, 1). */
export function waitAt({ share, meanMs }: Wait, unit: number): number {
  return unit >= share ? 0 : Math.max(0, -meanMs * Math.log((unit + halfStep) / share))
}
