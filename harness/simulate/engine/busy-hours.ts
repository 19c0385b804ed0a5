/**
 * How busy each hour is, and what that makes a query wait on average: what the grains that simulate
 * no queue put in the place of one. Below 70 % the closed form is close; above it queues of one
 * hour reach into the next, and only `event` is right.
 */
import { hourMs } from '../../../src/base/clock.ts'
import { waitOf, type Wait } from '../models/wait.ts'
import type { PlannedMonth, PlannedVariant, Segment, SimulationPlan } from '../plan.ts'
import { attemptsOf, repeatWaitMs } from './fates.ts'
import { promptsAt, type Group } from './grain.ts'

/** What a query waits for. */
export type Resource =
  'places in the service' | 'connections' | 'requests a minute' | 'tokens a minute'

/** The busiest hour of a group in a month. */
export interface BusiestHour {
  readonly utilisation: number
  readonly resource: Resource
  /** For people: the provider of a limit. */
  readonly of: string
  readonly atMs: number
}

/** A month's hours. */
export interface BusyHours {
  /** Null where nothing is limited. */
  readonly busiest: BusiestHour | null
  /** By hour of the calendar month; null where nothing is waited for in this way. */
  readonly admission: readonly Wait[] | null
  readonly connection: readonly Wait[] | null
}

/** Up to this utilisation a closed form stands for a queue. */
export const highestUtilisation = 0.7

/** Looks at a month. */
export function busyHours(group: Group, month: PlannedMonth): BusyHours {
  const { limits } = group.plan
  if (limits.maxInFlight === null && limits.connections === null && limits.providers.length === 0)
    return { busiest: null, admission: null, connection: null }
  const arrivals = arrivalsByHour(group, month)
  const admission: Wait[] | null = limits.maxInFlight === null ? null : []
  const connection: Wait[] | null = limits.connections === null ? null : []
  let busiest: BusiestHour | null = null
  for (const segment of month.segments) {
    const mix = mixOf(group, segment)
    for (let hour = segment.fromHour; hour < segment.toHour; hour++) {
      const perHour = arrivals[hour] as number
      if (admission !== null)
        admission[hour] = waitIn(limits.maxInFlight ?? 1, { ...mix.service, perHour })
      if (connection !== null)
        connection[hour] = waitIn(limits.connections ?? 1, { ...mix.hydrate, perHour })
      for (const each of demandsOf(group.plan, mix, perHour))
        if (busiest === null || each.utilisation > busiest.utilisation)
          busiest = { ...each, atMs: month.fromMs + (hour - month.firstHour) * hourMs }
    }
  }
  return { busiest, admission, connection }
}

/** Queries expected in each hour that reach a provider at all. */
function arrivalsByHour({ plan, first, end }: Group, month: PlannedMonth): Float64Array {
  const { queriesPerMonth, fromMs, untilMs } = plan.fleet
  const startMs = month.fromMs - month.firstHour * hourMs
  const changes = new Float64Array(month.hoursOfMonth + 1)
  const clipped = (atMs: number): number =>
    Math.min(month.hoursOfMonth, Math.max(0, Math.floor((atMs - startMs) / hourMs)))
  for (let tenant = first; tenant < end; tenant++) {
    const [from, to] = [
      clipped(fromMs[tenant] as number),
      clipped((untilMs[tenant] as number) + hourMs - 1),
    ]
    changes[from] = (changes[from] as number) + (queriesPerMonth[tenant] as number)
    changes[to] = (changes[to] as number) - (queriesPerMonth[tenant] as number)
  }
  const total = month.weightSums[month.hoursOfMonth] as number
  const arrivals = new Float64Array(month.hoursOfMonth)
  let perMonth = 0
  for (let hour = 0; hour < month.hoursOfMonth; hour++) {
    perMonth += changes[hour] as number
    const weight = (month.weightSums[hour + 1] as number) - (month.weightSums[hour] as number)
    arrivals[hour] = (perMonth * month.volume * weight * (1 - plan.rates.cachedAnswers)) / total
  }
  return arrivals
}

