/**
 * Planting mutants one at a time and hunting in each: what was found, by what, and what was not.
 */
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { randomFor } from '../../src/base/random.ts'
import { openDatabase, type Database } from '../../src/index.ts'
import type { HuntResult } from './hunts/run-hunts.ts'
import { hasFound } from './hunts/run-hunts.ts'
import { drive } from '../execute/drive.ts'
import { mutants as allMutants } from './mutants/index.ts'
import { mutantLayers, type Mutant } from './mutants/mutant.ts'
import type { CheckResult } from '../../src/base/verdict.ts'
import type { ReferenceTarget } from '../target/reference/reference-target.ts'
import { huntIn, tryWrongTenants, type HuntedSystem, type SeenOfQueries } from './hunt-system.ts'
import { oracleFor, shownIn } from '../run/oracle.ts'
import { copyBase, huntedRoles, type Base, type Copy } from './self-test-base.ts'

/** How a mutant came out. */
export interface MutantResult extends Pick<
  Mutant,
  'id' | 'vector' | 'layer' | 'severity' | 'what'
> {
  readonly status: 'killed' | 'survived' | 'equivalent'
  /** The first hunt or check that named it. */
  readonly killedBy: string | null
  /** What named it, or why nothing did. */
  readonly why: string
}

/** What was killed, of those that could be told from the system as it is. */
export interface MutationScore {
  readonly layer: string
  readonly killed: number
  readonly survived: number
  readonly equivalent: number
  /** Null where there was nothing to kill. */
  readonly score: number | null
}

/** Everything that was seen in one system. */
export interface SystemSeen {
  readonly queries: SeenOfQueries
  readonly hunts: readonly HuntResult[]
  readonly further: readonly CheckResult[]
}

/**
 * A sample of the mutants: as many from each layer as fit, drawn by the seed. All without a number.
 */
export function chooseMutants(seed: number, sample: number | null): readonly Mutant[] {
  if (sample === null) return allMutants
  const byLayer = mutantLayers.map((layer) =>
    randomFor([seed, 'mutants', layer]).shuffle(allMutants.filter((each) => each.layer === layer)),
  )
  const longest = Math.max(...byLayer.map(({ length }) => length))
  return Array.from({ length: longest }, (_each, round) =>
    byLayer.flatMap((list) => list[round] ?? []),
  )
    .flat()
    .slice(0, sample)
}

/** Hunts in the system as it is, to the end. */
export async function tryUnchanged(
  base: Base,
  onResult: (result: HuntResult) => void,
): Promise<SystemSeen> {
  await using copy = await copyBase(base, 0)
  await using target = await copy.open({})
  // Awaited here: the copy must last until the last hunt.
  return await look(base, { copy, target }, { untilFound: false, onResult })
}

/**
 * Plants one mutant into a copy of its own, hunts until something is found, and undoes what belongs
 * to the whole server.
 */
export async function tryMutant(
  base: Base,
  mutant: Mutant,
  ordinal: number,
): Promise<MutantResult> {
  const { id, vector, layer, severity, what, equivalent } = mutant
  const seen = await planted(base, mutant, ordinal)
  const found = typeof seen === 'string' ? null : firstFound(seen)
  const status = found !== null ? 'killed' : equivalent === undefined ? 'survived' : 'equivalent'
  const why =
    found?.evidence ??
    equivalent ??
    (typeof seen === 'string' ? seen : 'Every check passed or could not have seen it.')
  return { id, vector, layer, severity, what, status, killedBy: found?.id ?? null, why }
}

async function planted(base: Base, mutant: Mutant, ordinal: number): Promise<SystemSeen | string> {
  await using undo = new AsyncDisposableStack()
  const copy = await copyBase(base, ordinal)
  // Whoever owns something in the copy cannot be dropped before it.
  if (mutant.roles !== undefined)
    undo.defer(() =>
      onAdmin(base.options.services.addresses.adminUrl, (admin) =>
        admin.query(named(mutant.roles?.undo ?? '', copy)),
      ),
    )
  undo.use(copy)
  const admin = undo.use(openDatabase({ connectionString: copy.adminUrl, maxConnections: 2 }))
  const sql = mutant.sql ?? mutant.roles?.plant
  if (sql !== undefined)
    await admin.query(named(sql, copy)).catch((error: unknown) =>
      Promise.reject(
        new TenantbenchError('TB_SABOTAGE_FAILED', {
          detail: `Mutant ${mutant.id}: ${messageOf(error)}.`,
          cause: error,
        }),
      ),
    )
  try {
    const target = undo.use(await copy.open(mutant.layers?.({ admin }) ?? {}))
    return await look(base, { copy, target }, { untilFound: true })
  } catch (error) {
    base.options.signal.throwIfAborted()
    return `The system did not get so far: ${messageOf(error)}`
  }
}

