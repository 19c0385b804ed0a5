/**
 * Why a product's day differs. In this order, each on what the ones before leave: rounding of the
 * line, price, mix of units, then the difference in use, which goes by requests where the provider
 * counts them: more than ours are retries billed again as far as there were retries, and unmetered
 * beyond; fewer have not been billed yet. With the same requests it is what the provider never told
 * us (broken streams, lost usage), as far as there was any, and a difference of quantity for the
 * rest.
 */
import { picoUsd } from '../../base/money.ts'
import { absolute, type Fraction, zeroFraction } from '../../base/fraction.ts'
import { roundedUsd } from '../charge.ts'
import type { CauseId, GapPart } from './cause.ts'
import type { ProductDay, UnitPair } from './products.ts'

const cent = 10_000_000_000n
const promptUnits: ReadonlySet<string | null> = new Set([
  'input-tokens',
  'cached-input-tokens',
  'cache-write-tokens',
  'cache-write-1h-tokens',
])

/**
 * The parts of a product's day: they add up to its gap. `isLast` says that the day is among those
 * that a bill may still miss.
 */
export function attribute(day: ProductDay, isLast: boolean): readonly GapPart[] {
  const parts = day.units.flatMap((pair) => lineParts(day, pair))
  const mix = mixOf(day)
  const gap = day.units.reduce((sum, pair) => sum + useGap(pair), 0n)
  if (mix !== 0n)
    parts.push(
      part(day, { cause: 'mix', usd: mix, why: 'the same tokens are billed as another kind' }),
    )
  return [...parts, ...useParts(day, { gap: gap - mix, isLast })].filter(({ usd }) => usd !== 0n)
}

interface Explanation {
  readonly cause: CauseId
  readonly usd: bigint
  readonly why: string
  /** All events of the day where it is left out. */
  readonly events?: bigint
}

function part(
  { component, sku, dayMs, events: all }: ProductDay,
  { cause, usd, why, events = all }: Explanation,
): GapPart {
  return { cause, usd: picoUsd(usd), component, sku, dayMs, events, why }
}

function times(quantity: Fraction, price: Fraction): bigint {
  return roundedUsd({
    numerator: quantity.numerator * price.numerator,
    denominator: quantity.denominator * price.denominator,
  })
}

/** What the bill's quantity costs by our book; without quantity or price, what is billed. */
function atOurPrice({ theirQuantity, theirs, price }: UnitPair): bigint {
  return theirQuantity === null || price === null ? theirs : times(theirQuantity, price)
}

/** The gap that is use: our amount less the bill's quantity at our price. */
function useGap(pair: UnitPair): bigint {
  return pair.ours - atOurPrice(pair)
}

/** What the line itself explains: rounding to cents, or another price. */
function lineParts(day: ProductDay, pair: UnitPair): GapPart[] {
  const off = atOurPrice(pair) - pair.theirs
  if (off === 0n) return []
  const magnitude = absolute(off)
  const lines = BigInt(Math.max(1, pair.lines))
  if (magnitude <= lines)
    return [part(day, { cause: 'rounding', usd: off, why: 'less than a pico-dollar a line' })]
  if (pair.theirs % cent === 0n && magnitude <= cent * lines)
    return [part(day, { cause: 'rounding', usd: off, why: 'the line is in whole cents' })]
  return [
    part(day, {
      cause: 'price',
      usd: off,
      why: "the bill's own quantity costs another amount by the price book",
    }),
  ]
}

/**
 * About as many prompt tokens, about as often asked, but more of one kind and less of another: what
 * that alone is worth, at the bill's own number of tokens. Where much of ours is an estimate, its
 * kinds are estimated too, and nothing is said.
 */
function mixOf({ units, events, requests, estimated }: ProductDay): bigint {
  const prompt = units.filter(({ unit }) => promptUnits.has(unit))
  if (
    prompt.length < 2 ||
    prompt.some(({ theirQuantity, price }) => theirQuantity === null || price === null) ||
    estimated * 50n > events
  )
    return 0n
  if (requests !== null && distance(requests, events) * 50n > events) return 0n
  const [ours, theirs] = [
    prompt.reduce((sum, { ourQuantity }) => sum + whole(ourQuantity), 0n),
    prompt.reduce((sum, { theirQuantity }) => sum + whole(theirQuantity), 0n),
  ]
  if (ours === 0n || theirs === 0n || distance(ours, theirs) * 50n > ours) return 0n
  const expected = prompt.map(({ ourQuantity, theirQuantity, price }) => ({
    ours: (whole(ourQuantity) * theirs) / ours,
    theirs: whole(theirQuantity),
    price: price ?? zeroFraction,
  }))
  const moved = expected.reduce((most, each) => larger(most, distance(each.ours, each.theirs)), 0n)
  if (moved * 100n < theirs) return 0n
  return expected.reduce(
    (sum, each) => sum + times({ numerator: each.ours - each.theirs, denominator: 1n }, each.price),
    0n,
  )
}

