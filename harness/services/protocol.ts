/** What the run and the process of the services say to each other. */
import type { ErrorCode } from '../../src/base/errors.ts'
import type { BillLine } from './books/books.ts'
import type { CloneServerAddress } from './postgres/clone-server.ts'
import type { TermsId } from './books/terms.ts'
import type { VendorEndpoint } from './vendors/server.ts'
import type { FaultRates, ServedRequest } from './vendors/world.ts'

/** How the services are to be started. `databaseUrl` is a secret. */
export interface ServiceOptions {
  readonly runId: string
  readonly seed: number
  readonly timeScale: number
  readonly faults: FaultRates
  readonly namespacesPerIndex: number
  readonly indexQuota?: number | null
  /** The terms that the vendors bill on; the list where it is left out. */
  readonly terms?: TermsId
  /** How many times as long as they would the vendors take; 1 where it is left out. */
  readonly slowdown?: number
  /** Where the vendors keep their books, so that they outlive a run that is killed. */
  readonly journal?: string | null
  /** A PostgreSQL server of the user's, or null for the embedded one. */
  readonly databaseUrl: string | null
}

/** Where the services are. All secrets. */
export interface ServiceAddresses {
  readonly adminUrl: string
  readonly openai: VendorEndpoint
  readonly anthropic: VendorEndpoint
  readonly pinecone: VendorEndpoint
}

/** What the services saw: every request with its modelled time, and the month's bill. */
export interface ServiceAccount {
  readonly served: readonly ServedRequest[]
  readonly bill: readonly BillLine[]
  /** What the vendors did wrong, as they know it. */
  readonly incidents: { readonly abortedStreams: number; readonly lateEvents: number }
  /** The most memory that the process of the vendors held; PostgreSQL's processes are not in it. */
  readonly peakMemoryBytes: number
}

/** From the run to the services. */
export type ToServices =
  | { readonly kind: 'start'; readonly options: ServiceOptions }
  | {
      readonly kind: 'start-clone-server'
      readonly majorVersion: number
      readonly runtimeFolder: string | null
    }
  | { readonly kind: 'account'; readonly month: string }
  | { readonly kind: 'stop' }

/** From the services to the run. */
export type FromServices =
  | { readonly kind: 'ready'; readonly addresses: ServiceAddresses }
  | { readonly kind: 'clone-server-ready'; readonly address: CloneServerAddress }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: 'account'; readonly account: ServiceAccount }
  | { readonly kind: 'stopped' }
