/**
 * The quality of a configuration that a tenant was not asked under, from cells that were measured:
 * the tenant's own in another run, its own with less and more top_k, or the same configuration at
 * other tenants. What none of them covers stays not measured.
 */
import type { RunRecord } from '../../reports/record/record.ts'
import { wilsonInterval, type Interval } from '../measure/intervals.ts'
import { studentsT } from '../measure/students-t.ts'
import { isSame, type Configuration, type VariantEconomics } from './economics.ts'

/** The quality of a variant. */
export type Quality = NonNullable<VariantEconomics['quality']>

/**
 * Who was asked: a name, and how much there is to read. Two of one name with other documents are
 * not the same tenant.
 */
export interface AskedTenant {
  readonly tenant: string
  readonly documents: number
  readonly words: number
}

/** A configuration as a tenant was asked under it. */
export interface MeasuredQuality {
  readonly asked: AskedTenant
  readonly configuration: Configuration
  readonly quality: Quality
}

/** What was found, and from where; or why nothing was. */
export type FoundQuality =
  | { readonly quality: Quality; readonly from: 'measured' | 'between' | 'others' }
  | { readonly quality: null; readonly reason: string }

/** How many tenants a prediction for another takes. */
export const leastTenants = 3

/** All that a record has measured. */
export function qualitiesOf({
  cells,
  tenants,
}: Pick<RunRecord, 'cells' | 'tenants'>): readonly MeasuredQuality[] {
  return cells.flatMap(
    ({
      tenant,
      variant: { model, topK, rerank },
      quality: { questions, answerAccuracy: share, low95, high95, source },
    }) => {
      const asked = tenants.find((each) => each.tenant === tenant)
      if (asked === undefined || questions === 0) return []
      return [
        {
          asked: { tenant, documents: asked.documents, words: asked.words },
          configuration: { model, topK, rerank },
          quality: { share, low95, high95, questions, source },
        },
      ]
    },
  )
}

/**
 * Finds it: exactly, else between two top_k of the tenant's own, else as a prediction from other
 * tenants. Of several the first counts.
 */
export function qualityFor(
  tenant: AskedTenant,
  configuration: Configuration,
  measured: readonly MeasuredQuality[],
): FoundQuality {
  const own = measured.filter(({ asked }) => isSameTenant(asked, tenant))
  const exact = own.find((each) => isSame(each.configuration, configuration))
  if (exact !== undefined) return { quality: exact.quality, from: 'measured' }
  const between = betweenTwo(configuration, own)
  if (between !== null) return { quality: between, from: 'between' }
  const others = firstOfEach(measured.filter((each) => isSame(each.configuration, configuration)))
  if (others.length >= leastTenants)
    return { quality: predicted(others.map(({ quality }) => quality)), from: 'others' }
  return {
    quality: null,
    reason:
      others.length === 0
        ? 'nobody was asked under it'
        : `only ${others.length} of the ${leastTenants} tenants that a prediction takes ` +
          `${others.length === 1 ? 'was' : 'were'} asked under it`,
  }
}

function isSameTenant(one: AskedTenant, other: AskedTenant): boolean {
  return (
    one.tenant === other.tenant && one.documents === other.documents && one.words === other.words
  )
}

function firstOfEach(measured: readonly MeasuredQuality[]): readonly MeasuredQuality[] {
  return [
    ...Map.groupBy(measured, ({ asked: { tenant, documents, words } }) =>
      JSON.stringify([tenant, documents, words]),
    ).values(),
  ].flatMap(([first]) => first ?? [])
}

/**
 * On the line between the nearest top_k below and above; the interval covers both of theirs, for
 * nobody knows the curve between them.
 */
function betweenTwo(
  { model, topK, rerank }: Configuration,
  own: readonly MeasuredQuality[],
): Quality | null {
  const line = own
    .filter(({ configuration: each }) => each.model === model && each.rerank === rerank)
    .toSorted((one, other) => one.configuration.topK - other.configuration.topK)
  const below = line.findLast((each) => each.configuration.topK < topK)
  const above = line.find((each) => each.configuration.topK > topK)
  if (below === undefined || above === undefined) return null
  const way =
    (topK - below.configuration.topK) / (above.configuration.topK - below.configuration.topK)
  const share = below.quality.share + way * (above.quality.share - below.quality.share)
  const hull = {
    low95: Math.min(below.quality.low95, above.quality.low95),
    high95: Math.max(below.quality.high95, above.quality.high95),
  }
  return {
    share,
    ...hull,
    questions: questionsFor(share, hull),
    source: sourceOf([below.quality, above.quality]),
  }
}

/**
 * For a tenant like these: the mean of their shares with Student's prediction interval for one
 * more, t sd sqrt(1 + 1/m), and at least Wilson's interval of all their questions together.
 */
function predicted(qualities: readonly Quality[]): Quality {
  const count = qualities.length
  const share = qualities.reduce((sum, each) => sum + each.share, 0) / count
  const deviation = Math.sqrt(
    qualities.reduce((sum, each) => sum + (each.share - share) ** 2, 0) / (count - 1),
  )
  const half = studentsT.inv(0.975, count - 1) * deviation * Math.sqrt(1 + 1 / count)
  const together = wilsonInterval(
    qualities.reduce((sum, each) => sum + each.share * each.questions, 0),
    qualities.reduce((sum, { questions }) => sum + questions, 0),
  )
  const interval = {
    low95: Math.max(0, Math.min(share - half, together.low95)),
    high95: Math.min(1, Math.max(share + half, together.high95)),
  }
  return {
    share,
    ...interval,
    questions: questionsFor(share, interval),
    source: sourceOf(qualities),
  }
}

/** Measured only where all of it is. */
function sourceOf(qualities: readonly Quality[]): Quality['source'] {
  return qualities.every(({ source }) => source === 'measured') ? 'measured' : 'modelled'
}

const mostQuestions = 1_000_000

/**
 * As many questions as would leave an interval so wide: what the probability and "ask N more" then
 * count with. At least 1.
 */
export function questionsFor(share: number, { low95, high95 }: Interval): number {
  const isAsWide = (questions: number): boolean => {
    const of = wilsonInterval(share * questions, questions)
    return of.high95 - of.low95 >= high95 - low95
  }
  let [least, most] = [1, mostQuestions]
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (isAsWide(middle)) least = middle
    else most = middle - 1
  }
  return least
}
