/**
 * Our ledger against the provider's bill, component by component, before any adjustment: drift =
 * (allocated - billed) / billed. Up to 5 % passes, up to 10 % warns, beyond that the month must not
 * be closed. Errors that cancel in the total still show.
 */
import { absolute } from '../../base/fraction.ts'
import { picoUsd, sumUsd, usdAsNumber, zeroUsd, type PicoUsd } from '../../base/money.ts'

/** How a component or a month came out. */
export type DriftVerdict = 'pass' | 'warn' | 'stop'

/** A line of a bill or a ledger. */
export interface ComponentAmount {
  readonly component: string
  readonly amount: PicoUsd
}

/** One component compared. `driftPct` is null when nothing was billed. */
export interface ComponentDrift {
  readonly component: string
  readonly allocated: PicoUsd
  readonly billed: PicoUsd
  readonly driftPct: number | null
  readonly verdict: DriftVerdict
}

/** A month compared. */
export interface Reconciliation {
  readonly verdict: DriftVerdict
  readonly components: readonly ComponentDrift[]
  /**
   * All components that are caused by use. A monthly minimum is left out: below it, it takes up
   * every error of its provider.
   */
  readonly usage: ComponentDrift
  readonly total: ComponentDrift
}

/**
 * Limits of drift. A difference below the floor passes: percentages of next to nothing say nothing.
 */
export interface DriftLimits {
  readonly passPct: number
  readonly warnPct: number
  readonly floor: PicoUsd
}

/** 5 and 10 percent; of a bill, differences under a dollar are not worth a stop. */
export const defaultDriftLimits: DriftLimits = {
  passPct: 5,
  warnPct: 10,
  floor: picoUsd(1_000_000_000_000n),
}
/**
 * A run is a sample of a month and costs cents, so its floor is a cent: a dollar would let
 * everything pass.
 */
export const runDriftLimits: DriftLimits = {
  ...defaultDriftLimits,
  floor: picoUsd(10_000_000_000n),
}

const order = ['pass', 'warn', 'stop'] as const

/** Compares. A component that only one side has is compared with nothing. */
export function reconcile(
  allocated: readonly ComponentAmount[],
  billed: readonly ComponentAmount[],
  limits: DriftLimits = defaultDriftLimits,
): Reconciliation {
  const ours = sumByComponent(allocated)
  const theirs = sumByComponent(billed)
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort()
  const components = names.map((component) =>
    driftOf(
      {
        component,
        allocated: ours.get(component) ?? zeroUsd,
        billed: theirs.get(component) ?? zeroUsd,
      },
      limits,
    ),
  )
  const total = driftOver('total', components, limits)
  const usage = driftOver(
    'usage',
    components.filter(({ component }) => !component.endsWith('.minimum')),
    limits,
  )
  const worst = Math.max(
    ...[...components, usage, total].map(({ verdict }) => order.indexOf(verdict)),
  )
  return { verdict: order[worst] ?? 'stop', components, usage, total }
}

function driftOver(
  component: string,
  parts: readonly ComponentDrift[],
  limits: DriftLimits,
): ComponentDrift {
  return driftOf(
    {
      component,
      allocated: sumUsd(parts.map((part) => part.allocated)),
      billed: sumUsd(parts.map((part) => part.billed)),
    },
    limits,
  )
}

function sumByComponent(amounts: readonly ComponentAmount[]): ReadonlyMap<string, PicoUsd> {
  const sums = new Map<string, PicoUsd>()
  for (const { component, amount } of amounts)
    sums.set(component, picoUsd((sums.get(component) ?? 0n) + amount))
  return sums
}

function driftOf(
  pair: Pick<ComponentDrift, 'component' | 'allocated' | 'billed'>,
  limits: DriftLimits,
): ComponentDrift {
  const difference = pair.allocated - pair.billed
  const driftPct =
    pair.billed === 0n ? null : (100 * usdAsNumber(picoUsd(difference))) / usdAsNumber(pair.billed)
  const isTiny = difference <= limits.floor && difference >= -limits.floor
  const verdict =
    isTiny || isWithin(difference, pair.billed, limits.passPct)
      ? 'pass'
      : isWithin(difference, pair.billed, limits.warnPct)
        ? 'warn'
        : 'stop'
  return { ...pair, driftPct, verdict }
}

/** In whole numbers, so that exactly 5 % is 5 %. Limits are good to a thousandth of a percent. */
function isWithin(difference: bigint, billed: bigint, limitPct: number): boolean {
  return (
    billed !== 0n &&
    absolute(difference) * 100_000n <= absolute(billed) * BigInt(Math.round(limitPct * 1_000))
  )
}