function whole(fraction: Fraction | null): bigint {
  return fraction === null ? 0n : fraction.numerator / fraction.denominator
}

function distance(one: bigint, other: bigint): bigint {
  return one > other ? one - other : other - one
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}

interface Use {
  readonly gap: bigint
  readonly isLast: boolean
}

/** The difference in use. */
function useParts(day: ProductDay, { gap, isLast }: Use): readonly GapPart[] {
  if (gap === 0n) return []
  const { events, requests } = day
  const billed = day.units.reduce((sum, pair) => sum + atOurPrice(pair), 0n)
  if (
    day.units.every(
      ({ theirQuantity, lines }) =>
        lines === 0 || (theirQuantity !== null && theirQuantity.numerator === 0n),
    ) &&
    billed === 0n
  )
    return [
      part(day, {
        cause: isLast ? 'timing' : 'quantity',
        usd: gap,
        why: isLast ? 'not on the bill yet' : 'not on the bill at all',
      }),
    ]
  if (events === 0n)
    return [
      part(day, {
        cause: 'unmetered',
        usd: gap,
        why: 'on the bill and never metered',
        events: requests ?? 0n,
      }),
    ]
  if (requests === null)
    return gap > 0n && isLast && billed * 2n < gap
      ? [part(day, { cause: 'timing', usd: gap, why: 'mostly not on the bill yet' })]
      : withoutCounts(day, gap, billed / events)
  if (requests > events) return moreRequests({ ...day, requests }, gap, billed / requests)
  const late =
    requests < events
      ? within(
          gap,
          ((events - requests) * day.units.reduce((sum, { ours }) => sum + ours, 0n)) / events,
        )
      : 0n
  const parts =
    late > 0n
      ? [
          part(day, {
            cause: 'timing',
            usd: late,
            why: `${events - requests} requests are not on the bill yet`,
            events: events - requests,
          }),
        ]
      : []
  return [...parts, ...untold(day, gap - (late > 0n ? late : 0n), billed / events)]
}

/** As much of an amount as lies between nothing and a limit of either sign. */
function within(amount: bigint, limit: bigint): bigint {
  if (limit >= 0n) return amount <= 0n ? 0n : amount < limit ? amount : limit
  return amount >= 0n ? 0n : amount > limit ? amount : limit
}

function moreRequests(
  day: ProductDay & { readonly requests: bigint },
  gap: bigint,
  each: bigint,
): readonly GapPart[] {
  const extra = day.requests - day.events
  const again = extra < day.retried ? extra : day.retried
  // Where retries explain every request too many, they explain what these cost; an average request
  // is only the measure between the two.
  const isAllRetries = extra <= day.retried
  const duplicated =
    isAllRetries && day.estimated * 20n < extra
      ? within(gap, -2n * again * each)
      : within(gap, -again * each)
  const beyond = within(gap - duplicated, -((extra - again) * each) * (isAllRetries ? 0n : 2n))
  const rest = gap - duplicated - beyond
  return [
    part(day, {
      cause: 'duplicated',
      usd: duplicated,
      why: `${again} requests more than ours, of calls that were retried`,
      events: again,
    }),
    part(day, {
      cause: 'unmetered',
      usd: beyond,
      why: `${extra - again} requests more than ours, and no retries to explain them`,
      events: extra - again,
    }),
    ...untold(day, rest, each),
  ]
}

function otherQuantities({ units }: ProductDay): string {
  return units.some(({ theirQuantity }) => theirQuantity === null)
    ? 'the bill gives no quantities, so nothing more can be said'
    : 'the bill counts other quantities'
}

/** As many requests, but other quantities: usage that no answer told, then quantity. */
function untold(day: ProductDay, gap: bigint, each: bigint): readonly GapPart[] {
  const limit = 2n * day.estimated * each
  const unmetered = within(gap, gap < 0n ? -limit : limit)
  return [
    part(day, {
      cause: 'unmetered',
      usd: unmetered,
      why: `${day.estimated} answers whose usage the provider never told`,
      events: day.estimated,
    }),
    part(day, { cause: 'quantity', usd: gap - unmetered, why: otherQuantities(day) }),
  ]
}

function withoutCounts(day: ProductDay, gap: bigint, each: bigint): readonly GapPart[] {
  const limit = 2n * day.estimated * each
  const unmetered = within(gap, gap < 0n ? -limit : limit)
  const duplicated = within(gap - unmetered, -2n * day.retried * each)
  return [
    part(day, {
      cause: 'unmetered',
      usd: unmetered,
      why: `${day.estimated} answers whose usage the provider never told`,
      events: day.estimated,
    }),
    part(day, {
      cause: 'duplicated',
      usd: duplicated,
      why: `${day.retried} calls were retried, and the provider counts no requests`,
      events: day.retried,
    }),
    part(day, { cause: 'quantity', usd: gap - unmetered - duplicated, why: otherQuantities(day) }),
  ]
}
