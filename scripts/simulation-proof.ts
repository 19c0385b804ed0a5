/**
 * The proofs of `simulate`: how long whole processes take, whether threads change a byte, what a
 * doubled price does, and whether every signup finds a place.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseUsd } from '../src/base/money.ts'

/**
 * Runs the command line under settings of the environment: seconds of the whole process, and the
 * JSON it printed.
 */
export type RunCli = (
  args: readonly string[],
  settings: readonly string[],
) => { readonly seconds: number; readonly output: unknown; readonly exitCode: number | null }

interface Simulated {
  readonly grain: string
  readonly queries: number
  readonly totalUsd: string
  readonly latencyMs: object
  readonly counts: object
  readonly products: readonly {
    readonly provider: string
    readonly sku: string
    readonly unit: string
    readonly usd: string
  }[]
  readonly capacity: readonly {
    readonly index: string
    readonly event: string
    readonly namespaces: number
    readonly atSeconds: number
  }[]
  readonly indexes: readonly object[]
  readonly signups: object
  readonly refusals: { readonly alertAt: number | null } | null
  readonly timing: {
    readonly wallSeconds: number
    readonly queriesPerSecond: number
    readonly tokenProfilesFromCache: boolean
    readonly peakMemoryBytes: number
    readonly workers: number
  }
}

const [month, fleet, growth] = [
  'scenarios/fleet-month.yaml',
  'scenarios/fleet-100k.yaml',
  'scenarios/fleet-growth.yaml',
]
const doubled = { provider: 'openai', sku: 'gpt-4o', unit: 'input-tokens', usd: '5' } as const

/** All of it. */
export function simulationProof(cli: RunCli): object {
  const cache = mkdtempSync(join(tmpdir(), 'tenantbench-proof-'))
  const simulate = (
    args: readonly string[],
  ): { readonly seconds: number; readonly report: Simulated } => {
    const { seconds, output } = cli(
      ['simulate', ...args, '--json'],
      [`TENANTBENCH_CACHE_DIR=${cache}`],
    )
    return { seconds, report: output as Simulated }
  }
  const first = simulate([month])
  const again = Array.from({ length: 5 }, () => simulate([month]))
  const dearer = simulate([
    month,
    '--set',
    `simulation.changes=[{ on: 2026-11-01, price: { provider: ${doubled.provider}, sku: ` +
      `${doubled.sku}, unit: ${doubled.unit}, usd: "${doubled.usd}" } }]`,
  ])
  const large = [1, 2, 4].map((workers) => simulate([fleet, '--workers', String(workers)]))
  const grown = simulate([growth])
  const late = simulate([growth, '--set', 'simulation.provisioning.leadTimeSeconds=259200'])
  const mended = simulate([
    growth,
    '--set',
    'simulation.provisioning.leadTimeSeconds=259200',
    '--set',
    `capacity.alertAt=${late.report.refusals?.alertAt ?? 72}`,
  ])
  rmSync(cache, { recursive: true, force: true })
  return {
    fleetMonth: {
      ...factsOf(first.report),
      firstSeconds: first.seconds,
      secondSeconds: again.map(({ seconds }) => seconds),
      fromCache: again.every(({ report }) => report.timing.tokenProfilesFromCache),
      sameBytes: new Set([first, ...again].map(({ report }) => bytesOf(report))).size === 1,
    },
    doubledPrice: {
      ...doubled,
      movesTotalByUsd: movedBy(first.report, dearer.report),
      itsUsd: usdOf(first.report),
    },
    fleet100k: {
      ...factsOf(large[1]?.report ?? first.report),
      runs: large.map(({ seconds, report: { timing } }) => ({
        workers: timing.workers,
        seconds,
        queriesPerSecond: timing.queriesPerSecond,
        peakMemoryBytes: timing.peakMemoryBytes,
      })),
      sameBytes: new Set(large.map(({ report }) => bytesOf(report))).size === 1,
    },
    growth: {
      alerts: grown.report.capacity.filter(({ event }) => event === 'alert'),
      indexes: grown.report.indexes,
      signups: grown.report.signups,
      refusals: grown.report.refusals,
    },
    bench: cli(['bench', '--only', 'simulate', '--rounds', '15', '--json'], []).output,
    lateGrowth: {
      signups: late.report.signups,
      refusals: late.report.refusals,
      withThatAlert: mended.report.refusals,
    },
  }
}

function factsOf({ grain, queries, totalUsd, latencyMs, counts }: Simulated): object {
  return { grain, queries, totalUsd, latencyMs, counts }
}

function bytesOf({ timing: _timing, ...rest }: Simulated): string {
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex')
}

function usdOf({ products }: Simulated): string {
  return (
    products.find(
      ({ provider, sku, unit }) =>
        provider === doubled.provider && sku === doubled.sku && unit === doubled.unit,
    )?.usd ?? '0'
  )
}

/** In pico-dollars exactly, as a decimal. */
function movedBy(before: Simulated, after: Simulated): string {
  const moved = parseUsd(after.totalUsd) - parseUsd(before.totalUsd)
  return `${moved / 1_000_000_000_000n}.${String(moved % 1_000_000_000_000n)
    .padStart(12, '0')
    .replace(/0+$/, '')}`
}
