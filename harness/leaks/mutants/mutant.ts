/**
 * What a mutant is: one fault that real services have had, as data, planted into the reference
 * system to see whether it is found.
 */
import type { Database } from '../../../src/index.ts'
import type { Layers } from '../../target/reference/layers.ts'

/** The part of the system that is changed. */
export const mutantLayers = [
  'schema',
  'roles',
  'session',
  'vectors',
  'caches',
  'pipeline',
  'ingestion',
  'costs',
  'removal',
] as const
/** One of the parts. */
export type MutantLayer = (typeof mutantLayers)[number]

/**
 * How bad the fault is: another tenant's content; destruction, planting or a way there; existence;
 * inference at a low rate.
 */
export type MutantSeverity = 'critical' | 'high' | 'medium' | 'low'

/** What a layer may use that the system itself has not. `admin` is exempt from row security. */
export interface Planting {
  readonly admin: Database
}

/** A fault. Exactly one of `sql`, `roles` and `layers` plants it. */
export interface Mutant {
  readonly id: string
  /** Id in the catalogue of leak vectors. */
  readonly vector: string
  readonly layer: MutantLayer
  readonly severity: MutantSeverity
  readonly what: string
  /**
   * Run by a superuser in the mutant's own database. {app}, {operator}, {owner} and {database}
   * stand for the names there.
   */
  readonly sql?: string
  /** The same for what belongs to the whole server and must be undone. */
  readonly roles?: { readonly plant: string; readonly undo: string }
  /** New layers for each planting, because they remember. */
  readonly layers?: (planting: Planting) => Layers
  /** Why no tenant can get anything by it that is not its own: then nothing need find it. */
  readonly equivalent?: string
}
