/** How long one waits for one of several servers, in closed form: what stands for queues where no queue is simulated. */

/** The share of arrivals that find all servers busy in M/M/c (Erlang 1917), by the stable recursion over Erlang B. */
export function erlangC(count: number, utilisation: number): number {
  if (utilisation >= 1) return 1
  const offered = count * utilisation
  let blocked = 1
  for (let servers = 1; servers <= count; servers++) blocked = (offered * blocked) / (servers + offered * blocked)
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
 * The wait in M/G/c: nobody waits with probability 1 - C; who waits does so for an exponential time. Exact for M/M/c; for other services
 * its mean is scaled by (1 + squared variation) / 2 (Allen and Cunneen, after Kingman 1961).
 */
export function waitOf({ servers, serviceMs, squaredVariation, utilisation }: Station): Wait {
  return { share: erlangC(servers, utilisation), meanMs: (serviceMs / (servers * (1 - utilisation))) * ((1 + squaredVariation) / 2) }
}

// Draws have 32 bits: 0 stands for all below the first step, not for an endless wait.
const halfStep = 2 ** -33

/** One wait: `unit` is uniform in [0, 1). */
export function waitAt({ share, meanMs }: Wait, unit: number): number {
  return unit >= share ? 0 : Math.max(0, -meanMs * Math.log((unit + halfStep) / share))
}
