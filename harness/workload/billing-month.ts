/**
 * A month of calls as data, made from the seed before the first is recorded: who called what, what
 * it really used, and what our meter heard of it. Days before and after the month are in it too,
 * because bills are not always cut where months are.
 */
import { dayMs, hourMs, monthBounds } from '../../src/base/clock.ts'
import { randomFor, type Random } from '../../src/base/random.ts'
import type { Operation, ProviderUsage } from '../../src/base/usage.ts'

/** How often calls go wrong, as shares. */
export interface CallRates {
  /** Streams that break off: billed in full, and heard of as far as they came. */
  readonly aborted: number
  /** Answers whose usage never came: heard of by our own count, which is short. */
  readonly untold: number
  /** Calls that were refused once and succeeded on the second attempt. */
  readonly retried: number
}

/** What is planned. */
export interface BillingMonthPlan {
  readonly seed: number
  readonly month: string
  readonly tenants: number
  readonly queriesPerTenant: number
  readonly rates: CallRates
}

/** One call. */
export interface PlannedCall {
  readonly tenant: string
  readonly requestId: string
  readonly atMs: number
  readonly operation: Operation
  readonly provider: string
  readonly sku: string
  readonly attempt: number
  /** What it used, and what of that the meter has. */
  readonly used: ProviderUsage['quantities']
  readonly metered: ProviderUsage['quantities']
  readonly outcome: 'completed' | 'aborted'
  readonly estimated: boolean
}

const models = [
  { provider: 'openai', sku: 'gpt-4o-mini', cachedShare: 0.2 },
  { provider: 'openai', sku: 'gpt-4-turbo', cachedShare: 0 },
  { provider: 'openai', sku: 'gpt-4o', cachedShare: 0.3 },
  { provider: 'anthropic', sku: 'claude-haiku-4-5', cachedShare: 0 },
  { provider: 'openai', sku: 'gpt-3.5-turbo', cachedShare: 0 },
] as const
const ingestsPerTenant = 20

/** The tenants of a plan, in order. */
export function tenantsOf({ tenants }: BillingMonthPlan): readonly string[] {
  return Array.from(
    { length: tenants },
    (_each, at) => `tenant-${String(at + 1).padStart(String(tenants).length, '0')}`,
  )
}

/**
 * The calls of one tenant: its queries in the month, a day's worth before it and two after it,
 * ingest and storage.
 */
export function* callsOf(plan: BillingMonthPlan, tenant: string): Iterable<PlannedCall> {
  const { fromMs, toMs } = monthBounds(plan.month)
  const at = tenantsOf(plan).indexOf(tenant)
  const random = randomFor([plan.seed, 'billing-month', tenant])
  const profile = {
    tenant,
    rates: plan.rates,
    model: models[at % models.length] ?? models[0],
    topK: 3 + (at % 4) * 3,
    rerank: at % 2 === 0,
    namespaceBytes: at % 25 === 7 ? 1_200_000_000 : 2_000_000 + at * 400_000,
    random,
  }
  const perDay = Math.max(1, Math.round((plan.queriesPerTenant * dayMs) / (toMs - fromMs)))
  for (let query = 0; query < plan.queriesPerTenant; query++)
    yield* queryCalls(
      profile,
      `${tenant}-q${query}`,
      fromMs + Math.floor(random.unit() * (toMs - fromMs)),
    )
  for (let query = 0; query < perDay; query++)
    yield* queryCalls(
      profile,
      `${tenant}-before${query}`,
      fromMs - Math.ceil(random.unit() * dayMs),
    )
  for (let query = 0; query < 2 * perDay; query++)
    yield* queryCalls(profile, `${tenant}-after${query}`, toMs + Math.floor(random.unit() * dayMs))
  yield* ingestCalls(profile, { fromMs, toMs })
}

interface Profile {
  readonly tenant: string
  readonly rates: CallRates
  readonly model: (typeof models)[number]
  readonly topK: number
  readonly rerank: boolean
  readonly namespaceBytes: number
  readonly random: Random
}

