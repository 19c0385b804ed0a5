/**
 * However a run is ended, nothing of it is left after five seconds, and the next run starts clean.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  outcomeOf,
  root,
  runCli,
  startCli,
  until,
  type Workplace,
  openWorkplace,
} from '../support/cli.ts'
import { smallScenario } from '../support/run-small.ts'

// At time scale 1 the run would take minutes: it is always in the middle of asking when the end
// comes.
const slow = ['run', smallScenario, '--set', 'timeScale=1']

interface Running {
  readonly pid: number
  stderr(): string
  readonly ended: Promise<{ readonly exitCode: number | null }>
}

function watched(child: ReturnType<typeof spawn>, ended: Running['ended']): Running {
  let stderr = ''
  child.stderr?.on('data', (text: string) => (stderr += text))
  return { pid: child.pid ?? 0, stderr: () => stderr, ended }
}

function byNode(place: Workplace): Running {
  const { child, ended } = startCli(place, [...slow, '--out', join(place.folder, 'run')])
  return watched(child, ended)
}

function byNpm(place: Workplace, command: readonly string[]): Running {
  const child = spawn(command[0] ?? '', [...command.slice(1), '--out', join(place.folder, 'run')], {
    cwd: root,
    env: place.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return watched(child, outcomeOf(child))
}

const isServicesHost = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('services/host')

const ends: readonly {
  readonly how: string
  start(place: Workplace): Running
  end(pid: number): void
  readonly exitCode: number | null
}[] = [
  {
    how: 'SIGINT to the group',
    start: byNode,
    end: (pid) => process.kill(-pid, 'SIGINT'),
    exitCode: 130,
  },
  {
    how: 'SIGTERM to the process',
    start: byNode,
    end: (pid) => process.kill(pid, 'SIGTERM'),
    exitCode: 143,
  },
  {
    how: 'SIGKILL to the process',
    start: byNode,
    end: (pid) => process.kill(pid, 'SIGKILL'),
    exitCode: null,
  },
  {
    how: 'SIGTERM to npx',
    start: (place) => byNpm(place, ['npx', 'tenantbench', ...slow]),
    end: (pid) => process.kill(pid, 'SIGTERM'),
    exitCode: null,
  },
  {
    how: 'SIGTERM to npm start',
    start: (place) => byNpm(place, ['npm', 'start', '--', '--set', 'timeScale=1']),
    end: (pid) => process.kill(pid, 'SIGTERM'),
    exitCode: null,
  },
]

describe('the end of a run', () => {
  it.each(ends)('$how leaves nothing', async ({ start, end, exitCode }) => {
    using place = openWorkplace()
    const running = start(place)
    await until('the run asks', () => running.stderr().includes('] asking'), 30_000)
    expect(place.leftFolders()).toHaveLength(1)
    end(running.pid)
    await until(
      'nothing is left',
      () => place.leftProcesses().length === 0 && place.leftFolders().length === 0,
      5_000,
    )
    if (exitCode !== null) expect((await running.ended).exitCode).toBe(exitCode)
    const next = await runCli(place, [
      'run',
      smallScenario,
      '--json',
      '--out',
      join(place.folder, 'next'),
    ])
    expect(next.exitCode, next.stderr).toBe(0)
  })

  it('a leftover of a run whose services were killed too is cleared by the next one', async () => {
    using place = openWorkplace()
    const running = byNode(place)
    await until('the run asks', () => running.stderr().includes('] asking'), 30_000)
    // Both at once, so that neither can tidy up after the other; PostgreSQL itself goes on.
    for (const pid of [running.pid, ...place.leftProcesses().filter(isServicesHost)])
      process.kill(pid, 'SIGKILL')
    await running.ended
    const next = await runCli(place, [
      'run',
      smallScenario,
      '--json',
      '--out',
      join(place.folder, 'next'),
    ])
    expect(next.exitCode, next.stderr).toBe(0)
    await until(
      'nothing is left',
      () => place.leftProcesses().length === 0 && place.leftFolders().length === 0,
      5_000,
    )
  })

  it('a database that dies during the run ends it with 5, and leaves nothing', async () => {
    using place = openWorkplace()
    const running = byNode(place)
    await until('the run asks', () => running.stderr().includes('] asking'), 30_000)
    const postmaster = place
      .leftProcesses()
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/postgres\0-D'))
    process.kill(postmaster ?? 0, 'SIGKILL')
    expect((await running.ended).exitCode).toBe(5)
    await until(
      'nothing is left',
      () => place.leftProcesses().length === 0 && place.leftFolders().length === 0,
      5_000,
    )
  })

  it('services that die during the run end it with 5, and leave nothing', async () => {
    using place = openWorkplace()
    const running = byNode(place)
    await until('the run asks', () => running.stderr().includes('] asking'), 30_000)
    for (const pid of place.leftProcesses().filter(isServicesHost)) process.kill(pid, 'SIGKILL')
    expect((await running.ended).exitCode).toBe(5)
    expect(running.stderr()).toContain('TB_SERVICE_LOST')
    // PostgreSQL outlived the process that answered for it: the next run clears it away.
    expect(
      (await runCli(place, ['run', smallScenario, '--json', '--out', join(place.folder, 'next')]))
        .exitCode,
    ).toBe(0)
    await until(
      'nothing is left',
      () => place.leftProcesses().length === 0 && place.leftFolders().length === 0,
      5_000,
    )
  })

  it('a run without a parent to lose is not ended for it', async () => {
    using place = openWorkplace()
    // The shell ends at once, and the first process of the machine, or a reaper, adopts the run
    // before it looks.
    const out = join(place.folder, 'run')
    const script = `sleep 0.2; exec "$0" "$@" > ${out}.log 2>&1`
    spawn(
      'setsid',
      [
        '--fork',
        'sh',
        '-c',
        script,
        join(root, 'node_modules/.bin/node'),
        join(root, 'bin/tenantbench.js'),
        'run',
        smallScenario,
        '--out',
        out,
      ],
      { cwd: root, env: place.environment, stdio: 'ignore' },
    )
    await until(
      'the run has reported',
      () => existsSync(`${out}.log`) && readFileSync(`${out}.log`, 'utf8').includes('Report:'),
      40_000,
    )
  })

  it('another run that is alive is not touched', async () => {
    using place = openWorkplace()
    const running = byNode(place)
    await until('the run asks', () => running.stderr().includes('] asking'), 30_000)
    const before = place.leftFolders()
    expect(
      (await runCli(place, ['run', smallScenario, '--json', '--out', join(place.folder, 'next')]))
        .exitCode,
    ).toBe(0)
    expect(place.leftFolders()).toEqual(before)
    process.kill(running.pid, 'SIGTERM')
    expect((await running.ended).exitCode).toBe(143)
  })
})
