/**
 * Who would leave a tier if everybody took the plan that is cheapest for them, and what that would
 * cost us.
 */
import { picoUsd, sumUsd, usdAsNumber, type PicoUsd } from '../../src/base/money.ts'
import { revenueOf } from '../../src/index.ts'
import type { TenantEconomics } from './economics.ts'
import type { Plans } from './tier-margins.ts'

/** A tenant that would move. */
export interface Mover {
  readonly tenant: string
  readonly from: string
  readonly to: string
  readonly paysUsd: PicoUsd
  readonly wouldPayUsd: PicoUsd
}

/** The movers. Revenue is null without a plan for every tier. */
export interface Movers {
  readonly movers: readonly Mover[]
  readonly revenueBeforeUsd: PicoUsd | null
  readonly revenueAfterUsd: PicoUsd | null
  /** What the answer assumes, as a sentence. */
  readonly assumption: string
  readonly reason: string | null
}

/** The usual saving, in percent of what is paid, for which people change their plan. */
export const usualSwitchPct = 20

/**
 * Finds the movers. Nobody moves for less than `switchWhenSavingPct` of what they pay, and nobody
 * for nothing.
 */
export function moversBetween(
  tenants: readonly TenantEconomics[],
  plans: Plans,
  switchWhenSavingPct: number = usualSwitchPct,
): Movers {
  const assumption =
    'A tenant changes to the plan that is cheapest at its volume once that saves at ' +
    `least ${switchWhenSavingPct} % of what it pays; what else a tier offers is left out.`
  const without = tenants.find(({ tier }) => !plans.has(tier))
  if (tenants.length === 0 || without !== undefined)
    return {
      movers: [],
      revenueBeforeUsd: null,
      revenueAfterUsd: null,
      assumption,
      reason:
        without === undefined ? 'there are no tenants' : `the tier ${without.tier} has no plan`,
    }
  const choices = tenants.map((tenant) => choiceOf(tenant, plans, switchWhenSavingPct))
  return {
    movers: choices
      .filter(({ from, to }) => from !== to)
      .toSorted((one, other) =>
        Number(other.paysUsd - other.wouldPayUsd - (one.paysUsd - one.wouldPayUsd)),
      ),
    revenueBeforeUsd: sumUsd(choices.map(({ paysUsd }) => paysUsd)),
    revenueAfterUsd: sumUsd(choices.map(({ wouldPayUsd }) => wouldPayUsd)),
    assumption,
    reason: null,
  }
}

/** Where a tenant goes; `to` is where it is when it stays. */
function choiceOf(
  { tenant, tier, queriesPerMonth }: TenantEconomics,
  plans: Plans,
  switchWhenSavingPct: number,
): Mover {
  const prices = [...plans].map(([name, plan]) => ({
    name,
    usd: revenueOf(plan, BigInt(queriesPerMonth)),
  }))
  const paysUsd = prices.find(({ name }) => name === tier)?.usd ?? picoUsd(0n)
  const cheapest = prices.reduce((best, each) => (each.usd < best.usd ? each : best), {
    name: tier,
    usd: paysUsd,
  })
  const saving = usdAsNumber(picoUsd(paysUsd - cheapest.usd))
  const isWorthIt = saving > 0 && 100 * saving >= switchWhenSavingPct * usdAsNumber(paysUsd)
  return {
    tenant,
    from: tier,
    to: isWorthIt ? cheapest.name : tier,
    paysUsd,
    wouldPayUsd: isWorthIt ? cheapest.usd : paysUsd,
  }
}