async function onAdmin(
  adminUrl: string,
  work: (admin: Database) => Promise<unknown>,
): Promise<void> {
  await using admin = openDatabase({ connectionString: adminUrl, maxConnections: 1 })
  await work(admin)
}

function named(sql: string, { adminUrl }: Copy): string {
  const names: Readonly<Record<string, string>> = {
    ...huntedRoles,
    database: new URL(adminUrl).pathname.slice(1),
  }
  return sql.replace(
    /\{(app|operator|owner|database)\}/g,
    (_found, name: string) => names[name] ?? '',
  )
}

interface Looked {
  readonly copy: Copy
  readonly target: ReferenceTarget
}

/**
 * Queries with bait first, then hunts, then wrong tenant ids; with `untilFound` no further than the
 * first that finds something.
 */
async function look(
  base: Base,
  { copy, target }: Looked,
  run: { readonly untilFound: boolean; readonly onResult?: (result: HuntResult) => void },
): Promise<SystemSeen> {
  const { scenario, clock, signal, prepared } = base.options
  const oracle = oracleFor({
    corpora: prepared.corpora,
    provisioned: base.provisioned,
    shown: shownIn(prepared.cells, target.shows),
  })
  // A mutant is asked bait alone: other questions find no more, and take longer.
  const plan = run.untilFound
    ? base.plan.filter(({ question, cell }) => question.kind === 'bait' && !cell.isCurrent)
    : base.plan
  await drive(plan, {
    target,
    clock,
    concurrency: scenario.concurrency,
    observers: [oracle.observeAnswer],
    signal,
  })
  await oracle
    .probeAll(target)
    .catch((error: unknown) => signal.throwIfAborted() ?? messageOf(error))
  const report = oracle.report()
  const { checks, leaks, boundaries } = report
  const queries = { checks, leaks, boundaries }
  const [witness] = report.witnesses
  const byQueries: CheckResult[] =
    witness === undefined
      ? []
      : [
          {
            id: `queries.${witness.boundary}`,
            verdict: 'leak',
            evidence: `Tenant ${witness.tenant} saw ${JSON.stringify(witness.mark)} of tenant ${witness.owner}.`,
          },
        ]
  if (run.untilFound && leaks > 0) return { queries, hunts: [], further: byQueries }
  const system: HuntedSystem = {
    target,
    scenario,
    provisioned: base.provisioned,
    adminUrl: copy.adminUrl,
    ownerRole: huntedRoles.owner,
    clock,
    signal,
  }
  const hunts = await huntIn(system, run)
  if (run.untilFound && hunts.some(hasFound)) return { queries, hunts, further: byQueries }
  return { queries, hunts, further: [...byQueries, await tryWrongTenants(system)] }
}

function firstFound({ hunts, further }: SystemSeen): Pick<CheckResult, 'id' | 'evidence'> | null {
  return [...further, ...hunts].find(hasFound) ?? null
}

/** The score of each layer, and of all together last. */
export function scoresOf(results: readonly MutantResult[]): readonly MutationScore[] {
  const scoreOf = (layer: string, of: readonly MutantResult[]): MutationScore => {
    const count = (status: MutantResult['status']): number =>
      of.filter((each) => each.status === status).length
    const [killed, survived] = [count('killed'), count('survived')]
    return {
      layer,
      killed,
      survived,
      equivalent: count('equivalent'),
      score: killed + survived === 0 ? null : killed / (killed + survived),
    }
  }
  const layers = mutantLayers.filter((layer) => results.some((each) => each.layer === layer))
  return [
    ...layers.map((layer) =>
      scoreOf(
        layer,
        results.filter((each) => each.layer === layer),
      ),
    ),
    scoreOf('all', results),
  ]
}
