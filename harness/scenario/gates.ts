/**
 * Gates: one sentence each that a run must satisfy, as in `p95(latency){tenant=A} < 2s`. An
 * aggregation over a metric, which samples, and a limit with its unit; what is wrong with one is
 * told with its column. Read here, judged in harness/run/checks/gates.ts.
 */
import { TenantbenchError } from '../../src/base/errors.ts'

/** How many values become one. `p` carries its percentile as a share. */
export type Aggregation =
  { readonly kind: 'mean' | 'min' | 'max' | 'sum' } | { readonly kind: 'p'; readonly share: number }

/** What a limit may be written in: the factor to the metric's own unit. */
const times = { ms: 1, s: 1_000 } as const
const shares = { '%': 0.01, '': 1 } as const
const plain = { '': 1 } as const

interface MetricKind {
  /** Over samples and aggregated, over samples as it is, or of the whole run. */
  readonly of: 'values' | 'samples' | 'run'
  readonly units: Readonly<Record<string, number>>
  /** Beyond this no limit makes sense. */
  readonly most: number
}

/** Every metric that a gate may name. */
export const gateMetrics = {
  latency: { of: 'values', units: times, most: Infinity },
  own: { of: 'values', units: times, most: Infinity },
  modelled: { of: 'values', units: times, most: Infinity },
  uncorrected: { of: 'values', units: times, most: Infinity },
  promptTokens: { of: 'values', units: plain, most: Infinity },
  completionTokens: { of: 'values', units: plain, most: Infinity },
  cost: { of: 'values', units: plain, most: Infinity },
  recall: { of: 'samples', units: shares, most: 1 },
  accuracy: { of: 'samples', units: shares, most: 1 },
  failures: { of: 'samples', units: shares, most: 1 },
  queries: { of: 'samples', units: plain, most: Infinity },
  leaks: { of: 'run', units: plain, most: Infinity },
  drift: { of: 'run', units: { '%': 1 }, most: Infinity },
} as const satisfies Readonly<Record<string, MetricKind>>

/** A metric's name. */
export type GateMetric = keyof typeof gateMetrics

/** What samples may be chosen by. */
export const gateTags = [
  'tenant',
  'tier',
  'model',
  'topK',
  'rerank',
  'variant',
  'current',
  'kind',
] as const

/** One of the tags. */
export type GateTag = (typeof gateTags)[number]

const operators = ['<=', '>=', '==', '!=', '<', '>'] as const

/**
 * One gate, read. `limit` is in the metric's own unit: milliseconds, dollars, tokens, shares; drift
 * in percent.
 */
export interface Gate {
  readonly text: string
  readonly metric: GateMetric
  readonly aggregation: Aggregation | null
  readonly tags: ReadonlyMap<GateTag, string>
  readonly operator: (typeof operators)[number]
  readonly limit: number
}

/** What is wrong with a gate, and at which character, counted from 0. */
export interface GateFault {
  readonly at: number
  readonly message: string
}

/** Reads a gate; a fault says where it stands. */
export function parseGate(text: string): { readonly gate: Gate } | { readonly fault: GateFault } {
  const reader = new Reader(text)
  try {
    return { gate: readGate(reader) }
  } catch (error) {
    if (reader.fault === null) throw error
    return { fault: reader.fault }
  }
}

/** A fault as people read it, on one line: the column, what stands there, and the sentence. */
export function describeGateFault(text: string, { at, message }: GateFault): string {
  const rest = text.slice(at).trim()
  return `${JSON.stringify(text)}, column ${at + 1}${rest === '' ? '' : `, at ${JSON.stringify(rest)}`}: ${message}`
}

/**
 * Whether something with these tags is chosen; a tag that it does not have chooses nothing away.
 */
export function isChosen(
  tags: Gate['tags'],
  facts: Partial<Readonly<Record<GateTag, string>>>,
): boolean {
  return [...tags].every(([tag, value]) => facts[tag] === undefined || facts[tag] === value)
}

/** A place in a text that moves on over what matches. */
class Reader {
  at = 0
  fault: GateFault | null = null
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  take(pattern: RegExp): string | null {
    const sticky = new RegExp(pattern.source, 'y')
    sticky.lastIndex = this.at
    const [found] = sticky.exec(this.text) ?? [null]
    this.at += found?.length ?? 0
    return found
  }

  skipSpace(): void {
    this.take(/\s*/)
  }

  expect(pattern: RegExp, wanted: string): string {
    this.skipSpace()
    return (
      this.take(pattern) ??
      this.refuse(
        `expected ${wanted}${this.at >= this.text.length ? ', and the text ends here' : ''}`,
      )
    )
  }

