/**
 * From physical facts to billed quantities: how a provider turns bytes and requests into the units
 * on its bill. A quantity is a fraction of whole numbers, so nothing is rounded before money is.
 */
import type { ProviderUsage, UsageUnit } from '../../base/usage.ts'
import type { Fraction } from '../../base/fraction.ts'
import type { BilledUnit, ReadFormula, StoreFormula } from '../prices/price-book.ts'

/** An exact amount of a unit. */
export interface Quantity extends Fraction {
  readonly unit: BilledUnit
}

const bytesPerGigabyte = 1_000_000_000n
/** Hours of a billing month: 365 days / 12, as cloud price lists count it. */
export const hoursPerMonth = 730n

/** Units that are billed as they are counted. */
const countedAsBilled = [
  'input-tokens',
  'cached-input-tokens',
  'cache-write-tokens',
  'cache-write-1h-tokens',
  'output-tokens',
  'embedding-tokens',
  'rerank-tokens',
  'rerank-requests',
  'requests',
] as const satisfies readonly (UsageUnit & BilledUnit)[]

const whole = (unit: BilledUnit, count: number | bigint): Quantity => ({
  unit,
  numerator: BigInt(count),
  denominator: 1n,
})

/**
 * Units of which a provider bills what one event has, and not the sum over events: these stand for
 * each event of a group.
 */
export const perEventUnits = [
  'namespace-bytes',
  'upsert-requests',
  'upsert-bytes',
] as const satisfies readonly UsageUnit[]

/**
 * Use to be billed: of one event, or of several that are alike in the units that are billed event
 * by event. The others are sums.
 */
export interface BillableUse {
  readonly quantities: Readonly<Partial<Record<UsageUnit, number | bigint>>>
  /** How many events; 1 where it is left out. */
  readonly events?: bigint
}

/**
 * The billed quantities of a use. Units without use are left out; `formulaAt` is asked only about
 * reads and writes.
 */
export function billedQuantities(
  { quantities: used, events = 1n }: BillableUse,
  formulaAt: () => StoreFormula,
): readonly Quantity[] {
  const found: Quantity[] = []
  for (const unit of countedAsBilled) {
    const count = used[unit]
    if (count !== undefined && count > 0) found.push(whole(unit, count))
  }
  const queries = BigInt(used.queries ?? 0)
  const requests = BigInt(used['upsert-requests'] ?? 0)
  if (queries > 0n)
    found.push(readUnits(formulaAt().read, queries, BigInt(used['namespace-bytes'] ?? 0)))
  if (requests > 0n)
    found.push(
      writeUnits(formulaAt().write, { requests, bytes: BigInt(used['upsert-bytes'] ?? 0), events }),
    )
  const byteHours = BigInt(used['byte-hours'] ?? 0)
  if (byteHours > 0n) found.push(storedQuantity(byteHours, 1n))
  return found
}

/**
 * All tokens of a prompt: cached and written ones count when a price rises with the length of the
 * prompt.
 */
export function promptTokensOf({ quantities: used }: Pick<ProviderUsage, 'quantities'>): number {
  return (
    (used['input-tokens'] ?? 0) +
    (used['cached-input-tokens'] ?? 0) +
    (used['cache-write-tokens'] ?? 0) +
    (used['cache-write-1h-tokens'] ?? 0)
  )
}

function readUnits(formula: ReadFormula, queries: bigint, namespaceBytes: bigint): Quantity {
  const { numerator, denominator } =
    formula.kind === 'per-gigabyte'
      ? roundedUp(bySizeAlone(formula.least, namespaceBytes), formula.step)
      : alongPoints(formula.points, namespaceBytes)
  return { unit: 'read-units', numerator: queries * numerator, denominator }
}

/** A unit a gigabyte of the namespace, and at least so many. */
function bySizeAlone(least: Fraction, bytes: bigint): Fraction {
  return bytes * least.denominator > least.numerator * bytesPerGigabyte
    ? { numerator: bytes, denominator: bytesPerGigabyte }
    : least
}

/** The next multiple of a step. */
function roundedUp({ numerator, denominator }: Fraction, step: Fraction | null): Fraction {
  if (step === null || step.numerator === 0n) return { numerator, denominator }
  const [top, bottom] = [numerator * step.denominator, denominator * step.numerator]
  return {
    numerator: ((top + bottom - 1n) / bottom) * step.numerator,
    denominator: step.denominator,
  }
}

/**
 * Between two points on the line through them; beyond the last on the line through the last two.
 */
function alongPoints(
  points: Extract<ReadFormula, { readonly kind: 'by-size' }>['points'],
  bytes: bigint,
): Fraction {
  const next = points.findIndex((point) => bytes < point.bytes)
  const at = next < 0 ? points.length - 1 : Math.max(1, next)
  const [from, to] = [points[at - 1], points[at]]
  if (from === undefined || to === undefined) return { numerator: 0n, denominator: 1n }
  const denominator = to.bytes - from.bytes
  const past = bytes > from.bytes ? bytes - from.bytes : 0n
  return { numerator: from.units * denominator + (to.units - from.units) * past, denominator }
}

/** A unit for each started so many bytes, and at least so many a request. */
function writeUnits(
  { bytesPerUnit, leastUnits }: StoreFormula['write'],
  {
    requests,
    bytes,
    events,
  }: { readonly requests: bigint; readonly bytes: bigint; readonly events: bigint },
): Quantity {
  const started = (bytes + bytesPerUnit - 1n) / bytesPerUnit
  return whole(
    'write-units',
    events * (started > leastUnits * requests ? started : leastUnits * requests),
  )
}

/** Bytes held for so many hours, in GB-months. */
export function storedQuantity(bytes: bigint, hours: bigint): Quantity {
  return {
    unit: 'storage-gb-months',
    numerator: bytes * hours,
    denominator: bytesPerGigabyte * hoursPerMonth,
  }
}
