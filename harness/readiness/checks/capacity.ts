/**
 * `namespaces.capacity-alert`: tenants are signed up until there is one more than an index can
 * hold. The alert must fire at its mark, the next index must be there before the operating limit,
 * and nobody may be refused.
 */
import { messageOf } from '../../../src/base/errors.ts'
import type { CheckResult } from '../../../src/base/verdict.ts'
import type { CapacityEvent, CapacityLimits, Database } from '../../../src/index.ts'

/**
 * What the check needs. `signUp` creates the next tenant and feeds it, so that its namespace is
 * really there.
 */
export interface CapacityOptions {
  readonly limits: CapacityLimits
  readonly operator: Database
  /** What the system said so far; it grows while tenants sign up. */
  readonly events: readonly CapacityEvent[]
  /** Tenants there are already. */
  readonly present: number
  readonly signal?: AbortSignal
  signUp(ordinal: number): Promise<void>
}

/** Signs up and judges. */
export async function checkCapacity(options: CapacityOptions): Promise<CheckResult> {
  const id = 'namespaces.capacity-alert'
  const wanted = options.limits.namespaceLimit + 1
  const { placed, refused, secondAt } = await signUpUntil(wanted, options)
  const faults = [
    ...(refused === '' ? [] : [`signup ${placed + 1} of ${wanted} was refused: ${refused}`]),
    ...(await faultsOf(options, secondAt)),
  ]
  const loads = await loadsOf(options.operator)
  if (faults.length > 0) return { id, verdict: 'fail', evidence: `${faults.join('; ')}.` }
  const { alertAt, operatingLimit } = options.limits
  return {
    id,
    verdict: 'pass',
    evidence:
      `${placed} tenants signed up and fed, ` +
      `${loads.map(({ namespaces }) => namespaces).join(' + ')} namespaces: alert at ` +
      `${alertAt} of ${operatingLimit} (a row and an event), the next index ready before ` +
      `${operatingLimit}, nobody refused.`,
  }
}

interface SignedUp {
  readonly placed: number
  readonly refused: string
  /** How full the first index was when the second one was there; null: it never was. */
  readonly secondAt: number | null
}

/**
 * Signs up until there are so many, or one is refused, and looks after each whether the second
 * index is there.
 */
async function signUpUntil(wanted: number, options: CapacityOptions): Promise<SignedUp> {
  const { present, signUp, events, operator, signal } = options
  const isSecondThere = (): boolean =>
    events.filter(({ event }) => event === 'index-ready').length > 1
  // An index that was there before anybody signed up here was there in time.
  let secondAt: number | null = isSecondThere() ? 0 : null
  for (let placed = present; placed < wanted; placed++) {
    signal?.throwIfAborted()
    try {
      await signUp(placed + 1)
    } catch (error) {
      signal?.throwIfAborted()
      return { placed, refused: messageOf(error), secondAt }
    }
    if (secondAt === null && isSecondThere())
      secondAt = (await loadsOf(operator))[0]?.namespaces ?? 0
  }
  return { placed: Math.max(wanted, present), refused: '', secondAt }
}

/** Judged by the first index, which all signups fill before any other. */
async function faultsOf(
  { limits, operator, events }: CapacityOptions,
  readyAt: number | null,
): Promise<readonly string[]> {
  const { alertAt, operatingLimit } = limits
  const loads = await loadsOf(operator)
  const first = loads[0]?.index ?? ''
  const alert = events.find(({ event, indexName }) => event === 'alert' && indexName === first)
  const { rows } = await operator.query<{ namespaces: number }>(
    "select namespaces from capacity_events where event = 'alert' and index_name = $1",
    [first],
  )
  return [
    ...(alert === undefined
      ? [`no alert was raised; it is due at ${alertAt} of ${operatingLimit}`]
      : alert.namespaces === alertAt
        ? []
        : [`the alert came at ${alert.namespaces} namespaces; it is due at ${alertAt}`]),
    ...(alert !== undefined && rows[0]?.namespaces !== alert.namespaces
      ? ['the alert is an event but no row in capacity_events']
      : []),
    ...(readyAt === null
      ? ['no second index was made']
      : readyAt >= operatingLimit
        ? [
            `the next index was there only when the first held ${readyAt}, at its limit of ${operatingLimit}`,
          ]
        : []),
    ...loads
      .filter(({ namespaces }) => namespaces > operatingLimit)
      .map(
        ({ index, namespaces }) =>
          `${index} holds ${namespaces} namespaces, over the operating limit of ${operatingLimit}`,
      ),
  ]
}

async function loadsOf(
  operator: Database,
): Promise<readonly { readonly index: string; readonly namespaces: number }[]> {
  const { rows } = await operator.query<{ index: string; namespaces: number }>(
    'select index_name as index, count(tenant_id)::int as namespaces from vector_indexes left ' +
      'join placements using (index_name) group by index_name, created_at order by created_at, ' +
      'length(index_name), index_name',
  )
  return rows
}
