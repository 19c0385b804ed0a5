/**
 * Bad input through the real command line: it is named, with its place and a way out, and nothing
 * is left behind. What only looks bad is taken.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import { decodeRecord } from '../../reports/record/codec.ts'
import { systemClock } from '../../src/base/clock.ts'
import { randomFor } from '../../src/base/random.ts'
import { openWorkplace, outcomeOf, root, runCli, startCli, until } from '../support/cli.ts'
import { smallScenario } from '../support/run-small.ts'
import { corpora } from './bad-input/corpora.ts'
import { flags } from './bad-input/flags.ts'
import { hostileFiles, hostileNames, innocent } from './bad-input/innocent.ts'
import { expectRefused } from './bad-input/judge.ts'
import { names } from './bad-input/names.ts'
import { records } from './bad-input/records.ts'
import { arrange, flagRow, placed, scenarioRow, small, type BadInput } from './bad-input/row.ts'
import { scenarioKeys } from './bad-input/scenario-keys.ts'
import { scenarioTexts } from './bad-input/scenario-text.ts'
import { tables } from './bad-input/tables.ts'

const rows = [
  ...scenarioKeys,
  ...scenarioTexts,
  ...names,
  ...corpora,
  ...tables,
  ...flags,
  ...records,
]
// All of them take two minutes: here a sixth of them, drawn from the commit; all with
// TENANTBENCH_BAD_INPUT=full.
const seed = execFileSync('git', ['-C', root, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
const sample =
  process.env['TENANTBENCH_BAD_INPUT'] === 'full'
    ? rows
    : randomFor(['bad input', seed])
        .shuffle(rows)
        .slice(0, Math.ceil(rows.length / 6))
const password = 'hush-hush'
// Starting is most of what a row takes; the cache saves a third of that.
let compiled = ''
const cached = (): Readonly<Record<string, string>> => ({ NODE_COMPILE_CACHE: compiled })

async function refused(row: BadInput): Promise<void> {
  await expectRefused({ ...row, environment: { ...cached(), ...row.environment } }, [password])
}

beforeAll(() => {
  compiled = mkdtempSync(join(tmpdir(), 'tenantbench-compiled-'))
})
afterAll(() => rmSync(compiled, { recursive: true, force: true }))

it('the table has rows enough, each with a title of its own', () => {
  expect(rows.length).toBeGreaterThanOrEqual(70)
  expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length)
})

describe.concurrent('is refused:', () => {
  it.each(sample)(`$title (sample of ${seed})`, refused)

  it('a clock set back to 2015, when nothing had a price', async () => {
    const row = flagRow('', [], {
      code: 'TB_SCENARIO_INVALID',
      says: [
        'line 18: variants[1].model: no price: anthropic claude-haiku-4-5, input-tokens, on 2015-06-01',
        'line 12: models.embedding.model: no price',
      ],
    })
    await refused({
      ...row,
      environment: {
        NODE_OPTIONS: `--import=${new URL('./bad-input/clock-in-2015.ts', import.meta.url).href}`,
      },
    })
  })

  it('planted SQL that is none', () =>
    refused({
      ...scenarioRow('', `${small()}sabotage:\n  sql: drop everything\n`, [
        'syntax error at or near "everything"',
      ]),
      code: 'TB_SABOTAGE_FAILED',
    }))

  it.each([
    { who: 'never says a word', words: null, says: 'timeout expired' },
    {
      who: 'speaks HTTP',
      words: 'HTTP/1.1 400 Bad Request\r\n\r\n',
      says: 'Connection terminated unexpectedly',
    },
  ])('a server that is no PostgreSQL and $who', async ({ words, says }) => {
    const server = createServer(
      (socket) =>
        void socket
          .on('error', () => undefined)
          .once('data', () => words !== null && socket.end(words)),
    )
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      const address = server.address()
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0
      await refused(
        flagRow('', ['--database-url', `postgres://someone:${password}@127.0.0.1:${port}/db`], {
          code: 'TB_DATABASE_UNREACHABLE',
          exitCode: 5,
          says: [says],
        }),
      )
    } finally {
      server.close()
    }
  })
})

describe.concurrent('a PostgreSQL that does not let us in', () => {
  let server: PostgresCluster
  let folder: string
  beforeAll(async () => {
    folder = await takeLease(null)
    server = await startCluster(folder, systemClock)
    const client = new Client({ connectionString: server.adminUrl })
    await client.connect()
    await client.query(
      `create role poor login password '${password}'; create role wide login password '${password}-else'`,
    )
    await client.end()
  })
  afterAll(async () => {
    await server.stop()
    await releaseLease(folder)
  })

  it.each([
    {
      why: 'the password is wrong',
      user: 'wide',
      database: 'postgres',
      code: 'TB_DATABASE_UNREACHABLE',
      says: 'password authentication failed for user "wide"',
    },
    {
      why: 'the database is not there',
      user: 'poor',
      database: 'nowhere',
      code: 'TB_DATABASE_UNREACHABLE',
      says: 'database "nowhere" does not exist',
    },
    {
      why: 'the user lacks rights',
      user: 'poor',
      database: 'postgres',
      code: 'TB_DATABASE_RIGHTS',
      says: 'User poor lacks CREATEDB and CREATEROLE.',
    },
  ] as const)('is named when $why, its password unsaid', async ({ user, database, code, says }) => {
    const url = new URL(server.adminUrl)
    Object.assign(url, { username: user, password, pathname: `/${database}` })
    await refused(flagRow('', ['--database-url', url.href], { code, exitCode: 5, says: [says] }))
  })
})

const mayMount =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0

describe.concurrent('a folder for the run', () => {
  it.skipIf(!mayMount)('on a disk that is full ends with 5, and holds nothing', async () => {
    using place = openWorkplace()
    arrange({ files: { 'disk/': '' } }, place.folder)
    const disk = join(place.folder, 'disk')
    const script =
      'mount -t tmpfs -o size=8k tmpfs "$0" && "$@"; code=$?; ls -AR "$0" >&1; exit "$code"'
    const command = [
      join(root, 'node_modules/.bin/node'),
      join(root, 'bin/tenantbench.js'),
      'run',
      smallScenario,
      '--out',
      disk,
    ]
    const { exitCode, stdout, stderr } = await outcomeOf(
      spawn('unshare', ['--mount', 'sh', '-c', script, disk, ...command], {
        cwd: root,
        env: { ...place.environment, ...cached() },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    )
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 5, stdout: `${disk}:\n` })
    expect(stderr).toContain('no space left on device')
    expect(stderr).toMatch(/\(TB_OUT_UNWRITABLE\)\n$/)
    expect({ folders: place.leftFolders(), processes: place.leftProcesses() }).toEqual({
      folders: [],
      processes: [],
    })
  })

  it('of two runs is had by one; the other is refused and spoils nothing', async () => {
    using place = openWorkplace()
    const out = join(place.folder, 'run')
    const first = startCli(place, ['run', smallScenario, '--out', out], cached())
    await until(
      'the first run has the folder',
      () =>
        readdirSync(place.folder).includes('run') &&
        readdirSync(out).includes('.tenantbench-running'),
      30_000,
    )
    const second = await runCli(
      place,
      ['run', smallScenario, '--out', out, '--seed', '12'],
      cached(),
    )
    expect(second.exitCode, second.stderr).toBe(2)
    expect(second.stderr).toContain('another run is writing there')
    expect((await first.ended).exitCode).toBe(0)
    expect(decodeRecord(readFileSync(join(out, 'run.json'), 'utf8')).seed).toBe(11)
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([])
    expect({ folders: place.leftFolders(), processes: place.leftProcesses() }).toEqual({
      folders: [],
      processes: [],
    })
  })
})

describe.concurrent('is taken:', () => {
  it.each(innocent)('$title', async ({ files, args }) => {
    using place = openWorkplace()
    arrange({ files }, place.folder)
    const { exitCode, stdout, stderr } = await runCli(
      place,
      args.map((arg) => placed(arg, place.folder)),
      cached(),
    )
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('Nothing was started.')
  })

  it(
    '20,000 characters without a blank, and names that are escapes, Markdown, commands of a ' +
      'CI and formulas',
    async () => {
      using place = openWorkplace()
      arrange({ files: hostileFiles }, place.folder)
      const out = join(place.folder, 'run')
      const { exitCode, stdout, stderr } = await runCli(
        place,
        ['run', join(place.folder, 's.yaml'), '--out', out],
        cached(),
      )
      expect(exitCode, stderr).toBe(0)
      for (const text of [stdout, stderr]) {
        expect(text).not.toContain('\u001b')
        expect(text.split('\n').filter((line) => /^\s*(?:::|##\[)/.test(line))).toEqual([])
      }
      for (const name of hostileNames)
        expect(
          decodeRecord(readFileSync(join(out, 'run.json'), 'utf8')).comparison.map(
            (line) => line.name,
          ),
        ).toContain(name)
      expect(
        readFileSync(join(out, 'comparison.csv'), 'utf8')
          .split(/[,\n]/)
          .filter((field) => /^"?[=+@-]/.test(field)),
      ).toEqual([])
    },
  )
})
