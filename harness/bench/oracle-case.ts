/**
 * What looking for leaks costs: searching everything that one query brought, against the query
 * itself.
 */
import type { BenchCase } from './ratio.ts'

/** Both sides, as whoever knows the oracle and the target hands them in. */
export interface OracleContenders {
  readonly tenants: number
  search(): void
  ask(): Promise<unknown>
}

/**
 * Processor time of our own process on both sides: waiting for the services is not the query's own.
 */
export function oracleCase({ tenants, search, ask }: OracleContenders): BenchCase {
  return {
    id: `leak-oracle.${tenants}-tenants`,
    against: 'the processor time of the query itself; 20 is 5 %',
    goal: 20,
    time: 'processor',
    ours: { run: search },
    peer: { run: ask },
  }
}