type Called = Pick<PlannedCall, 'operation' | 'provider' | 'sku' | 'used'>

function* queryCalls(profile: Profile, requestId: string, atMs: number): Iterable<PlannedCall> {
  const { random, topK, namespaceBytes } = profile
  yield told(
    profile,
    { requestId, atMs },
    {
      operation: 'embed',
      provider: 'openai',
      sku: 'text-embedding-3-small',
      used: { 'embedding-tokens': random.integer(8, 40) },
    },
  )
  yield told(
    profile,
    { requestId, atMs },
    {
      operation: 'query',
      provider: 'pinecone',
      sku: 'serverless',
      used: { queries: 1, 'namespace-bytes': namespaceBytes },
    },
  )
  if (profile.rerank)
    yield told(
      profile,
      { requestId, atMs },
      {
        operation: 'rerank',
        provider: 'pinecone',
        sku: 'bge-reranker-v2-m3',
        used: { 'rerank-requests': 1 },
      },
    )
  const prompt = 300 + topK * random.integer(250, 330)
  const cached = random.unit() < 0.6 ? Math.floor(prompt * profile.model.cachedShare) : 0
  const output = Math.max(20, Math.round(random.logNormal(220, 0.5)))
  yield chatCall(
    profile,
    { requestId, atMs },
    {
      operation: 'chat',
      provider: profile.model.provider,
      sku: profile.model.sku,
      used: {
        'input-tokens': prompt - cached,
        ...(cached > 0 ? { 'cached-input-tokens': cached } : {}),
        'output-tokens': output,
      },
    },
  )
}

interface At {
  readonly requestId: string
  readonly atMs: number
}

/**
 * The draws are the same whatever the rates are: another rate changes what happens to a call, not
 * which calls there are.
 */
function chatCall(profile: Profile, at: At, call: Called): PlannedCall {
  const { random, rates } = profile
  const [fate, retry, came] = [random.unit(), random.unit(), random.unit()]
  const planned = { ...told(profile, at, call), attempt: retry < rates.retried ? 2 : 1 }
  const output = call.used['output-tokens'] ?? 0
  if (fate < rates.aborted)
    return {
      ...planned,
      outcome: 'aborted',
      estimated: true,
      metered: { ...call.used, 'output-tokens': Math.floor(output * came * 0.5) },
    }
  if (fate < rates.aborted + rates.untold)
    return {
      ...planned,
      estimated: true,
      metered: {
        'input-tokens': Math.floor((call.used['input-tokens'] ?? 0) * 0.9),
        'output-tokens': Math.floor(output * 0.7),
      },
    }
  return planned
}

function told({ tenant }: Profile, { requestId, atMs }: At, call: Called): PlannedCall {
  return {
    ...call,
    tenant,
    requestId,
    atMs,
    attempt: 1,
    metered: call.used,
    outcome: 'completed',
    estimated: false,
  }
}

function* ingestCalls(
  profile: Profile,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Iterable<PlannedCall> {
  const { random, tenant, namespaceBytes } = profile
  for (let batch = 0; batch < ingestsPerTenant; batch++) {
    const at = {
      requestId: `${tenant}-ingest${batch}`,
      atMs: fromMs + Math.floor(random.unit() * (toMs - fromMs)),
    }
    yield told(profile, at, {
      operation: 'embed',
      provider: 'openai',
      sku: 'text-embedding-3-small',
      used: { 'embedding-tokens': random.integer(10_000, 30_000) },
    })
    yield told(profile, at, {
      operation: 'upsert',
      provider: 'pinecone',
      sku: 'serverless',
      used: { 'upsert-requests': 1, 'upsert-bytes': random.integer(2_000, 1_900_000) },
    })
  }
  for (let hour = fromMs; hour < toMs; hour += dayMs) {
    yield told(
      profile,
      { requestId: `${tenant}-held${hour}`, atMs: hour + 12 * hourMs },
      {
        operation: 'store',
        provider: 'pinecone',
        sku: 'serverless',
        used: { 'byte-hours': namespaceBytes * 24 },
      },
    )
  }
}
