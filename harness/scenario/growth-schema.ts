/**
 * What a description of growth may say: from how many tenants to how many, in what time, how many
 * leave, and which campaigns come on top.
 */
import { z } from 'zod'
import { expectedSignups, lowestRatePerSecond, secondsPerMonth } from './growth-curve.ts'

const mostTenants = 1_000_000
const longestSeconds = 20 * 366 * 86_400
// What rounding may take from a curve that churn alone just follows.
const roundingSignups = 1e-6

// Of numbers out of their range nothing can be computed, so what is wrong with them together is not
// looked at.
const abort = { abort: true } as const
const tenants = z.int(abort).min(0, abort).max(mostTenants, abort)
const seconds = z
  .number()
  .positive({ error: 'a time longer than nothing', ...abort })
  .max(longestSeconds, abort)

/**
 * Signups of one campaign: so many, spread evenly over its time, beside those of the curve. They
 * leave like all others.
 */
const campaignSchema = z.strictObject({
  atSeconds: z.number().min(0).max(longestSeconds),
  signups: z.int().min(1).max(mostTenants),
  overSeconds: seconds,
})

const shape = z.strictObject({
  fromTenants: tenants,
  toTenants: tenants,
  overSeconds: seconds,
  curve: z.enum(['linear', 'exponential']),
  churnPctPerMonth: z
    .number()
    .min(0, abort)
    .lt(100, { error: 'less than 100: at 100 % nobody stays for a moment', ...abort })
    .default(0),
  campaigns: z.array(campaignSchema).max(1_000).default([]),
})

/** Growth as written, with what it leaves out filled in. */
export type WrittenGrowth = z.infer<typeof shape>

/**
 * All of a growth. `toTenants` counts neither campaigns nor those who left: signups of the curve
 * replace them.
 */
export const growthSchema = shape.superRefine((growth, context) => {
  for (const { path, message } of faultsOf(growth))
    context.addIssue({ code: 'custom', path: [...path], message })
})

interface GrowthFault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

function faultsOf(growth: WrittenGrowth): readonly GrowthFault[] {
  const late = growth.campaigns.flatMap(({ atSeconds, overSeconds }, at) =>
    atSeconds + overSeconds <= growth.overSeconds
      ? []
      : [
          {
            path: ['campaigns', at],
            message: `ends after ${atSeconds + overSeconds} s, the growth after ${growth.overSeconds} s`,
          },
        ],
  )
  const curve = curveFault(growth)
  return [...late, ...(curve === null ? sizeFaults(growth) : [curve])]
}

/** What is wrong with the curve itself; of a curve that is none, nothing can be computed. */
function curveFault(growth: WrittenGrowth): GrowthFault | null {
  const { fromTenants, toTenants, overSeconds, curve, churnPctPerMonth } = growth
  const isFlat = fromTenants === toTenants
  if (curve === 'exponential' && !isFlat && fromTenants === 0)
    return {
      path: ['fromTenants'],
      message: 'exponential growth begins with at least one tenant; from 0, write linear',
    }
  if (curve === 'exponential' && !isFlat && toTenants === 0)
    return { path: ['toTenants'], message: 'an exponential curve never reaches 0 tenants' }
  if (toTenants >= fromTenants || lowestRatePerSecond(growth) * overSeconds >= -roundingSignups)
    return null
  const remain = Math.ceil(
    fromTenants * (1 - churnPctPerMonth / 100) ** (overSeconds / secondsPerMonth),
  )
  if (churnPctPerMonth === 0)
    return {
      path: ['toTenants'],
      message: `fewer than fromTenants, and nobody leaves: set churnPctPerMonth, or write at least ${fromTenants}`,
    }
  if (curve === 'linear' && toTenants >= remain)
    return {
      path: ['curve'],
      message: `with a churn of ${churnPctPerMonth} % a month the fleet shrinks exponentially: write exponential`,
    }
  return {
    path: ['toTenants'],
    message:
      `churn of ${churnPctPerMonth} % a month leaves ${remain} of ${fromTenants} ` +
      'tenants: write at least that, or a higher churnPctPerMonth',
  }
}

function sizeFaults(growth: WrittenGrowth): readonly GrowthFault[] {
  const inCampaigns = growth.campaigns.reduce((sum, { signups }) => sum + signups, 0)
  const all = Math.round(growth.fromTenants + expectedSignups(growth) + inCampaigns)
  if (all === 0) return [{ path: ['toTenants'], message: 'nobody is there and nobody comes' }]
  return all <= mostTenants
    ? []
    : [
        {
          path: ['toTenants'],
          message:
            `takes ${all.toLocaleString('en')} tenants in all, with those who leave and are ` +
            `replaced; at most ${mostTenants.toLocaleString('en')} are simulated`,
        },
      ]
}
