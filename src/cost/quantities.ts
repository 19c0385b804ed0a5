/**
 * From physical facts to billed quantities: how a provider turns bytes and requests into the units on its bill. A quantity is a
 * fraction of whole numbers, so nothing is rounded before money is.
 */
import type { ProviderUsage } from '../base/usage.ts'
import type { BilledUnit } from './price-book.ts'

/** An exact amount of a unit. */
export interface Quantity {
  readonly unit: BilledUnit
  readonly numerator: bigint
  readonly denominator: bigint
}

const bytesPerReadUnit = 1_000_000_000n
const leastBytesPerRead = 250_000_000n
const bytesPerWriteUnit = 1_000n
const leastWriteUnits = 5n
const bytesPerGigabyte = 1_000_000_000n
/** Hours of a billing month: 365 days / 12, as cloud price lists count it. */
export const hoursPerMonth = 730n

const whole = (unit: BilledUnit, count: number | bigint): Quantity => ({ unit, numerator: BigInt(count), denominator: 1n })

/** The billed quantities of one usage. Units without use are left out. */
export function billedQuantities(usage: Pick<ProviderUsage, 'quantities'>): readonly Quantity[] {
  const used = usage.quantities
  const quantities = [
    whole('input-tokens', used['input-tokens'] ?? 0),
    whole('output-tokens', used['output-tokens'] ?? 0),
    whole('embedding-tokens', used['embedding-tokens'] ?? 0),
    whole('rerank-requests', used['rerank-requests'] ?? 0),
    readUnits(BigInt(used.queries ?? 0), BigInt(used['namespace-bytes'] ?? 0)),
    writeUnits(BigInt(used['upsert-requests'] ?? 0), BigInt(used['upsert-bytes'] ?? 0)),
  ]
  return quantities.filter(({ numerator }) => numerator > 0n)
}

/** A query reads 1 unit per GB of its namespace, at least 0.25 (Pinecone docs, "Understanding cost", since 2025-07-01). */
function readUnits(queries: bigint, namespaceBytes: bigint): Quantity {
  const bytes = namespaceBytes > leastBytesPerRead ? namespaceBytes : leastBytesPerRead
  return { unit: 'read-units', numerator: queries * bytes, denominator: bytesPerReadUnit }
}

/** An upsert request writes 1 unit per started KB, at least 5 (same page). */
function writeUnits(requests: bigint, bytes: bigint): Quantity {
  const started = (bytes + bytesPerWriteUnit - 1n) / bytesPerWriteUnit
  return whole('write-units', requests === 0n ? 0n : started > leastWriteUnits * requests ? started : leastWriteUnits * requests)
}

/** Bytes held for so many hours, in GB-months. */
export function storedQuantity(bytes: bigint, hours: bigint): Quantity {
  return { unit: 'storage-gb-months', numerator: bytes * hours, denominator: bytesPerGigabyte * hoursPerMonth }
}
