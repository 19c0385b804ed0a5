/**
 * What an instance of the reference system is composed of, as plain data that another thread can be
 * handed.
 */
import type {
  CapacityLimits,
  ProviderEndpoints,
  RoleLogins,
  SharedModels,
} from '../../../src/index.ts'

/**
 * Without layers, clock and listeners: those are functions and stay where they are. `logins` and
 * `endpoints` are secrets.
 */
export interface PlainReferenceOptions {
  readonly logins: RoleLogins
  readonly endpoints: ProviderEndpoints
  readonly models: SharedModels
  readonly capacity: CapacityLimits
  readonly indexPrefix: string
  readonly maxConnections: number
}

/**
 * The plain part of options; null where layers are laid over the system, which no other thread
 * could have.
 */
export function plainOptions(options: PlainReferenceOptions): PlainReferenceOptions | null {
  const { logins, endpoints, models, capacity, indexPrefix, maxConnections } = options
  const hasLayers = Object.entries(options).some(
    ([name, value]) => name.startsWith('decorate') && value !== undefined,
  )
  return hasLayers ? null : { logins, endpoints, models, capacity, indexPrefix, maxConnections }
}
