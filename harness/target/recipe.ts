/**
 * How a target is asked from other threads: each opens an asker by a recipe, and what that was told
 * is read where the run's names are.
 */
import type { TargetConfig } from '../../src/base/target-module.ts'
import type { HttpService } from './http/http-service.ts'
import type { PlainReferenceOptions } from './reference/plain-options.ts'
import type { Target, TargetAnswer, TargetQuestion } from './target.ts'

/** A target as plain data, which is copied to a thread. Each holds secrets. */
export type TargetRecipe =
  | { readonly kind: 'reference'; readonly options: PlainReferenceOptions }
  | {
      readonly kind: 'http'
      readonly service: HttpService
      readonly runId: string
      readonly createsTenants: boolean
      readonly current: ReadonlyMap<string, TargetConfig>
    }

/** Asks a target from a thread of its own. */
export interface Asker extends AsyncDisposable {
  /** Never rejects for what the target does; what comes back is plain data for `interpret`. */
  ask(question: TargetQuestion): Promise<unknown>
}

/** A recipe, and how what its askers are told is read. */
export interface RemoteAsking {
  readonly recipe: TargetRecipe
  interpret(question: TargetQuestion, told: unknown): TargetAnswer
}

/** A target that other threads may be able to ask. */
export interface RunTarget extends Target {
  /** Once tenants are there; null where it can only be asked in the thread that opened it. */
  remote(): RemoteAsking | null
}
