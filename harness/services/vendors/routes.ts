/** What the vendors' routes share: their form, the key, and breaking a stream off. */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** A plugin of routes. */
export type Routes = (server: FastifyInstance) => Promise<void>

/** Compares keys in constant time. */
export function isKey(given: string | undefined, key: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(key)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** Cuts the connection in the middle of a stream, after what was written has gone out. */
export function breakOff(reply: FastifyReply): FastifyReply {
  setImmediate(() => reply.raw.destroy())
  return reply
}
