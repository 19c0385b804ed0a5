/**
 * What each arrival of a tenant asks, and under which configuration: questions in turn through an
 * order of the tenant's own, and configurations in turn, shifted by one whenever both would begin
 * anew together. So no configuration is ever ahead of another by more than one arrival between two
 * shifts, and after questions × configurations arrivals every pair was asked once: without the
 * shift, ten questions under two configurations would meet one of them each.
 */
import { randomFor } from '../../../src/base/random.ts'

/** What a plan must know of a tenant. */
export interface LoadTenant {
  readonly id: string
  readonly questions: number
  readonly cells: number
}

/** What a tenant's arrival of some number, counted from 0, asks. */
export interface Turns {
  questionAt(tenant: number, turn: number): number
  cellAt(tenant: number, turn: number): number
}

/** The turns of all tenants. */
export function turnsOf(seed: number, tenants: readonly LoadTenant[]): Turns {
  const orders = tenants.map(({ id, questions }) =>
    Int32Array.from(
      randomFor([seed, 'load', 'questions', id]).shuffle(
        Array.from({ length: questions }, (_each, at) => at),
      ),
    ),
  )
  const cells = Int32Array.from(tenants, (tenant) => tenant.cells)
  const rounds = Float64Array.from(
    tenants,
    (tenant) => (tenant.questions * tenant.cells) / greatestDivisor(tenant.questions, tenant.cells),
  )
  return {
    questionAt(tenant, turn) {
      const order = orders[tenant]
      return order?.[turn % order.length] ?? 0
    },
    cellAt: (tenant, turn) =>
      (turn + Math.floor(turn / (rounds[tenant] ?? 1))) % (cells[tenant] ?? 1),
  }
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other)
}
