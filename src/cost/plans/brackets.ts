/**
 * Prices by bracket of volume. `graduated`: each query at the price of its own bracket. `volume`:
 * all queries at the price of the bracket that is reached, which makes a cliff where a bracket
 * begins. A bracket's flat amount is due once it is entered; nobody who asks nothing has entered
 * one.
 */
import { z } from 'zod'
import { parseUsd, picoUsd, type PicoUsd } from '../../base/money.ts'
import { dollars, monthlyUsd, someQueries } from './fields.ts'

const bracketSchema = z.strictObject({
  /** The last query of the bracket, counted from 1; null is the open end. */
  upTo: someQueries.nullable(),
  usdPerQuery: dollars,
  flatUsd: dollars.default('0'),
})

const brackets = z
  .array(bracketSchema)
  .min(1, 'at least one bracket')
  .check((context) => {
    const bounds = context.value.map(({ upTo }) => upTo)
    const fault = (at: number, message: string): void =>
      void context.issues.push({
        code: 'custom',
        input: context.value,
        path: [at, 'upTo'],
        message,
      })
    for (const [at, upTo] of bounds.entries()) {
      const before = at === 0 ? 0 : bounds[at - 1]
      if (upTo === null && at < bounds.length - 1)
        fault(at, 'the open bracket (null) is the last one')
      if (upTo !== null && at === bounds.length - 1) fault(at, 'the last bracket is open: null')
      if (upTo !== null && before !== null && before !== undefined && upTo <= before && at > 0)
        fault(at, `brackets ascend without overlap: ${upTo} is not after ${before}`)
    }
  })

/** The schema of graduated brackets. */
export const graduatedSchema = z.strictObject({
  kind: z.literal('graduated'),
  brackets,
  monthlyUsd,
})
/** The schema of volume brackets. */
export const volumeSchema = z.strictObject({ kind: z.literal('volume'), brackets, monthlyUsd })

type Bracketed = z.infer<typeof graduatedSchema> | z.infer<typeof volumeSchema>

/**
 * A stretch of volume over which revenue is a straight line: at its first query, and for each one
 * after that.
 */
export interface Stretch {
  readonly from: bigint
  /** The last query; null is the open end. */
  readonly to: bigint | null
  readonly atFrom: PicoUsd
  readonly perQuery: PicoUsd
}

/** What a month brings in. */
export function bracketedRevenue(plan: Bracketed, queries: bigint): PicoUsd {
  if (queries === 0n) return parseUsd(plan.monthlyUsd)
  const reached = bracketStretches(plan).find(({ to }) => to === null || queries <= to)
  return reached === undefined
    ? parseUsd(plan.monthlyUsd)
    : picoUsd(reached.atFrom + reached.perQuery * (queries - reached.from))
}

/** A plan is asked for many volumes: its stretches are made on the first question. */
const known = new WeakMap<Bracketed, readonly Stretch[]>()

/** The stretches from the first query on. */
export function bracketStretches(plan: Bracketed): readonly Stretch[] {
  const found = known.get(plan) ?? stretchesOf(plan)
  known.set(plan, found)
  return found
}

function stretchesOf(plan: Bracketed): readonly Stretch[] {
  const stretches: Stretch[] = []
  let paid: bigint = parseUsd(plan.monthlyUsd)
  for (const { upTo, usdPerQuery, flatUsd } of plan.brackets) {
    const from = (stretches.at(-1)?.to ?? 0n) + 1n
    const [perQuery, flat, to] = [
      parseUsd(usdPerQuery),
      parseUsd(flatUsd),
      upTo === null ? null : BigInt(upTo),
    ]
    const atFrom =
      plan.kind === 'graduated'
        ? paid + flat + perQuery
        : parseUsd(plan.monthlyUsd) + flat + perQuery * from
    stretches.push({ from, to, atFrom: picoUsd(atFrom), perQuery })
    if (to !== null) paid = atFrom + perQuery * (to - from)
  }
  return stretches
}
