/**
 * Simulating against the least that it could be: a loop that draws the same log-normal and
 * exponential variates with Math.log and Math.cos and adds up the cost, without queues, tenants,
 * hours, histograms or bills.
 */
import { randomFor } from '../../src/base/random.ts'
import type { BenchCase } from './ratio.ts'

/** A simulation, as whoever knows the engine hands it in. */
export interface SimulateContender {
  readonly id: string
  readonly queries: number
  /** Log-normal variates that it draws for each query. */
  readonly variates: number
  run(): void
}

/** A case for each: queries a second as a share of the loop's. */
export function simulateCases(contenders: readonly SimulateContender[]): readonly BenchCase[] {
  return contenders.map(({ id, queries, variates, run }) => ({
    id: `simulate.${id}`,
    against:
      `a bare loop with ${variates} log-normal variates and an exponential one a query, ` +
      'by Math.log and Math.cos; tables are made before',
    goal: 1,
    ours: { run },
    peer: { run: () => bareLoop(queries, variates) },
  }))
}

/** Prices of a token, in dollars: what is added up is money, as a number. */
const [promptUsd, answerUsd] = [1.5e-7, 6e-7]

/** Draws and adds. Returns the sum, so that nothing of it can be left out. */
export function bareLoop(queries: number, variates: number): number {
  const random = randomFor(['bare-loop'])
  // Seeds of a fast generator: drawing uniform numbers is not what is compared.
  let state = random.integer(1, 0x7fff_ffff)
  const unit = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return ((state >>> 0) + 1) / 0x1_0000_0001
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit())
  let [costUsd, atMs, latencyMs] = [0, 0, 0]
  for (let query = 0; query < queries; query++) {
    atMs -= Math.log(unit())
    for (let stage = 2; stage < variates; stage++) latencyMs += 100 * Math.exp(0.3 * normal())
    costUsd +=
      promptUsd * 1_200 * Math.exp(0.1 * normal()) + answerUsd * 250 * Math.exp(0.35 * normal())
  }
  return costUsd + 1e-12 * (atMs + latencyMs)
}
