/**
 * `npm run proof -- <name>`: a measurement in full, written to docs/proofs/<name>.json with the
 * commit and the machine. The README's figures come from these files.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { dayOf, systemClock } from '../src/base/clock.ts'
import { billFaults } from '../harness/services/books/bill-faults.ts'
import { simulationProof } from './simulation-proof.ts'
import { vectorsPage, type CorpusFigure } from './vectors.ts'

interface Ended {
  readonly seconds: number
  readonly output: unknown
  readonly exitCode: number | null
}

function cli(args: readonly string[], settings: readonly string[] = []): Ended {
  const startedMs = systemClock.monotonicMs()
  const { stdout, status } = spawnSync(
    'env',
    [...settings, 'node', 'bin/tenantbench.js', ...args],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 },
  )
  return {
    seconds: (systemClock.monotonicMs() - startedMs) / 1_000,
    output: JSON.parse(stdout) as unknown,
    exitCode: status,
  }
}

interface RunOutput {
  readonly verdict: string
  readonly cells: readonly object[]
  readonly isolation: {
    readonly checks: number
    readonly leaks: number
    readonly upperBound95: number | null
  }
  readonly reconciliation: { readonly usage: { readonly driftPct: number | null } }
  readonly timing: object
}

/** `npm start`, five times in a row. */
function quick(): object {
  const runs = Array.from({ length: 5 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenantbench-proof-'))
    const { seconds, output, exitCode } = cli([
      'run',
      'scenarios/quick.yaml',
      '--json',
      '--out',
      folder,
    ])
    rmSync(folder, { recursive: true, force: true })
    const { verdict, cells, isolation, reconciliation, timing } = output as RunOutput
    return {
      seconds,
      exitCode,
      verdict,
      cells: cells.length,
      checks: isolation.checks,
      leaks: isolation.leaks,
      upperBound95: isolation.upperBound95,
      driftPct: reconciliation.usage.driftPct,
      timing,
    }
  })
  return { runs }
}

/** Every microbenchmark, with more rounds than the default. */
function bench(): object {
  return cli(['bench', '--rounds', '31', '--json']).output as object
}

interface KindsOutput {
  readonly cells: readonly {
    readonly tenant: string
    readonly variant: object
    readonly queries: number
    readonly costPerQueryUsd: object
    readonly quality: object
    readonly qualityByKind: readonly object[]
  }[]
}

/** A folder of real texts as the law firm: `npm run proof -- law-corpus /path/to/folder`. */
function lawCorpus(): object {
  const folder = mkdtempSync(join(tmpdir(), 'tenantbench-proof-'))
  const { output, exitCode, seconds } = cli([
    'run',
    'examples/law-corpus/scenario.yaml',
    '--set',
    `tenants[0].corpus.path=${process.argv[3] ?? 'corpus'}`,
    '--json',
    '--out',
    folder,
  ])
  rmSync(folder, { recursive: true, force: true })
  const { isolation, reconciliation } = output as RunOutput
  const { cells } = output as KindsOutput
  const firm = cells
    .filter(({ tenant }) => tenant === 'A')
    .map(({ variant, queries, costPerQueryUsd, quality, qualityByKind }) => ({
      variant,
      queries,
      costPerQueryUsd,
      quality,
      qualityByKind,
    }))
  return {
    seconds,
    exitCode,
    checks: isolation.checks,
    leaks: isolation.leaks,
    driftPct: reconciliation.usage.driftPct,
    cells: firm,
  }
}

interface ScaleOutput extends RunOutput {
  readonly tenants: readonly object[]
  readonly capacity: readonly object[]
  readonly comparison: readonly object[]
}

/** One scenario, once: `m11-checkpoint` or `hundred-tenants`, with what its dry run had said. */
function scenario(file: string): object {
  const folder = mkdtempSync(join(tmpdir(), 'tenantbench-proof-'))
  const estimate = cli(['run', file, '--dry-run', '--json']).output
  const { seconds, output, exitCode } = cli(['run', file, '--json', '--out', folder])
  rmSync(folder, { recursive: true, force: true })
  const { verdict, tenants, cells, isolation, reconciliation, capacity, comparison, timing } =
    output as ScaleOutput
  const { checks, leaks, upperBound95 } = isolation
  return {
    seconds,
    exitCode,
    verdict,
    estimate,
    tenants: tenants.length,
    cells: cells.length,
    checks,
    leaks,
    upperBound95,
    driftPct: reconciliation.usage.driftPct,
    capacity,
    comparison: comparison.slice(0, 5),
    timing,
  }
}

