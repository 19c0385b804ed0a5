/** Opens the system that the scenario names. */
import { openForeignSystem } from './foreign-system.ts'
import { openReferenceSystem, type SystemOptions } from './reference-system.ts'
import type { OpenSystem } from './system.ts'

/** The reference system, or one that is not ours. */
export function openSystem(options: SystemOptions): Promise<OpenSystem> {
  const { target } = options.prepared
  return target.kind === 'reference'
    ? openReferenceSystem(options)
    : openForeignSystem(options, target)
}
