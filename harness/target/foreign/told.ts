/**
 * What a system that is not ours said to a question, before anything is made of it. Plain data: it
 * may come from another thread.
 */
import { messageOf, TenantbenchError, type ErrorCode } from '../../../src/base/errors.ts'

/** Why there is no answer. */
export interface ToldFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly causes: readonly string[]
}

/** An answer as it came, or why there is none. */
export type Told = { readonly answer: unknown } | { readonly failed: ToldFailure }

/** A failure as plain data. */
export function failureOf(error: unknown): ToldFailure {
  return {
    code: error instanceof TenantbenchError ? error.code : 'TB_BUG',
    message: messageOf(error),
    causes: causesOf(error),
  }
}

/** The messages of an error's causes, the nearest first. */
export function causesOf(error: unknown): readonly string[] {
  return error instanceof Error && error.cause !== undefined
    ? [messageOf(error.cause), ...causesOf(error.cause)]
    : []
}