interface ReadinessOutput {
  readonly verdict: string
  readonly checks: readonly {
    readonly id: string
    readonly verdict: string
    readonly evidence: string
  }[]
}

/**
 * Readiness as it stands, and with each fault planted: what it said, and how long it took from
 * cold.
 */
function readiness(): object {
  const folder = mkdtempSync(join(tmpdir(), 'tenantbench-proof-'))
  const faults = readdirSync('scenarios/faults').map((file) => join('scenarios/faults', file))
  const answers = ['scenarios/readiness.yaml', ...faults].map((file, at) => {
    const { seconds, output, exitCode } = cli([
      'readiness',
      file,
      '--json',
      '--out',
      join(folder, String(at)),
    ])
    const { verdict, checks } = output as ReadinessOutput
    return {
      scenario: file,
      seconds,
      exitCode,
      verdict,
      named: checks.filter((check) => check.verdict !== 'pass').map(({ id }) => id),
    }
  })
  rmSync(folder, { recursive: true, force: true })
  return { answers }
}

/** The audit on every file of the labelled corpus, on four servers; writes docs/vectors.md too. */
function auditCorpus(): object {
  const folder = mkdtempSync(join(tmpdir(), 'tenantbench-proof-'))
  const out = join(folder, 'outcomes.json')
  const startedMs = systemClock.monotonicMs()
  spawnSync(
    'env',
    [
      'TENANTBENCH_CORPUS=full',
      `TENANTBENCH_CORPUS_OUT=${out}`,
      'npx',
      'vitest',
      'run',
      '--project',
      'integration',
      'test/integration/audit-corpus.test.ts',
    ],
    { stdio: 'inherit' },
  )
  const figures = JSON.parse(readFileSync(out, 'utf8')) as readonly CorpusFigure[]
  rmSync(folder, { recursive: true, force: true })
  writeFileSync('docs/vectors.md', vectorsPage(figures))
  const count = (version: number, kind: CorpusFigure['kind']): object => {
    const own = figures.filter((figure) => figure.version === version && figure.kind === kind)
    return {
      files: own.length,
      missed: own
        .filter(({ missed }) => missed.length > 0)
        .map(({ path, missed }) => ({ path, missed })),
      alarms: own
        .filter(({ alarms }) => alarms.length > 0)
        .map(({ path, alarms }) => ({ path, alarms })),
    }
  }
  const versions = [...new Set(figures.map(({ version }) => version))]
  return {
    seconds: (systemClock.monotonicMs() - startedMs) / 1_000,
    versions: versions.map((version) => ({
      version,
      holes: count(version, 'hole'),
      safe: count(version, 'safe'),
    })),
  }
}

interface LeaksOutput {
  readonly verdict: string
  readonly statement: string
  readonly checks: number
  readonly mutants: readonly {
    readonly id: string
    readonly severity: string
    readonly status: string
    readonly killedBy: string | null
    readonly why: string
  }[]
  readonly scores: readonly object[]
  readonly score: number | null
}

/** The hunt on the system as it is, and every mutant: who was found by what, and who was not. */
function mutants(): object {
  const { seconds, output, exitCode } = cli(['leaks', '--self-test', '--json'])
  const { verdict, statement, checks, scores, score, mutants: all } = output as LeaksOutput
  const found = all.map(({ id, severity, status, killedBy, why }) => ({
    id,
    severity,
    status,
    killedBy,
    ...(status === 'killed' ? {} : { why }),
  }))
  return { seconds, exitCode, verdict, checks, statement, score, scores, mutants: found }
}

