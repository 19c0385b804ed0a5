/** What a load came to, as the record has it. */
import { stages } from '../../src/base/stages.ts'
import type { RecordLoad } from '../../reports/record/record.ts'
import { whyInvalid } from '../load/load-checks.ts'
import { togetherOf, type LoadSeries } from '../measure/load-recorder.ts'
import { fairness, neighbourEffect, type WindowedLatencies } from '../measure/noisy-neighbour.ts'
import type { Sample } from '../measure/sample.ts'
import type { WrittenLoad } from '../scenario/load-schema.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { AskedLoad } from './ask-load.ts'

/** The record's part. `samples` are those that count. */
export function loadRecord(
  scenario: LoadedScenario,
  asked: AskedLoad,
  samples: readonly Sample[],
): RecordLoad {
  const {
    planned: { load, plan },
    outcome,
    facts,
    saturation,
  } = asked
  const { recorder, loops, isThreaded } = outcome
  const total = togetherOf(recorder.cells.values())
  const why = whyInvalid(facts)
  const seconds = load.durationSeconds - load.warmupSeconds
  return {
    verdict: why === null ? 'valid' : 'invalid',
    reason: why ?? 'the generator kept up',
    arrivals: arrivalWords(load),
    durationSeconds: load.durationSeconds,
    warmupSeconds: load.warmupSeconds,
    planned: plan.atMs.length,
    counted: facts.count,
    requestedPerSecond: facts.requestedPerSecond,
    achievedPerSecond: facts.achievedPerSecond,
    answeredPerSecond: total.counts.answered / seconds,
    sendLagMs: { ...recorder.sendLag.percentiles(), max: recorder.sendLag.max() },
    eventLoopDelayMs: {
      p99: Math.max(0, ...loops.map(({ p99Ms }) => p99Ms)),
      max: Math.max(0, ...loops.map(({ maxMs }) => maxMs)),
    },
    generators: loops.length,
    isThreaded,
    total: seriesRecord(total),
    cells: [...recorder.cells]
      .map(([cell, series]) => ({ cell, ...seriesRecord(series) }))
      .toSorted((one, other) => (one.cell < other.cell ? -1 : 1)),
    noisyNeighbour:
      load.aggressor === undefined
        ? null
        : neighbourRecord(scenario, load.aggressor, { load, samples }),
    saturation:
      saturation === null
        ? null
        : { ...saturation, probes: saturation.probes.map((each) => ({ ...each })) },
  }
}

function seriesRecord({
  counts,
  latency,
  uncorrected,
  failures,
  stages: all,
}: LoadSeries): RecordLoad['total'] {
  const shown = stages.flatMap((stage) => {
    const histogram = all.get(stage)
    return histogram === undefined ? [] : [{ stage, ...histogram.percentiles() }]
  })
  return {
    ...counts,
    latencyMs: latency.percentiles(),
    uncorrectedMs: uncorrected.percentiles(),
    failuresMs: failures.percentiles(),
    stages: shown,
  }
}

function arrivalWords({ arrivals }: WrittenLoad): string {
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
      return `${arrivals.kind}, ${arrivals.ratePerSecond} a second`
    case 'gamma':
      return `gamma, ${arrivals.ratePerSecond} a second, burstiness ${arrivals.burstiness}`
    case 'ramp':
      return `ramp, ${arrivals.fromPerSecond} to ${arrivals.toPerSecond} a second`
    case 'diurnal':
      return `diurnal, ${arrivals.meanPerSecond} a second on average, peak ${arrivals.peakToTrough} times the trough`
    case 'trace':
      return `trace ${arrivals.path}, ${arrivals.speed} times as fast`
  }
}

type Aggressor = NonNullable<WrittenLoad['aggressor']>

interface Neighbourhood {
  readonly load: WrittenLoad
  readonly samples: readonly Sample[]
}

function neighbourRecord(
  scenario: LoadedScenario,
  aggressor: Aggressor,
  { load, samples }: Neighbourhood,
): NonNullable<RecordLoad['noisyNeighbour']> {
  const others = samples.filter(
    ({ tenant, window }) => tenant !== aggressor.tenant && window !== null,
  )
  const tierOf = new Map(scenario.tenants.map(({ id, tier }) => [id, tier]))
  const groups = [
    ['everyone else', others] as const,
    ...[...Map.groupBy(others, ({ tenant }) => tierOf.get(tenant) ?? '')].map(
      ([tier, own]) => [`tier ${tier}`, own] as const,
    ),
  ]
  const victims = groups.map(([who, own]) => {
    const { interval, ...effect } = neighbourEffect(windowed(own, load, aggressor), [
      scenario.seed,
      who,
    ])
    return {
      who,
      ...effect,
      low95Pct: interval?.low95 ?? null,
      high95Pct: interval?.high95 ?? null,
    }
  })
  return {
    aggressor: aggressor.tenant,
    extraPerSecond: aggressor.ratePerSecond,
    victims,
    fairness: fairnessOf(scenario, samples),
  }
}

function windowed(
  samples: readonly Sample[],
  { warmupSeconds }: WrittenLoad,
  { onSeconds, offSeconds }: Aggressor,
): WindowedLatencies {
  const period = ({ intendedMs }: Sample): number =>
    Math.floor((intendedMs / 1_000 - warmupSeconds) / (onSeconds + offSeconds))
  const of = (wanted: 'quiet' | 'noisy'): readonly (readonly number[])[] => {
    const own = samples.filter(({ window, outcome }) => window === wanted && outcome === 'answered')
    return [...Map.groupBy(own, period).values()].map((group) =>
      group.map(({ latencyMs }) => latencyMs),
    )
  }
  return { quiet: of('quiet'), noisy: of('noisy') }
}

const starvedBelow = 0.5

/** By the share of its own demand that each tenant got within its objective. */
function fairnessOf(
  scenario: LoadedScenario,
  samples: readonly Sample[],
): NonNullable<RecordLoad['noisyNeighbour']>['fairness'] {
  const objectives = new Map(
    scenario.tenants.map(({ id, latencyObjectiveMs }) => [id, latencyObjectiveMs]),
  )
  const served = (
    window: 'quiet' | 'noisy',
  ): readonly { readonly tenant: string; readonly demanded: number; readonly served: number }[] =>
    [
      ...Map.groupBy(
        samples.filter((each) => each.window === window),
        ({ tenant }) => tenant,
      ),
    ].map(([tenant, own]) => ({
      tenant,
      demanded: own.length,
      served: own.filter(
        ({ outcome, latencyMs }) =>
          outcome === 'answered' && latencyMs <= (objectives.get(tenant) ?? Infinity),
      ).length,
    }))
  const noisy = served('noisy')
  return {
    quiet: fairness(served('quiet')),
    noisy: fairness(noisy),
    starved: noisy
      .filter((each) => each.served < starvedBelow * each.demanded)
      .map(({ tenant }) => tenant)
      .toSorted(),
  }
}
