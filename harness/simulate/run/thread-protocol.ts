/** What a simulation and its threads say to each other. */
import type { ErrorCode } from '../../../src/base/errors.ts'
import type { GroupResult } from '../engine/group.ts'

/** The next group, or null: there is none left. */
export interface ToSimulationThread {
  readonly group: number | null
}

/** What came of a group. */
export type FromSimulationThread =
  | { readonly kind: 'result'; readonly result: GroupResult }
  | {
      readonly kind: 'failed'
      readonly group: number
      readonly code: ErrorCode
      readonly detail: string
    }
