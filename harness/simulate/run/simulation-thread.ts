/** A thread of a simulation: simulates the groups that it is told, one after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { simulateGroup } from '../engine/group.ts'
import type { SimulationPlan } from '../plan.ts'
import type { FromSimulationThread, ToSimulationThread } from './thread-protocol.ts'

function say(message: FromSimulationThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin; windows do
  parentPort?.postMessage(message)
}

const plan = workerData as SimulationPlan

parentPort?.on('message', ({ group }: ToSimulationThread) => {
  if (group === null) return parentPort?.close()
  try {
    say({ kind: 'result', result: simulateGroup(plan, group) })
  } catch (error) {
    say({
      kind: 'failed',
      group,
      code: error instanceof TenantbenchError ? error.code : 'TB_BUG',
      detail: error instanceof TenantbenchError ? (error.detail ?? '') : messageOf(error),
    })
  }
})
