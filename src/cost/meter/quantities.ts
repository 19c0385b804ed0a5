/**
 * From physical facts to billed quantities: how a provider turns bytes and requests into the units on its bill. A quantity is a
 * fraction of whole numbers, so nothing is rounded before money is.
 */
import type { ProviderUsage, UsageUnit } from '../../base/usage.ts'
import type { BilledUnit, Fraction, ReadFormula, StoreFormula } from '../prices/price-book.ts'

/** An exact amount of a unit. */
export interface Quantity extends Fraction {
  readonly unit: BilledUnit
}

const bytesPerGigabyte = 1_000_000_000n
/** Hours of a billing month: 365 days / 12, as cloud price lists count it. */
export const hoursPerMonth = 730n

/** Units that are billed as they are counted. */
const countedAsBilled = ['input-tokens', 'cached-input-tokens', 'cache-write-tokens', 'cache-write-1h-tokens', 'output-tokens', 'embedding-tokens', 'rerank-tokens', 'rerank-requests', 'requests'] as const satisfies readonly (UsageUnit & BilledUnit)[]

const whole = (unit: BilledUnit, count: number | bigint): Quantity => ({ unit, numerator: BigInt(count), denominator: 1n })

/** The billed quantities of one usage. Units without use are left out; `formulaAt` is asked only about reads and writes. */
export function billedQuantities({ quantities: used }: Pick<ProviderUsage, 'quantities'>, formulaAt: () => StoreFormula): readonly Quantity[] {
  const queries = BigInt(used.queries ?? 0)
  const requests = BigInt(used['upsert-requests'] ?? 0)
  const counted = countedAsBilled.map((unit) => whole(unit, used[unit] ?? 0))
  const reads = queries > 0n ? [readUnits(formulaAt().read, queries, BigInt(used['namespace-bytes'] ?? 0))] : []
  const writes = requests > 0n ? [writeUnits(formulaAt().write, requests, BigInt(used['upsert-bytes'] ?? 0))] : []
  return [...counted, ...reads, ...writes].filter(({ numerator }) => numerator > 0n)
}

/** All tokens of a prompt: cached and written ones count when a price rises with the length of the prompt. */
export function promptTokensOf({ quantities: used }: Pick<ProviderUsage, 'quantities'>): number {
  return (used['input-tokens'] ?? 0) + (used['cached-input-tokens'] ?? 0) + (used['cache-write-tokens'] ?? 0) + (used['cache-write-1h-tokens'] ?? 0)
}

function readUnits(formula: ReadFormula, queries: bigint, namespaceBytes: bigint): Quantity {
  const { numerator, denominator } = formula.kind === 'per-gigabyte' ? bySizeAlone(formula.least, namespaceBytes) : alongPoints(formula.points, namespaceBytes)
  return { unit: 'read-units', numerator: queries * numerator, denominator }
}

/** A unit a gigabyte of the namespace, and at least so many. */
function bySizeAlone(least: Fraction, bytes: bigint): Fraction {
  return bytes * least.denominator > least.numerator * bytesPerGigabyte ? { numerator: bytes, denominator: bytesPerGigabyte } : least
}

/** Between two points on the line through them; beyond the last on the line through the last two. */
function alongPoints(points: Extract<ReadFormula, { readonly kind: 'by-size' }>['points'], bytes: bigint): Fraction {
  const next = points.findIndex((point) => bytes < point.bytes)
  const at = next < 0 ? points.length - 1 : Math.max(1, next)
  const [from, to] = [points[at - 1], points[at]]
  if (from === undefined || to === undefined) return { numerator: 0n, denominator: 1n }
  const denominator = to.bytes - from.bytes
  const past = bytes > from.bytes ? bytes - from.bytes : 0n
  return { numerator: from.units * denominator + (to.units - from.units) * past, denominator }
}

/** A unit for each started so many bytes, and at least so many a request. */
function writeUnits({ bytesPerUnit, leastUnits }: StoreFormula['write'], requests: bigint, bytes: bigint): Quantity {
  const started = (bytes + bytesPerUnit - 1n) / bytesPerUnit
  return whole('write-units', started > leastUnits * requests ? started : leastUnits * requests)
}

/** Bytes held for so many hours, in GB-months. */
export function storedQuantity(bytes: bigint, hours: bigint): Quantity {
  return { unit: 'storage-gb-months', numerator: bytes * hours, denominator: bytesPerGigabyte * hoursPerMonth }
}
