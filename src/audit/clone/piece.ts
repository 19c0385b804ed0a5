/** Statements that make parts of the clone. */
import { messageOf } from '../../base/errors.ts'
import type { Abstention } from '../../base/finding.ts'

/** A part made by the superuser: it runs none of the database's code. */
export interface Piece {
  /** What is abstained from when it cannot be made. */
  readonly object: string
  readonly sql: string
}

/**
 * A part made over a connection of its owner, because defaults, expressions and bounds run as
 * whoever makes it.
 */
export interface OwnedPiece extends Piece {
  readonly owner: string
  /** Another way, where the first is not possible on this version or for this kind of object. */
  readonly otherwise?: string
}

/**
 * Makes pieces until no more of them succeeds; what depends on a later one succeeds in the next
 * round. `make` throws where a piece cannot be made; what is left over is abstained from.
 */
export async function makeAll<P extends Piece>(
  pieces: readonly P[],
  make: (piece: P) => Promise<unknown>,
): Promise<readonly Abstention[]> {
  let waiting = pieces
  for (;;) {
    const failed: { readonly piece: P; readonly message: string }[] = []
    for (const piece of waiting) {
      await make(piece).catch((error: unknown) => failed.push({ piece, message: messageOf(error) }))
    }
    if (failed.length === 0 || failed.length === waiting.length) {
      return failed.map(({ piece: { object }, message }) => ({
        object,
        reason: `It cannot be rebuilt on the clone: ${message}.`,
      }))
    }
    waiting = failed.map(({ piece }) => piece)
  }
}
