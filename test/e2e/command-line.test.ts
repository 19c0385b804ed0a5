/** The command line as a user types it: output, exit codes, messages with their way out. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeRecord } from '../../reports/record/codec.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import { openWorkplace, root, runCli } from '../support/cli.ts'
import { smallScenario } from '../support/run-small.ts'

describe('tenantbench', () => {
  it('without a command names what there is, and ends with 2', async () => {
    using place = openWorkplace()
    const { exitCode, stderr, stdout } = await runCli(place, [])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('TB_USAGE')
  })

  it.each([
    [['--help']],
    [['run', '--help']],
    [['readiness', '--help']],
    [['leaks', '--help']],
    [['report', '--help']],
    [['bench', '--help']],
  ])('%j helps on stdout', async (args) => {
    using place = openWorkplace()
    const { exitCode, stdout } = await runCli(place, args)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('tenantbench')
    if (args.length > 1) expect(stdout).toContain('Examples:')
  })

  it('says its version', async () => {
    using place = openWorkplace()
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly version: string
    }
    expect((await runCli(place, ['--version'])).stdout.trim()).toBe(version)
  })

  it.each([
    [['frobnicate']],
    [['run']],
    [['leaks', 'no/such/scenario.yaml']],
    [['leaks', '--sample', '3']],
    [['leaks', '--self-test', '--sample', 'none']],
    [['leaks', '--self-test', '--database-url', 'postgres://someone@127.0.0.1:1/postgres']],
    [['run', smallScenario, '--resume', 'x']],
    [['run', smallScenario, '--max-spend', 'much']],
    [['run', smallScenario, '--services', 'live', '--max-spend', '5']],
    [['run', smallScenario, '--baseline', 'no/such/runs']],
    [['run', smallScenario, '--seed', 'seven']],
    [['run', smallScenario, '--set', 'nonsense']],
    [['run', smallScenario, '--set', 'tenants[0].colour=red']],
    [['run', 'no/such/scenario.yaml']],
  ])('%j is refused with 2, and leaves nothing', async (args) => {
    using place = openWorkplace()
    const { exitCode, stdout, stderr } = await runCli(place, args)
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/\(TB_[A-Z_]+\)\n$/)
    expect(readdirSync(place.folder)).toEqual([])
  })

  it('names every fault of a scenario at once, with path and line', async () => {
    using place = openWorkplace()
    const broken = readFileSync(smallScenario, 'utf8')
      .replace('seed: 11', 'seed: eleven')
      .replace('trials: 1', 'trails: 1')
      .replace('id: C', 'id: A')
    const file = join(place.folder, 'broken.yaml')
    writeFileSync(file, broken)
    const { exitCode, stderr } = await runCli(place, ['run', file])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('line 4: seed')
    expect(stderr).toContain('line 5: trails: unknown key')
    expect(stderr).toContain('TB_SCENARIO_INVALID')
  })

  it('an unknown model and a missing price are known before anything starts', async () => {
    using place = openWorkplace()
    const { exitCode, stderr } = await runCli(place, [
      'run',
      smallScenario,
      '--set',
      'variants[0].model=gpt-9',
      '--set',
      'tenants[1].current.model=gpt-8',
    ])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('variants[0].model')
    expect(stderr).toContain('tenants[1].current.model')
    expect(place.leftFolders()).toEqual([])
  })

  it('does not write into a folder that is not its own', async () => {
    using place = openWorkplace()
    const taken = join(place.folder, 'taken')
    mkdirSync(taken)
    writeFileSync(join(taken, 'mine.txt'), 'mine')
    const { exitCode, stderr } = await runCli(place, ['run', smallScenario, '--out', taken])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('TB_OUT_NOT_OURS')
    expect(readdirSync(taken)).toEqual(['mine.txt'])
  })

  it('a database that is not there ends with 5, its password unsaid', async () => {
    using place = openWorkplace()
    const { exitCode, stderr } = await runCli(place, [
      'run',
      smallScenario,
      '--out',
      join(place.folder, 'run'),
      '--database-url',
      'postgres://someone:hush-hush@127.0.0.1:1/postgres',
    ])
    expect(exitCode).toBe(5)
    expect(stderr).toContain('TB_DATABASE_UNREACHABLE')
    expect(stderr).not.toContain('hush-hush')
    expect(readdirSync(place.folder)).toEqual([])
  })

  it('TENANTBENCH_DATABASE_URL is used, DATABASE_URL is not', async () => {
    using place = openWorkplace()
    const nowhere = 'postgres://someone:secret@127.0.0.1:1/postgres'
    expect(
      (
        await runCli(place, ['run', smallScenario, '--out', join(place.folder, 'a')], {
          TENANTBENCH_DATABASE_URL: nowhere,
        })
      ).exitCode,
    ).toBe(5)
    expect(
      (
        await runCli(place, ['run', smallScenario, '--out', join(place.folder, 'b')], {
          DATABASE_URL: nowhere,
        })
      ).exitCode,
    ).toBe(0)
  })

  it('--json prints the record and nothing else; the folder holds the same', async () => {
    using place = openWorkplace()
    const out = join(place.folder, 'run')
    const { exitCode, stdout, stderr } = await runCli(place, [
      'run',
      smallScenario,
      '--json',
      '--out',
      out,
      '--keep-texts',
    ])
    expect(exitCode, stderr).toBe(0)
    const record = decodeRecord(stdout)
    expect(decodeRecord(readFileSync(join(out, 'run.json'), 'utf8'))).toEqual(record)
    expect(readdirSync(out).sort()).toEqual([
      'comparison.csv',
      'comparison.xlsx',
      'junit.xml',
      'report.html',
      'report.md',
      'run.json',
      'samples.jsonl',
    ])
    const samples = readFileSync(join(out, 'samples.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly texts?: object })
    expect(samples).toHaveLength(record.cells.reduce((sum, { queries }) => sum + queries, 0))
    expect(samples.every(({ texts }) => texts !== undefined)).toBe(true)
    for (const secret of ['postgres://', 'apiKey', place.folder.split('/').at(-1) ?? ''])
      expect(stdout.replaceAll(out, '')).not.toContain(secret)
  })

  it('one seed, two runs: the same but for measured times', async () => {
    using place = openWorkplace()
    const records = await Promise.all(
      ['one', 'two'].map(async (name) =>
        decodeRecord(
          (
            await runCli(place, [
              'run',
              smallScenario,
              '--json',
              '--seed',
              '7',
              '--out',
              join(place.folder, name),
            ])
          ).stdout,
        ),
      ),
    )
    const [one, two] = records.map(withoutMeasuredTimes)
    expect(one).toEqual(two)
  })

  it('--dry-run says what it would come to, and starts nothing', async () => {
    using place = openWorkplace()
    const { exitCode, stdout } = await runCli(place, ['run', smallScenario, '--dry-run', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ cells: 6, queries: 48, tenants: 3 })
    expect(readdirSync(place.folder)).toEqual([])
    expect((await runCli(place, ['run', smallScenario, '--dry-run'])).stdout).toMatch(
      /queries +48\n[^]*Nothing was started\.\n$/,
    )
  })

  it('report writes every view of a record again, the same as before', async () => {
    using place = openWorkplace()
    const [out, again] = [join(place.folder, 'run'), join(place.folder, 'again')]
    await runCli(place, ['run', smallScenario, '--out', out])
    const { exitCode, stdout } = await runCli(place, ['report', out, '--out', again, '--json'])
    expect(exitCode).toBe(0)
    const names = ['comparison.csv', 'comparison.xlsx', 'junit.xml', 'report.html', 'report.md']
    expect((JSON.parse(stdout) as { readonly files: readonly string[] }).files.toSorted()).toEqual(
      names.map((name) => join(again, name)),
    )
    expect(readdirSync(again).sort()).toEqual(names)
    for (const name of names.filter((each) => !each.endsWith('.xlsx')))
      expect(readFileSync(join(again, name), 'utf8')).toBe(readFileSync(join(out, name), 'utf8'))
  })

  it('texts are kept only when asked for', async () => {
    using place = openWorkplace()
    const out = join(place.folder, 'run')
    expect((await runCli(place, ['run', smallScenario, '--out', out])).stdout).toContain('PASS')
    expect(readFileSync(join(out, 'samples.jsonl'), 'utf8')).not.toContain('"texts"')
  })
})

function withoutMeasuredTimes({
  timing: _timing,
  runId: _runId,
  runDir: _runDir,
  cells,
  sameQuestion,
  ...rest
}: RunRecord): object {
  return {
    ...rest,
    cells: cells.map(
      ({ latencyMs: _latency, ownMs: _own, uncorrectedMs: _uncorrected, ...cell }) => cell,
    ),
    sameQuestion: sameQuestion.map(({ responseMs: _response, ...line }) => line),
  }
}
