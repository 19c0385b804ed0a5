/**
 * A recorded run as a source of prices: its own cells, and those of configurations that it did not
 * have.
 */
import type { RunRecord } from '../../../reports/record/record.ts'
import {
  isSame,
  named,
  type Configuration,
  type Economics,
  type TenantEconomics,
  type VariantEconomics,
} from '../economics.ts'
import { qualitiesOf, qualityFor, type MeasuredQuality } from '../measured-quality.ts'
import { economicsOfRun, type RunSource } from '../run-economics.ts'
import type { TokenProfiles } from '../../simulate/tokens/profile-cache.ts'
import { deriveCells, type DerivedCell } from './derived-cells.ts'
import { meterOf, type PriceSource } from './price-source.ts'
import { qualityWords, type TenantQuality } from './quality-words.ts'

/** What a run is asked beyond its record. */
export interface BeyondRun {
  readonly configurations: readonly Configuration[]
  /** Of the scenario's tenants; null where nothing is derived. */
  readonly profiles: TokenProfiles | null
  /** From other runs, in their order. */
  readonly measured: readonly MeasuredQuality[]
}

const nothingMore: BeyondRun = { configurations: [], profiles: null, measured: [] }

/** The source. Throws TB_USAGE where nothing can be derived. */
export function sourceOfRun(
  run: RunSource,
  { configurations, profiles, measured }: BeyondRun = nothingMore,
): PriceSource {
  const { record } = run
  const derived = profiles === null ? [] : deriveCells({ run, configurations, profiles })
  const extended = withCells(run, derived)
  const qualities = qualitiesBeyond(economicsOfRun(extended), { record, measured })
  const beyond = {
    derived: new Map(derived.map((each) => [keyOf(each.tenant, each.configuration), each])),
    qualities: new Map(qualities.map((each) => [keyOf(each.tenant, each.configuration), each])),
  }
  return {
    kind: 'run',
    runId: record.runId,
    scenario: record.scenario,
    book: run.book,
    meter: meterOf(run.scenario),
    assumptions: [
      ...new Set(record.comparison.flatMap(({ assumptions }) => assumptions)),
      ...configurations.flatMap((each) => derivationWords(each, derived)),
      ...qualityWords(qualities),
    ],
    economics: (book) => {
      const { tenants, leftOut } = economicsOfRun(extended, book)
      return { tenants: tenants.map((tenant) => completed(tenant, beyond)), leftOut }
    },
  }
}

function keyOf(tenant: string, { model, topK, rerank }: Configuration): string {
  return JSON.stringify([tenant, model, topK, rerank])
}

/** The run as if its matrix had had them. */
function withCells(run: RunSource, derived: readonly DerivedCell[]): RunSource {
  const cells = derived.flatMap(({ cell }) => cell ?? [])
  const known = derived.map(({ configuration }) => configuration)
  const variants = known
    .filter((each, at) => known.findIndex((other) => isSame(each, other)) === at)
    .map(({ model, topK, rerank }) => ({ model, topK, rerank, place: [] }))
  return {
    ...run,
    record: { ...run.record, cells: [...run.record.cells, ...cells] },
    scenario: { ...run.scenario, variants: [...run.scenario.variants, ...variants] },
    derived: new Set(cells.map(({ id }) => id)),
  }
}

/** Of what the run itself did not measure. */
function qualitiesBeyond(
  { tenants }: Economics,
  {
    record,
    measured,
  }: { readonly record: RunRecord; readonly measured: readonly MeasuredQuality[] },
): readonly TenantQuality[] {
  const all = [...qualitiesOf(record), ...measured]
  return tenants.flatMap(({ tenant, variants }) => {
    const asked = record.tenants.find((each) => each.tenant === tenant)
    if (asked === undefined) return []
    return variants
      .filter(({ quality }) => quality === null)
      .map(({ model, topK, rerank }) => ({
        tenant,
        configuration: { model, topK, rerank },
        found: qualityFor(asked, { model, topK, rerank }, all),
      }))
  })
}

interface Beyond {
  readonly derived: ReadonlyMap<string, DerivedCell>
  readonly qualities: ReadonlyMap<string, TenantQuality>
}

/** What prices do not change: quality, times, and configurations whose cost nobody knows. */
function completed(tenant: TenantEconomics, { derived, qualities }: Beyond): TenantEconomics {
  const variants = tenant.variants.map((variant): VariantEconomics => {
    const key = keyOf(tenant.tenant, variant)
    const [own, found] = [derived.get(key), qualities.get(key)?.found.quality ?? null]
    return {
      ...variant,
      quality: variant.quality ?? found,
      ...(own === undefined ? {} : { p95Ms: own.p95Ms, timing: own.timing, answered: 0 }),
    }
  })
  const unpriced = [...derived.values()].flatMap(({ tenant: of, configuration, reason }) =>
    of === tenant.tenant && reason !== null ? [{ ...configuration, reason }] : [],
  )
  return { ...tenant, variants, unpriced: [...tenant.unpriced, ...unpriced] }
}

/** What a derived configuration rests on, in sentences. */
function derivationWords(
  configuration: Configuration,
  derived: readonly DerivedCell[],
): readonly string[] {
  const own = derived.filter((each) => isSame(each.configuration, configuration))
  const name = named(configuration)
  if (own.length === 0) return [`${name} was run for every tenant: nothing of it is derived.`]
  const range = (values: readonly number[], written: (value: number) => string): string => {
    const [least, most] = [written(Math.min(...values)), written(Math.max(...values))]
    return least === most ? least : `${least} to ${most}`
  }
  const percent = (value: number): string => (100 * value).toFixed(1)
  const [others, slow, long] = [
    own.filter(({ isModelRun }) => !isModelRun),
    own.filter(({ p95Ms }) => p95Ms === null),
    own.filter(({ cell }) => cell?.infeasible === true),
  ]
  const tenants = (of: readonly DerivedCell[]): string =>
    of
      .slice(0, mostNamed)
      .map(({ tenant }) => tenant)
      .join(', ') + (of.length > mostNamed ? ` and ${of.length - mostNamed} more` : '')
  return [
    `${name} was not run for ${tenants(own)}: prompts are derived from the tenant's own chunks and questions, times what its cells measured over what is derived for them (${range(
      own.map(({ ratio }) => ratio),
      (value) => value.toFixed(3),
    )}); every query is answered. Its interval is that of the nearest configuration that was run, and what prompts (±${range(
      own.map(({ errors }) => errors.prompt),
      percent,
    )} %) and answers (±${range(
      own.map(({ errors }) => errors.answer),
      percent,
    )} %) may be off by: as far as the tenant's cells lie from their mean, and at least 3 %.`,
    ...(others.length === 0
      ? []
      : [
          `No cell of ${tenants(others)} has ${configuration.model}: its answers are taken to ` +
            'be as long as those of the models that were run.',
        ]),
    ...(slow.length === 0
      ? []
      : [
          `The p95 of ${name} is not known for ${tenants(slow)}: no cell has its model ` +
            `${configuration.rerank ? 'with' : 'without'} rerank and enough samples.`,
        ]),
    ...(long.length === 0
      ? []
      : [
          `Of ${name} the longest prompt of ${tenants(long)} does not fit the window of the model.`,
        ]),
  ]
}

const mostNamed = 5
