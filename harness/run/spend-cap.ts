/**
 * The most that a run may spend, held before each request: what has been spent, what is in flight
 * at its worst, and the next one at its worst must fit. The worst of a request is its largest
 * prompt, and an answer as long as the configuration lets it be.
 */
import type { Clock } from '../../src/base/clock.ts'
import { TenantbenchError } from '../../src/base/errors.ts'
import { formatUsdRounded, picoUsd, sumUsd, zeroUsd, type PicoUsd } from '../../src/base/money.ts'
import type { ProviderUsage } from '../../src/base/usage.ts'
import type { CheckResult } from '../../src/base/verdict.ts'
import { costOfUsage, countTokens } from '../../src/index.ts'
import { chatModelProfile } from '../profiles/chat-models.ts'
import type { Cell } from '../scenario/cells.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { PlannedQuery } from '../workload/workload.ts'
import { frameTokens } from './feasibility.ts'
import type { Prepared } from './prepare.ts'
import type { Spend } from './spend.ts'

/** A cap. */
export interface SpendCap {
  /** Whether one more may be asked; if so, its worst is held until `settle`. */
  mayAsk(query: PlannedQuery): boolean
  settle(query: PlannedQuery): void
  /**
   * The most that may be in flight where nobody asks before each: so many at their worst are a
   * tenth of the cap.
   */
  readonly mostInFlight: number
  /** Whether a load with so many in flight may go on: all of them at their worst must still fit. */
  hasRoomFor(count: number): boolean
  /** Null where the cap was never reached. */
  check(asked: number, planned: number): CheckResult | null
}

/** What a cap is held by. */
export interface SpendCapOptions {
  readonly cap: PicoUsd
  readonly scenario: LoadedScenario
  readonly prepared: Prepared
  readonly spend: Pick<Spend, 'total'>
  /** What earlier sessions of the run have spent. */
  readonly before: PicoUsd
  readonly clock: Clock
}

/** Holds a cap. */
export function holdCap({
  cap,
  scenario,
  prepared,
  spend,
  before,
  clock,
}: SpendCapOptions): SpendCap {
  const worst = new Map<string, PicoUsd>()
  const atMs = clock.nowMs()
  const worstOf = (cell: Cell): PicoUsd => {
    const known = worst.get(cell.id) ?? worstCost(cell, { scenario, prepared, atMs })
    worst.set(cell.id, known)
    return known
  }
  const dearest = prepared.cells
    .map(worstOf)
    .reduce((most, each) => (each > most ? each : most), zeroUsd)
  // Taking the corpora in is paid for as well, and before anything is asked.
  const already = picoUsd(before + ingestCost({ scenario, prepared, atMs }))
  if (already > cap)
    throw new TenantbenchError('TB_USAGE', {
      detail:
        `--max-spend: taking the corpora in comes to $${formatUsdRounded(already, 4)} ` +
        'already, with what earlier sessions have spent.',
    })
  const spent = (): bigint => already + spend.total()
  let [inFlight, isReached] = [0n, false]
  const mayAsk = (query: PlannedQuery): boolean => {
    const next = worstOf(query.cell)
    isReached ||= spent() + inFlight + next > cap
    if (!isReached) inFlight += next
    return !isReached
  }
  return {
    mayAsk,
    mostInFlight: dearest === 0n ? Infinity : Math.max(1, Number((cap - already) / dearest / 10n)),
    hasRoomFor(count) {
      isReached ||= spent() + BigInt(count) * dearest > cap
      return !isReached
    },
    settle: (query) => void (inFlight -= worstOf(query.cell)),
    check(asked, planned) {
      if (!isReached) return null
      const evidence =
        `Stopped at ${asked} of ${planned} queries: ` +
        `$${formatUsdRounded(picoUsd(spent()), 4)} is spent, and one more could have gone ` +
        `beyond the cap of $${formatUsdRounded(cap, 4)}. What was asked is in the record; ` +
        'raise --max-spend, or ask less.'
      return { id: 'spend.cap', verdict: 'inconclusive', evidence }
    },
  }
}

function ingestCost({
  scenario,
  prepared,
  atMs,
}: Pick<SpendCapOptions, 'scenario' | 'prepared'> & { readonly atMs: number }): PicoUsd {
  const tokens = prepared.sizes.flatMap((each) => each.tokens).reduce((sum, each) => sum + each, 0)
  return costOfUsage(
    {
      operation: 'embed',
      provider: 'openai',
      sku: scenario.models.embedding.model,
      attempt: 1,
      outcome: 'completed',
      estimated: true,
      quantities: { 'embedding-tokens': tokens },
    },
    prepared.book,
    atMs,
  )
}

const labelTokens = 4
/** A stream that breaks off is asked again, and each is billed. */
const streamsPerAnswer = 3
/** What the database gives where neither row nor tier says. */
const usualMaxOutputTokens = 1_024

function worstCost(
  { tenantId, variant }: Cell,
  {
    scenario,
    prepared,
    atMs,
  }: Pick<SpendCapOptions, 'scenario' | 'prepared'> & { readonly atMs: number },
): PicoUsd {
  const price = (usage: Omit<ProviderUsage, 'attempt' | 'outcome' | 'estimated'>): PicoUsd =>
    costOfUsage(
      { ...usage, attempt: 1, outcome: 'completed', estimated: true },
      prepared.book,
      atMs,
    )
  const tenant = scenario.tenants.find(({ id }) => id === tenantId)
  const factor = chatModelProfile(variant.model)?.tokenFactor ?? 1
  const question = Math.max(
    0,
    ...(prepared.questions.get(tenantId) ?? []).map(({ text }) => countTokens(text)),
  )
  const passages = (prepared.sizes.find((each) => each.tenant === tenantId)?.tokens ?? [])
    .slice(-variant.topK)
    .reduce((sum, tokens) => sum + tokens + labelTokens, 0)
  const output =
    tenant?.row.maxOutputTokens ??
    (tenant === undefined ? undefined : scenario.tiers[tenant.tier]?.maxOutputTokens) ??
    usualMaxOutputTokens
  const provider = variant.model.startsWith('claude-') ? 'anthropic' : 'openai'
  const chat = price({
    operation: 'chat',
    provider,
    sku: variant.model,
    quantities: {
      'input-tokens': Math.ceil(factor * (frameTokens() + question + passages)),
      'output-tokens': output,
    },
  })
  return picoUsd(
    sumUsd([
      picoUsd(BigInt(streamsPerAnswer) * chat),
      price({
        operation: 'embed',
        provider: 'openai',
        sku: scenario.models.embedding.model,
        quantities: { 'embedding-tokens': question },
      }),
      price({
        operation: 'query',
        provider: 'pinecone',
        sku: 'serverless',
        quantities: { queries: 1 },
      }),
      ...(variant.rerank
        ? [
            price({
              operation: 'rerank',
              provider: 'pinecone',
              sku: scenario.models.reranker,
              quantities: { 'rerank-requests': 1 },
            }),
          ]
        : []),
    ]),
  )
}
