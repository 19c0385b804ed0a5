/** The smoke scenario as a gate: an honest run compares as the same, a dearer model and wrong input each end as promised. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { CompareReport } from '../../reports/record/compare-report.ts'
import { openWorkplace, root, runCli } from '../support/cli.ts'

it('passes on an unchanged build, finds a dearer model, and refuses what is no run', { timeout: 120_000 }, async () => {
  using place = openWorkplace()
  const smoke = async (name: string, ...flags: readonly string[]): Promise<string> => {
    const out = join(place.folder, name)
    expect((await runCli(place, ['run', join(root, 'scenarios/smoke.yaml'), '--out', out, ...flags])).exitCode).toBe(0)
    return out
  }
  const baseline = await smoke('baseline')
  const same = await runCli(place, ['compare', baseline, await smoke('same'), '--json'])
  const report = JSON.parse(same.stdout) as CompareReport
  expect({ exitCode: same.exitCode, verdict: report.verdict, gates: report.comparisons.filter(({ gates }) => gates).length }).toEqual({ exitCode: 0, verdict: 'pass', gates: 36 })
  const dearer = await runCli(place, ['compare', baseline, await smoke('dearer', '--set', 'tiers.starter.model=gpt-4o'), '--format', 'markdown'])
  expect(dearer.exitCode).toBe(1)
  expect(dearer.stdout).toMatch(/regression +\| cost USD/)
  expect((await runCli(place, ['compare', baseline, place.folder])).exitCode).toBe(2)
  expect((await runCli(place, ['compare', baseline, baseline, '--tolerance', 'speed=5'])).exitCode).toBe(2)
  expect((await runCli(place, ['compare', baseline, baseline, '--out', join(place.folder, 'none', 'x.md')])).exitCode).toBe(5)
})