interface ReconcileOutput {
  readonly verdict: string
  readonly gapUsd: string
  readonly events: number
  readonly closes: object
  readonly total: { readonly driftPct: number | null }
  readonly causes: readonly { readonly cause: string; readonly usd: string }[]
  readonly simulation: {
    readonly expectedCause: string | null
    readonly expectedGapUsd: string
    readonly ownLedgerAgrees: boolean
  }
  readonly timing: object
}

/** A month of 100 tenants and 5,000 queries each, honest and with each fault of a bill. */
function reconcile(): object {
  const months = [null, ...billFaults.map(({ id }) => id)].map((fault) => {
    const { seconds, output, exitCode } = cli([
      'reconcile',
      '--json',
      ...(fault === null ? [] : ['--fault', fault]),
    ])
    const { verdict, gapUsd, events, closes, total, causes, simulation, timing } =
      output as ReconcileOutput
    return {
      fault,
      seconds,
      exitCode,
      verdict,
      events,
      gapUsd,
      driftPct: total.driftPct,
      closes,
      expectedCause: simulation.expectedCause,
      expectedGapUsd: simulation.expectedGapUsd,
      ownLedgerAgrees: simulation.ownLedgerAgrees,
      causes: causes.map(({ cause, usd }) => ({ cause, usd })),
      timing,
    }
  })
  return { months }
}

/**
 * A test in full size: its environment, and the figures that it writes down, or whether it passed.
 */
function test(
  file: string,
  environment: Readonly<Record<string, string>>,
  project = 'integration',
): object {
  const folder = mkdtempSync(join(tmpdir(), 'tenantbench-proof-'))
  const out = join(folder, 'figures.json')
  const startedMs = systemClock.monotonicMs()
  const set = Object.entries({ ...environment, TENANTBENCH_OUT: out }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const { status } = spawnSync(
    'env',
    [...set, 'npx', 'vitest', 'run', '--project', project, file],
    { stdio: 'inherit' },
  )
  const figures = existsSync(out) ? (JSON.parse(readFileSync(out, 'utf8')) as object) : {}
  rmSync(folder, { recursive: true, force: true })
  if (status !== 0) {
    console.error(`${file} did not pass: no proof is written.`)
    process.exit(1)
  }
  return {
    test: file,
    ...environment,
    passed: true,
    seconds: (systemClock.monotonicMs() - startedMs) / 1_000,
    ...figures,
  }
}

interface CalibrateOutput {
  readonly verdict: string
  readonly heldOut: object
  readonly runs: readonly object[]
  readonly maxInFlight: number | null
  readonly simulations: number
  readonly fittedQueries: number
  readonly cells: readonly {
    readonly cell: string
    readonly role: string
    readonly heldOut: readonly string[]
    readonly queries: number
    readonly metric: string
    readonly live: number | null
    readonly simulated: number | null
    readonly errorPct: number | null
    readonly repeatPct: number | null
    readonly verdict: string | null
  }[]
}

/**
 * The model that is held out, alone and at one top_k; two levels to fit, and the level that is
 * predicted, twice. Each has a seed of its own.
 */
const calibrationRuns: Readonly<Record<string, readonly string[]>> = {
  profile: [
    '--seed',
    '11',
    '--set',
    'matrix.models=[gpt-4-turbo]',
    '--set',
    'matrix.topK=[3]',
    '--set',
    'load.arrivals.ratePerSecond=1.6',
    '--set',
    'load.durationSeconds=400',
  ],
  'at-30': [
    '--seed',
    '12',
    '--set',
    'load.arrivals.ratePerSecond=2.65',
    '--set',
    'load.durationSeconds=360',
  ],
  'at-50': [
    '--seed',
    '13',
    '--set',
    'load.arrivals.ratePerSecond=4.42',
    '--set',
    'load.durationSeconds=360',
  ],
  'at-70': ['--seed', '14'],
  'at-70-again': ['--seed', '15'],
}

/**
 * Loads recorded in real time, about 55 minutes, and the errors of the fitted models. A folder
 * keeps the runs: `npm run proof -- calibrate /path/to/folder`; what is there already is not
 * recorded again.
 */
function calibration(): object {
  const kept = process.argv[3]
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'tenantbench-proof-'))
  for (const [name, args] of Object.entries(calibrationRuns)) {
    if (!existsSync(join(folder, name, 'run.json')))
      cli(['run', 'scenarios/calibrate.yaml', '--json', '--out', join(folder, name), ...args])
  }
  const { seconds, output, exitCode } = cli(['calibrate', folder, '--json'])
  if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  const { verdict, heldOut, runs, maxInFlight, simulations, fittedQueries, cells } =
    output as CalibrateOutput
  const figures = [...Map.groupBy(cells, ({ cell }) => cell).values()].map((own) => {
    const of = (value: (each: (typeof own)[number]) => unknown): object =>
      Object.fromEntries(own.map((each) => [each.metric, value(each)]))
    return {
      cell: own[0]?.cell,
      role: own[0]?.role,
      heldOut: own[0]?.heldOut.join(', '),
      queries: own[0]?.queries,
      live: of((each) => each.live),
      simulated: of((each) => each.simulated),
      errorPct: of((each) => each.errorPct),
      repeatPct: of((each) => each.repeatPct),
      verdicts: of((each) => each.verdict),
    }
  })
  return {
    verdict,
    exitCode,
    calibrateSeconds: seconds,
    heldOut,
    runs,
    maxInFlight,
    simulations,
    fittedQueries,
    cells: figures,
  }
}

