/** A fault of a scenario, at its place from the root: what every check of ours gives. */
import type { Place } from '../../src/base/yaml-input.ts'

/** A fault at a place. */
export interface PlacedFault {
  readonly keys: Place
  readonly message: string
}
