/**
 * A load as a run drives it, in virtual time: the very arrivals of its plan, with the limits that
 * the run has. Every configuration of a tenant is a segment of the only month, so that what is
 * asked under each is priced by itself.
 */
import { billGroup } from '../bill/group-bill.ts'
import type { EventEngine } from '../engine/engine.ts'
import { eventEngine } from '../engine/event-engine.ts'
import { accountOf } from '../engine/fates.ts'
import { fifoEngine, isFifo } from '../engine/fifo-engine.ts'
import { promptsAt, seriesOfLot } from '../engine/grain.ts'
import { drawKeys, drawn } from '../engine/draws.ts'
import type { GroupResult } from '../engine/group.ts'
import type { Asker } from '../engine/request.ts'
import { usageSums, type UsageSums } from '../engine/usage-sums.ts'
import type { LoadPlan } from '../../workload/load/plan-load.ts'
import type { PlannedMonth, SimulationPlan } from '../plan.ts'

/** A load to simulate. */
export interface LoadToSimulate {
  readonly plan: SimulationPlan
  readonly load: LoadPlan
  /**
   * By tenant: the positions of its configurations in the plan, in the order of the load's cells.
   */
  readonly cells: readonly (readonly number[])[]
}

/** Simulates it. */
export function simulateLoad({ plan, load, cells }: LoadToSimulate): GroupResult {
  const month = plan.months[0] as PlannedMonth
  const options = {
    startMs: month.fromMs,
    stages: plan.stages,
    limits: plan.limits,
    rates: plan.rates,
  }
  const engine = isFifo(options) ? fifoEngine(options) : eventEngine(options)
  const tenants = plan.fleet.ids.length
  const sums = usageSums(tenants, month.segments.length, plan.cliffs)
  const askers = askersOf({ plan, cells }, engine, sums)
  const numbers = new Float64Array(tenants)
  for (let at = 0; at < load.atMs.length; at++) {
    const tenant = load.tenant[at] as number
    const cell = load.cell[at] as number
    const { asker, prompts } = (askers[tenant] as readonly OpenAsker[])[cell] as OpenAsker
    const number = numbers[tenant] as number
    numbers[tenant] = number + 1
    engine.arrive({
      atMs: month.fromMs + (load.atMs[at] as number),
      number,
      promptTokens: plan.prompts[
        prompts + (drawn(asker.keys[0] as number, asker.keys[1] as number, number) >>> 20)
      ] as number,
      asker,
    })
  }
  engine.runUntil(Infinity)
  return {
    group: 0,
    tally: engine.tally,
    bills: [billGroup({ plan, first: 0, end: tenants }, month, sums)],
    queries: numbers,
  }
}

interface OpenAsker {
  readonly asker: Asker
  readonly prompts: number
}

function askersOf(
  { plan, cells }: Pick<LoadToSimulate, 'plan' | 'cells'>,
  engine: EventEngine,
  sums: UsageSums,
): readonly (readonly OpenAsker[])[] {
  return cells.map((own, tenant) => {
    const keys = drawKeys(plan.seed, plan.fleet.ids[tenant] as string)
    return own.map((variant): OpenAsker => ({
      prompts: promptsAt(plan, { tenant, variant }),
      asker: {
        keys,
        variant: plan.variants[variant] as Asker['variant'],
        series: seriesOfLot(engine.tally, plan, { tenant, variant }),
        account: accountOf(sums, tenant, variant),
      },
    }))
  })
}