  refuse(message: string, at = this.at): never {
    this.fault = { at, message }
    throw new TenantbenchError('TB_SCENARIO_INVALID', { detail: message })
  }
}

function readGate(reader: Reader): Gate {
  reader.skipSpace()
  const start = reader.at
  const first = reader.expect(/[A-Za-z]\w*(\.\d+)?/, 'a metric or an aggregation')
  reader.skipSpace()
  const isCall = reader.take(/\(/) !== null
  reader.skipSpace()
  const metricAt = isCall ? reader.at : start
  const metric = metricOf(reader, isCall ? reader.expect(/\w+/, 'a metric') : first, metricAt)
  if (isCall) reader.expect(/\)/, '")"')
  const aggregation = isCall ? aggregationOf(reader, first, start) : null
  const { of } = gateMetrics[metric]
  if (of === 'values' && aggregation === null)
    reader.refuse(
      `${metric} is one value a query: say which, as in mean(${metric}) or p95(${metric})`,
      metricAt,
    )
  if (of !== 'values' && aggregation !== null)
    reader.refuse(`${metric} is one figure by itself and takes no aggregation`, start)
  const tags = readTags(reader, of === 'run' ? metric : null)
  const operator = operatorOf(reader.expect(/<=|>=|==|!=|<|>/, `one of ${operators.join(' ')}`))
  const limit = readLimit(reader, metric)
  reader.skipSpace()
  if (reader.at < reader.text.length) reader.refuse('nothing more is expected here')
  return { text: reader.text.trim(), metric, aggregation, tags, operator, limit }
}

function metricOf(reader: Reader, word: string, at: number): GateMetric {
  const found = (Object.keys(gateMetrics) as readonly GateMetric[]).find((name) => name === word)
  return (
    found ??
    reader.refuse(
      `there is no metric ${JSON.stringify(word)}; there are ${Object.keys(gateMetrics).join(', ')}`,
      at,
    )
  )
}

function aggregationOf(reader: Reader, word: string, at: number): Aggregation {
  if (word === 'mean' || word === 'min' || word === 'max' || word === 'sum') return { kind: word }
  if (word === 'med' || word === 'median') return { kind: 'p', share: 0.5 }
  const percentile = /^p(\d{1,2}(?:\.\d+)?)$/.exec(word)?.[1]
  return percentile === undefined
    ? reader.refuse(
        `there is no aggregation ${JSON.stringify(word)}; there are mean, min, max, sum, median and p1 to p99.999`,
        at,
      )
    : { kind: 'p', share: Number(percentile) / 100 }
}

function readTags(reader: Reader, whole: string | null): ReadonlyMap<GateTag, string> {
  const tags = new Map<GateTag, string>()
  reader.skipSpace()
  const open = reader.at
  if (reader.take(/\{/) === null) return tags
  if (whole !== null) reader.refuse(`${whole} is of the whole run and takes no selection`, open)
  do {
    reader.skipSpace()
    const at = reader.at
    const word = reader.expect(/\w+/, `one of ${gateTags.join(', ')}`)
    const tag =
      gateTags.find((name) => name === word) ??
      reader.refuse(
        `nothing is chosen by ${JSON.stringify(word)}; there are ${gateTags.join(', ')}`,
        at,
      )
    if (tags.has(tag)) reader.refuse(`${tag} is given twice`, at)
    reader.expect(/=|:/, '"="')
    const value = reader.expect(/"[^"]*"|[^\s,}"]+/, 'a value')
    tags.set(tag, value.startsWith('"') ? value.slice(1, -1) : value)
    reader.skipSpace()
  } while (reader.take(/,/) !== null)
  reader.expect(/\}/, '"," or "}"')
  return tags
}

function operatorOf(found: string): Gate['operator'] {
  return operators.find((each) => each === found) ?? '=='
}

function readLimit(reader: Reader, metric: GateMetric): number {
  reader.skipSpace()
  const at = reader.at
  const number = Number(reader.expect(/-?\d+(\.\d+)?(e-?\d+)?/, 'a number'))
  reader.skipSpace()
  const unit = reader.take(/[A-Za-z%$]+/) ?? ''
  const { units, most }: MetricKind = gateMetrics[metric]
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  const names = Object.keys(units)
    .map((name) => (name === '' ? 'none' : name))
    .join(' or ')
  if (factor === undefined)
    return reader.refuse(
      `${unit === '' ? 'the unit is missing' : `${metric} is not measured in ${JSON.stringify(unit)}`}; ` +
        `${metric} takes ${names}`,
      at,
    )
  const limit = number * factor
  if (limit > most)
    reader.refuse(`a share is at most 1; write ${number}% for ${number} per cent`, at)
  return limit
}