interface Service {
  readonly serviceMs: number
  readonly squaredVariation: number
}

/** What a query of the group takes and asks for, on average over its tenants' volumes. */
interface Mix {
  readonly service: Service
  readonly hydrate: Service
  readonly rerankShare: number
  /** Of calls and tokens, by the provider of the model. */
  readonly chatShare: Readonly<Record<'openai' | 'anthropic', number>>
  readonly chatTokens: Readonly<Record<'openai' | 'anthropic', number>>
}

function mixOf({ plan, first, end }: Group, { epoch }: Segment): Mix {
  const { stages, variants, fleet, prompts } = plan
  const volume = new Float64Array(variants.length)
  const promptTokens = new Float64Array(variants.length)
  let total = 0
  for (let tenant = first; tenant < end; tenant++) {
    const variant = plan.variantOf[epoch]?.[tenant] as number
    const own = fleet.queriesPerMonth[tenant] as number
    total += own
    volume[variant] = (volume[variant] as number) + own
    // The middle of its table is near enough for how busy a limit of tokens is.
    promptTokens[variant] =
      (promptTokens[variant] as number) +
      own * (prompts[promptsAt(plan, { tenant, variant }) + 2_048] as number)
  }
  const moments = variants.map((variant) =>
    withRepeats(
      plan,
      variant,
      momentsOf(
        [
          stages.embedMs,
          stages.retrieveMs,
          stages.hydrateMs,
          ...(variant.rerank ? [stages.rerankMs] : []),
          variant.firstTokenMs,
          stages.otherMs,
        ],
        variant,
      ),
    ),
  )
  const attempts = attemptsOf(plan)
  const weigh = (of: (variant: PlannedVariant, at: number) => number): number =>
    total === 0
      ? 0
      : variants.reduce(
          (sum, variant, at) => sum + ((volume[at] as number) / total) * of(variant, at),
          0,
        )
  const mean = weigh((_variant, at) => moments[at]?.mean ?? 0)
  const square = weigh((_variant, at) => moments[at]?.square ?? 0)
  const hydrate = momentsOf([stages.hydrateMs], null)
  const shareOf = (provider: string): number =>
    weigh((variant) => Number(variant.provider === provider))
  const tokensOf = (provider: string): number =>
    total === 0
      ? 0
      : variants.reduce(
          (sum, variant, at) =>
            sum +
            (variant.provider === provider
              ? (promptTokens[at] as number) / total +
                ((volume[at] as number) / total) * (moments[at]?.answer ?? 0)
              : 0),
          0,
        )
  return {
    service: {
      serviceMs: mean,
      squaredVariation: mean === 0 ? 0 : Math.max(0, square / mean ** 2 - 1),
    },
    hydrate: {
      serviceMs: hydrate.mean,
      squaredVariation:
        hydrate.mean === 0 ? 0 : Math.max(0, hydrate.square / hydrate.mean ** 2 - 1),
    },
    rerankShare: weigh(({ rerank }) => Number(rerank)),
    chatShare: { openai: attempts * shareOf('openai'), anthropic: attempts * shareOf('anthropic') },
    chatTokens: {
      openai: attempts * tokensOf('openai'),
      anthropic: attempts * tokensOf('anthropic'),
    },
  }
}

interface Moments {
  readonly mean: number
  readonly square: number
  readonly answer: number
}

/**
 * With the attempts that go wrong: broken streams take their first token and half of the rest,
 * unavailable models a wait. That the last attempt may go wrong too, and which repeats come
 * together, makes little of a difference as long as most attempts succeed.
 */
