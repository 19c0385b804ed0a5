/**
 * A clone's server that several audits of a test share, each of which believes that it has one of
 * its own.
 */
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import {
  startCloneServer,
  type CloneServerOptions,
} from '../../harness/services/postgres/clone-server.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { ThrowawayServer } from '../../src/index.ts'

/** Starts it. Disposing of it ends it; what `lent` gives is not ended by who borrows it. */
export async function openSharedCloneServer(
  options: CloneServerOptions = {},
): Promise<SharedCloneServer> {
  const folder = await takeLease(null)
  const server = await startCloneServer(folder, systemClock, options)
  return {
    lent: async () => ({ ...server, [Symbol.asyncDispose]: async () => undefined }),
    async [Symbol.asyncDispose]() {
      await server.stop()
      await releaseLease(folder)
    },
  }
}

/** A server with a way to lend it, as `openServer` of an audit. */
export interface SharedCloneServer extends AsyncDisposable {
  lent(): Promise<ThrowawayServer>
}
