/**
 * A leak hunt on a system that is up: the hunts and the wrong tenant ids, with the words in which
 * the result is told.
 */
import { parseTenantId } from '../../src/base/tenant-id.ts'
import { openDatabase, writePromptTemplate } from '../../src/index.ts'
import type { Clock } from '../../src/base/clock.ts'
import { exitCodeOf, worstVerdict, type CheckResult, type Verdict } from '../../src/base/verdict.ts'
import { hunts as allHunts } from './hunts/index.ts'
import type { HuntTenant } from './hunts/hunt.ts'
import { runHunts, type HuntResult } from './hunts/run-hunts.ts'
import { openStage } from './hunts/stage.ts'
import type { Coverage } from './hunts/watch.ts'
import { checkWrongTenant } from './wrong-tenant.ts'
import { upperBoundOfNone } from '../measure/intervals.ts'
import type { Provisioned } from '../run/provision/provision.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import type { ReferenceTarget } from '../target/reference/reference-target.ts'
import { canariesFor } from '../workload/canary.ts'

/** The system and what is known of it. `adminUrl` is a secret. */
export interface HuntedSystem {
  readonly target: ReferenceTarget
  readonly scenario: LoadedScenario
  readonly provisioned: Provisioned
  readonly adminUrl: string
  /** The role that owns the tables. */
  readonly ownerRole: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Runs the hunts on the scenario's tenants. */
export async function huntIn(
  system: HuntedSystem,
  run: { readonly untilFound: boolean; readonly onResult?: (result: HuntResult) => void },
): Promise<readonly HuntResult[]> {
  const { target, scenario, provisioned, clock, signal } = system
  const canaries = canariesFor(
    scenario.seed,
    scenario.tenants.map(({ id }) => id),
  )
  const tenants = [...provisioned].slice(0, mostTenants).map(([id, { chunkIds }]): HuntTenant => ({
    id,
    canary: canaries.get(id) ?? '',
    chunkIds,
    documentId: `${id}-00001`,
  }))
  const opened = openStage({
    target,
    clock,
    signal,
    seed: scenario.seed,
    dimensions: scenario.models.embedding.dimensions,
    tenants,
  })
  return runHunts(opened, { hunts: allHunts, ...run })
}

/** More make a hunt longer and find no more. */
const mostTenants = 4

/** Tries wrong tenant ids in all roles. */
export async function tryWrongTenants({
  target,
  scenario,
  adminUrl,
  ownerRole,
  clock,
  signal,
}: Omit<HuntedSystem, 'provisioned'>): Promise<CheckResult> {
  const [owner = '', other = ''] = scenario.tenants.map(({ id }) => id)
  // A table without a row of the tenant whose rows are tried for would prove nothing, and not every
  // scenario has templates.
  await writePromptTemplate(target.database, clock, {
    tenantId: parseTenantId(owner),
    name: 'wrong-tenant-probe',
    template: { body: '{{passages}} {{question}}', slots: {} },
  })
  await using admin = openDatabase({ connectionString: adminUrl, maxConnections: 1 })
  const roles = [
    { role: 'app', database: target.database.app, become: null },
    { role: 'operator', database: target.operator, become: null },
    { role: 'owner', database: admin, become: ownerRole },
  ] as const
  // Awaited here: the admin's connections must last until the last attempt.
  return await checkWrongTenant({ roles, owner, other, signal })
}

/** How one boundary came out over queries and hunts. */
export interface HuntedBoundary {
  readonly boundary: string
  readonly state: 'covered' | 'leak' | 'not-covered' | 'not-shown'
  readonly places: readonly string[]
}

/** What a hunt came to. */
export interface HuntAnswer {
  readonly verdict: Verdict
  readonly exitCode: number
  /**
   * The verdict as a statement: what was tried, how often, what that says, and where nothing was
   * tried.
   */
  readonly statement: string
  readonly checks: number
  /**
   * At 95 %, the share of such checks that may leak; null when something leaked or nothing was
   * tried.
   */
  readonly upperBound95: number | null
  readonly boundaries: readonly HuntedBoundary[]
  readonly hunts: readonly HuntResult[]
}

/** What was seen of queries: checks and boundaries of the oracle. */
export interface SeenOfQueries {
  readonly checks: number
  readonly leaks: number
  readonly boundaries: readonly {
    readonly boundary: string
    readonly state: HuntedBoundary['state']
  }[]
}

/** Puts queries, hunts and further checks together. */
export function answerOf(
  queries: SeenOfQueries,
  hunts: readonly HuntResult[],
  further: readonly CheckResult[],
): HuntAnswer {
  const checks = queries.checks + hunts.reduce((sum, hunt) => sum + hunt.checks, 0)
  const all = [...hunts, ...further]
  const leaks = queries.leaks + all.filter(({ verdict }) => verdict === 'leak').length
  const verdict =
    checks === 0
      ? 'inconclusive'
      : worstVerdict([
          ...all.map((each) => each.verdict),
          ...(queries.leaks > 0 ? (['leak'] as const) : []),
        ])
  const upperBound95 = leaks > 0 ? null : upperBoundOfNone(checks)
  const boundaries = queries.boundaries.map((each) => boundaryOf(each, hunts))
  return {
    verdict,
    exitCode: exitCodeOf(verdict),
    statement: statementOf({ verdict, checks, upperBound95, boundaries, hunts, all }),
    checks,
    upperBound95,
    boundaries,
    hunts,
  }
}

const nameOf = ({ role, state }: Coverage): string => `${role} ${state}`

function boundaryOf(
  { boundary, state }: SeenOfQueries['boundaries'][number],
  hunts: readonly HuntResult[],
): HuntedBoundary {
  const places = hunts.flatMap(({ coverage }) =>
    coverage.filter((each) => each.covered && each.boundary === boundary).map(nameOf),
  )
  const leaked =
    state === 'leak' ||
    hunts.some(
      (hunt) => hunt.verdict === 'leak' && hunt.coverage.some((each) => each.boundary === boundary),
    )
  return {
    boundary,
    state: leaked ? 'leak' : places.length > 0 ? 'covered' : state,
    places: [...new Set(places)].sort(),
  }
}

interface Told extends Pick<
  HuntAnswer,
  'verdict' | 'checks' | 'upperBound95' | 'boundaries' | 'hunts'
> {
  readonly all: readonly (HuntResult | CheckResult)[]
}

function statementOf({ verdict, checks, upperBound95, boundaries, hunts, all }: Told): string {
  const found = all.filter((each) => each.verdict === 'leak' || each.verdict === 'fail')
  const covered = boundaries
    .filter(({ state }) => state === 'covered')
    .map(
      ({ boundary, places }) =>
        `${boundary} × ${places.length === 0 ? 'app answering' : places.join(', ')}`,
    )
  const bare = [
    ...boundaries
      .filter(({ state }) => state === 'not-covered' || state === 'not-shown')
      .map(({ boundary }) => boundary),
    ...hunts.flatMap(({ id, coverage }) =>
      coverage
        .filter((each) => !each.covered)
        .map((each) => `${each.boundary} × ${nameOf(each)} (${id})`),
    ),
    ...all.filter((each) => each.verdict === 'inconclusive').map(({ id }) => id),
  ]
  const head =
    verdict === 'leak' || verdict === 'fail' || upperBound95 === null
      ? `${found.length === 0 ? 'Queries leaked' : `Found by ${found.map(({ id }) => id).join(', ')}`} ` +
        `in ${checks} checks`
      : `0 leaks in ${checks} checks, below 3/${checks} = ${(300 / checks || 0).toFixed(2)} % ` +
        'of such checks with 95 % confidence'
  return [
    `${checks === 0 ? 'Nothing was tried that could have found anything' : head}.`,
    `Covered: ${covered.join('; ') || 'nothing'}.`,
    `Not covered: ${[...new Set(bare)].join('; ') || 'nothing that was tried'}; ${outOfReach}.`,
  ].join(' ')
}

/**
 * Kinds of leak for which there is no part here that could have them: nobody should read more into
 * a pass.
 */
const outOfReach =
  'and not there to be tried: pagination tokens, logs and traces, poolers between service and server, timing'