function withRepeats(
  { rates: { abortedStreams, unavailable }, limits }: SimulationPlan,
  variant: PlannedVariant,
  { mean, square, answer }: Moments,
): Moments {
  const broken = momentsOf(
    [
      variant.firstTokenMs,
      halved(
        variant.msPerToken,
        average(variant.answerTokens, (value) => value),
      ),
    ],
    null,
  )
  let [ownMean, ownSquare, reached] = [0, 0, 1]
  for (let attempt = 1; attempt < limits.attempts; attempt++) {
    const waitMs = repeatWaitMs(attempt, 0.5)
    ownMean += reached * (abortedStreams * broken.mean + unavailable * waitMs)
    ownSquare += reached * (abortedStreams * broken.square + unavailable * waitMs * waitMs)
    reached *= abortedStreams + unavailable
  }
  const variance = square - mean * mean + Math.max(0, ownSquare - ownMean * ownMean)
  return { mean: mean + ownMean, square: variance + (mean + ownMean) ** 2, answer }
}

function halved(msPerToken: Float64Array, tokens: number): Float64Array {
  return msPerToken.map((each) => (each * tokens) / 2)
}

/**
 * Mean and mean square of a sum of independent tables, and of the product of answer and speed where
 * there is one.
 */
function momentsOf(tables: readonly Float64Array[], variant: PlannedVariant | null): Moments {
  let [mean, variance] = [0, 0]
  const add = (own: number, square: number): void => {
    mean += own
    variance += square - own * own
  }
  for (const table of tables)
    add(
      average(table, (value) => value),
      average(table, (value) => value * value),
    )
  const answer = variant === null ? 0 : average(variant.answerTokens, (value) => value)
  if (variant !== null) {
    const squares =
      average(variant.answerTokens, (value) => value * value) *
      average(variant.msPerToken, (value) => value * value)
    add(answer * average(variant.msPerToken, (value) => value), squares)
  }
  return { mean, square: variance + mean * mean, answer }
}

function average(table: Float64Array | Int32Array, of: (value: number) => number): number {
  let sum = 0
  for (const value of table) sum += of(value)
  return sum / table.length
}

/**
 * What `waitOf` needs; at full use and beyond there is no steady wait, and the grains refuse or
 * tell none.
 */
function waitIn(
  servers: number,
  { serviceMs, squaredVariation, perHour }: Service & { readonly perHour: number },
): Wait {
  return waitOf({
    servers,
    serviceMs,
    squaredVariation,
    utilisation: Math.min(0.99, (perHour * serviceMs) / (servers * hourMs)),
  })
}

function demandsOf(
  { limits }: SimulationPlan,
  mix: Mix,
  perHour: number,
): readonly Omit<BusiestHour, 'atMs'>[] {
  const perMinute = perHour / 60
  const calls = {
    openai: 1 + mix.chatShare.openai,
    anthropic: mix.chatShare.anthropic,
    pinecone: 1 + mix.rerankShare,
  }
  return [
    ...(limits.maxInFlight === null
      ? []
      : [
          {
            resource: 'places in the service' as const,
            of: 'the service',
            utilisation: (perHour * mix.service.serviceMs) / (limits.maxInFlight * hourMs),
          },
        ]),
    ...(limits.connections === null
      ? []
      : [
          {
            resource: 'connections' as const,
            of: 'the pool',
            utilisation: (perHour * mix.hydrate.serviceMs) / (limits.connections * hourMs),
          },
        ]),
    ...limits.providers.flatMap(({ provider, requestsPerMinute, tokensPerMinute }) => [
      ...(requestsPerMinute === null
        ? []
        : [
            {
              resource: 'requests a minute' as const,
              of: provider,
              utilisation: (perMinute * calls[provider]) / requestsPerMinute,
            },
          ]),
      ...(tokensPerMinute === null || provider === 'pinecone'
        ? []
        : [
            {
              resource: 'tokens a minute' as const,
              of: provider,
              utilisation: (perMinute * mix.chatTokens[provider]) / tokensPerMinute,
            },
          ]),
    ]),
  ]
}