const proofs: Readonly<Record<string, () => object>> = {
  reconcile,
  calibrate: calibration,
  simulate: () => simulationProof(cli),
  waits: () =>
    test(
      'test/unit/harness/simulate/engine/closed-forms.test.ts',
      { TENANTBENCH_WAITS: 'full' },
      'unit',
    ),
  grains: () =>
    test(
      'test/unit/harness/simulate/engine/grains.test.ts',
      { TENANTBENCH_GRAIN_QUERIES: '1000000' },
      'unit',
    ),
  million: () => test('test/integration/many-events.test.ts', { TENANTBENCH_EVENTS: '1000000' }),
  kills: () => test('test/integration/killed-writer.test.ts', { TENANTBENCH_KILLS: '50' }),
  'compare-power': () =>
    test(
      'test/unit/harness/compare/compare-power.test.ts',
      { TENANTBENCH_COMPARISONS: '1000' },
      'unit',
    ),
  'load-memory': () =>
    test(
      'test/unit/harness/measure/load-recorder.test.ts',
      { TENANTBENCH_SAMPLES: '10000000' },
      'unit',
    ),
  load: () => test('test/e2e/load.test.ts', { TENANTBENCH_STALLS: '3' }, 'e2e'),
  resume: () => test('test/e2e/resume.test.ts', { TENANTBENCH_RESUME_KILLS: '20' }, 'e2e'),
  'ci-gate': () => test('test/e2e/ci-gate.test.ts', { TENANTBENCH_GATE_RUNS: '20' }, 'e2e'),
  escapes: () => test('test/integration/audit-escapes.test.ts', { TENANTBENCH_ESCAPES: 'full' }),
  'audit-wide': () => test('test/integration/audit-wide.test.ts', { TENANTBENCH_TABLES: '500' }),
  quick,
  bench,
  readiness,
  'audit-corpus': auditCorpus,
  mutants,
  'law-corpus': lawCorpus,
  'm11-checkpoint': () => scenario('scenarios/m11-checkpoint.yaml'),
  'hundred-tenants': () => scenario('scenarios/hundred-tenants.yaml'),
}
const name = process.argv[2] ?? ''
const prove = proofs[name]
if (prove === undefined) {
  console.error(`Name a proof: ${Object.keys(proofs).join(', ')}.`)
  process.exitCode = 2
} else {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = {
    processors: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  }
  const measuredOn = dayOf(systemClock.nowMs())
  const file = join('docs/proofs', `${name}.json`)
  mkdirSync('docs/proofs', { recursive: true })
  writeFileSync(
    file,
    `${JSON.stringify({ proof: name, commit, measuredOn, machine, figures: prove() }, null, 2)}\n`,
  )
  console.log(readFileSync(file, 'utf8'))
}
