/**
 * The smoke scenario as a gate of a CI job: an unchanged build passes, and a slowdown, a dearer
 * model, a dropped index and a leak each end with a verdict and an exit code of their own, naming
 * what is wrong. Once unchanged here; twenty times by `npm run proof -- ci-gate`.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { CompareReport } from '../../reports/record/compare-report.ts'
import { runRecordSchema } from '../../reports/record/record.ts'
import { openWorkplace, root, runCli } from '../support/cli.ts'

const smoke = join(root, 'scenarios/smoke.yaml')
const unchanged = Number(process.env['TENANTBENCH_GATE_RUNS'] ?? 1)

const faults = [
  {
    what: 'a slowdown',
    set: ['sabotage.slowdown=2'],
    exitCode: 1,
    verdict: 'fail',
    says: [/^regression against .*: latency of [ABC]\//],
    silent: ['requests.failures', 'isolation.no-foreign-mark'],
  },
  {
    what: 'a dearer model',
    set: ['tiers.starter.model=gpt-4o'],
    exitCode: 1,
    verdict: 'fail',
    says: [/^regression against .*cost of B\/current \+\d/],
    silent: ['requests.failures', 'isolation.no-foreign-mark'],
  },
  {
    what: 'a dropped index',
    set: ['sabotage.dropVectorIndexes=true'],
    exitCode: 1,
    verdict: 'fail',
    says: [/^regression against .*recall of/, /^72 of 72 queries failed/],
    silent: [],
  },
  {
    what: 'a leak',
    set: ['sabotage.sql=alter table chunks disable row level security'],
    exitCode: 4,
    verdict: 'leak',
    says: [/^\d+ foreign marks crossed/, /leaks 0 -> \d+/],
    silent: ['requests.failures'],
  },
] as const

it(
  'passes on what is unchanged and names each fault',
  { timeout: 120_000 + unchanged * 15_000 },
  async () => {
    using place = openWorkplace()
    const gate = async (
      name: string,
      ...flags: readonly string[]
    ): Promise<{
      readonly exitCode: number | null
      readonly verdict: string
      readonly checks: readonly {
        readonly id: string
        readonly verdict: string
        readonly evidence: string
      }[]
    }> => {
      const { exitCode, stdout, stderr } = await runCli(place, [
        'run',
        smoke,
        '--json',
        '--out',
        join(place.folder, name),
        ...flags,
      ])
      expect(stdout, stderr).not.toBe('')
      const { verdict, checks } = runRecordSchema.parse(JSON.parse(stdout))
      return { exitCode, verdict, checks }
    }
    const baseline = join(place.folder, 'baseline')
    expect((await gate('baseline')).exitCode).toBe(0)
    const passed: (number | null)[] = []
    for (let at = 0; at < unchanged; at++)
      passed.push((await gate(`same-${at}`, '--baseline', baseline)).exitCode)
    expect(passed).toEqual(Array.from({ length: unchanged }, () => 0))
    const figures: object[] = []
    for (const { what, set, exitCode, verdict, says, silent } of faults) {
      const found = await gate(
        what.replaceAll(' ', '-'),
        '--baseline',
        baseline,
        ...set.flatMap((each) => ['--set', each]),
      )
      expect({ what, exitCode: found.exitCode, verdict: found.verdict }).toEqual({
        what,
        exitCode,
        verdict,
      })
      const failing = found.checks.filter((check) => check.verdict !== 'pass')
      for (const pattern of says)
        expect(
          failing.map(({ evidence }) => evidence),
          what,
        ).toEqual(expect.arrayContaining([expect.stringMatching(pattern)]))
      for (const id of silent)
        expect(
          failing.map((check) => check.id),
          what,
        ).not.toContain(id)
      figures.push({
        what,
        exitCode: found.exitCode,
        verdict: found.verdict,
        named: failing.map(({ id, evidence }) => ({ id, evidence })),
      })
    }
    // The same through the command of its own, on the folders that are there.
    const compare = async (
      ...args: readonly string[]
    ): Promise<{ readonly exitCode: number | null; readonly stdout: string }> =>
      runCli(place, ['compare', ...args])
    const [same, dearer] = ['same-0', 'a-dearer-model'].map((name) => join(place.folder, name))
    const report = JSON.parse(
      (await compare(baseline, same ?? '', '--json')).stdout,
    ) as CompareReport
    expect({
      verdict: report.verdict,
      gates: report.comparisons.filter(({ gates }) => gates).length,
    }).toEqual({ verdict: 'pass', gates: 36 })
    const told = await compare(baseline, dearer ?? '', '--format', 'markdown')
    expect({ exitCode: told.exitCode, stdout: told.stdout }).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(/regression +\| cost USD/) as string,
    })
    expect((await compare(baseline, place.folder)).exitCode).toBe(2)
    expect((await compare(baseline, baseline, '--tolerance', 'speed=5')).exitCode).toBe(2)
    expect(
      (await compare(baseline, baseline, '--out', join(place.folder, 'none', 'x.md'))).exitCode,
    ).toBe(5)
    const out = process.env['TENANTBENCH_OUT']
    if (out !== undefined)
      writeFileSync(
        out,
        JSON.stringify({
          unchanged: { runs: unchanged, passed: passed.filter((code) => code === 0).length },
          faults: figures,
        }),
      )
  },
)
