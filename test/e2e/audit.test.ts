/** `tenantbench audit` as a user runs it, on a PostgreSQL 18 of its own. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseLease, takeLease } from '../../harness/services/lease.ts'
import { startCluster, type PostgresCluster } from '../../harness/services/postgres/cluster.ts'
import type { AuditResult } from '../../src/base/finding.ts'
import { systemClock } from '../../src/base/clock.ts'
import {
  openWorkplace,
  root,
  runCli,
  startCli,
  until,
  type Ended,
  type Workplace,
} from '../support/cli.ts'

const holeSql =
  readFileSync(join(root, 'test/corpus/audit/b05/empty-string.sql'), 'utf8').split(/^-- @/m)[0] ??
  ''
const safeSql =
  readFileSync(join(root, 'test/corpus/audit/safe/b05-empty-string-mended.sql'), 'utf8').split(
    /^-- @/m,
  )[0] ?? ''
const odd = `na"me ${'é'.repeat(3)} select`
const long = 'x'.repeat(63)
const oddSql = `create role "ow""ner" nologin; create role "${long}" login;
  create schema "Ärger; drop" authorization "ow""ner"; grant usage
    on schema "Ärger; drop" to "${long}"; set role "ow""ner";
  create table "Ärger; drop"."${odd.replaceAll('"', '""')}\nline" ("tenant id" int not null, "order"
    text not null, id uuid primary key default gen_random_uuid());
  grant select on "Ärger; drop"."${odd.replaceAll('"', '""')}\nline" to "${long}";
    alter table "Ärger; drop"."${odd.replaceAll('"', '""')}\nline" enable row level security;
      alter table "Ärger; drop"."${odd.replaceAll('"', '""')}\nline" force row level security;
  create policy "p;""q" on "Ärger; drop"."${odd.replaceAll('"', '""')}\nline"
    using (current_setting('a.b', true) is null or "tenant id" = nullif(current_setting('a.b',
      true), '')::int); reset role`

let folder = ''
let cluster: PostgresCluster
let place: Workplace

async function onServer(database: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(database) })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

function urlOf(database: string): string {
  const url = new URL(cluster.adminUrl)
  url.pathname = `/${database}`
  return url.href
}

const audit = (database: string, ...flags: readonly string[]): Promise<Ended> =>
  runCli(place, ['audit', '--database-url', urlOf(database), ...flags])
const json = (ended: Ended): AuditResult => JSON.parse(ended.stdout) as AuditResult
const inPlace = (name: string, text: string): string => {
  const path = join(place.folder, name)
  writeFileSync(path, text)
  return path
}

beforeAll(async () => {
  folder = await takeLease(null)
  cluster = await startCluster(folder, systemClock)
  place = openWorkplace()
  for (const name of ['hole', 'safe', 'odd', 'nothing', 'closed'])
    await onServer('postgres', `create database ${name}`)
  await onServer('hole', holeSql)
  // The same roles for the twin: they are the cluster's.
  await onServer('safe', safeSql.replace(/^create role .*$/gm, ''))
  await onServer('odd', oddSql)
  await onServer('closed', 'create role stranger login; create table t (tenant_id int, body text)')
})

afterAll(async () => {
  await cluster.stop()
  await releaseLease(folder)
  place[Symbol.dispose]()
})

describe('a hole', () => {
  it(
    'ends with 4 and names vector, object, the SQL that shows it and the SQL that mends it; ' +
      '--fix-check says so',
    async () => {
      const { exitCode, stdout, stderr } = await audit('hole', '--role', 'app', '--fix-check')
      expect(exitCode).toBe(4)
      expect(stdout).toMatch(/^LEAK: 1 proven/)
      for (const text of [
        'CRITICAL proven   B05',
        'crm.doc',
        'set session authorization "app"',
        'CREATE POLICY',
        'tried on a clone: it mends it',
        'app (impersonation)',
      ])
        expect(stdout).toContain(text)
      expect(`${stdout}${stderr}`).not.toContain(new URL(cluster.adminUrl).password)
    },
  )

  it('--json is one document and nothing else; sarif and junit tell the same', async () => {
    const result = json(await audit('hole', '--json'))
    const found = result.findings.find(({ vector }) => vector === 'B05')
    expect({
      verdict: result.verdict,
      status: found?.status,
      object: found?.object,
      severities: found?.severities,
    }).toEqual({
      verdict: 'leak',
      status: 'proven',
      object: 'crm.doc',
      severities: { M1: 'critical', M2: 'critical', M3: 'critical' },
    })
    const sarif = JSON.parse((await audit('hole', '--format', 'sarif')).stdout) as {
      readonly version: string
      readonly runs: readonly [
        {
          readonly results: readonly {
            readonly ruleId: string
            readonly level: string
            readonly partialFingerprints: object
          }[]
        },
      ]
    }
    expect(sarif.version).toBe('2.1.0')
    expect(sarif.runs[0].results.find(({ ruleId }) => ruleId === 'B05')).toMatchObject({
      level: 'error',
      partialFingerprints: { 'tenantbench/v1': found?.key },
    })
    expect((await audit('hole', '--format', 'junit')).stdout).toMatch(
      /<testsuites [^>]*failures="1"[\s\S]*<failure type="critical"/,
    )
  })

  it(
    'that is accepted until a day does not count; an expired entry counts and is told; so with a baseline',
    { timeout: 180_000 },
    async () => {
      const first = await audit('hole', '--json')
      const key = json(first).findings.find(({ vector }) => vector === 'B05')?.key ?? ''
      const accepted = await audit(
        'hole',
        '--json',
        '--allow',
        inPlace('allow.yaml', `- key: ${key}\n  reason: known\n  expires: 2999-01-01\n`),
      )
      expect(accepted.exitCode).toBe(0)
      expect(json(accepted).findings.find((finding) => finding.key === key)).toMatchObject({
        status: 'accepted',
        reason: 'known (until 2999-01-01)',
      })
      const expired = await audit(
        'hole',
        '--allow',
        inPlace('expired.yaml', `- key: ${key}\n  reason: known\n  expires: 2020-01-01\n`),
      )
      expect(expired.exitCode).toBe(4)
      expect(expired.stderr).toContain(`${key} expired on 2020-01-01`)
      expect(
        (await audit('hole', '--baseline', inPlace('baseline.json', first.stdout))).exitCode,
      ).toBe(0)
    },
  )

  it('without probes is possible, and ends with 1', async () => {
    const { exitCode, stdout } = await audit('hole', '--probe', 'off')
    expect(exitCode).toBe(1)
    expect(stdout).toContain('CRITICAL possible B05')
  })
})

it('its mended twin is isolated; under M3 a plain setting is a finding', async () => {
  expect((await audit('safe', '--role', 'app')).stdout).toMatch(/^ISOLATED/)
  expect((await audit('safe', '--role', 'app', '--threat-model', 'M3')).exitCode).toBe(4)
  expect((await audit('safe', '--probe', 'off')).exitCode).toBe(3)
})

it('names with quotes, blanks, newlines and 63 bytes are names', async () => {
  const { exitCode, stdout } = await audit('odd', '--role', long)
  expect(exitCode).toBe(4)
  expect(stdout).toContain('B04')
  expect(stdout).toContain('Ärger; drop.na"me')
})

describe('what cannot be judged is said in a sentence:', () => {
  it('no tables', async () => {
    const { exitCode, stdout } = await audit('nothing', '--role', 'app')
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/^INCONCLUSIVE: Nothing can be said: .*no tables/)
  })

  it('a role without rights', async () => {
    const { exitCode, stdout } = await audit('closed', '--role', 'stranger')
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/^INCONCLUSIVE: Nothing can be said: /)
  })
})

describe('is refused:', () => {
  const reach = '127.0.0.1:1'
  it.each([
    ['no database', ['audit'], 2, ['--database-url postgres://']],
    ['a role that is none', ['--role', 'nobody_here'], 2, ['There is no role nobody_here']],
    [
      'a role that cannot log in',
      ['--role', `postgres://app:wrong@${reach}/x`],
      5,
      ['Role app cannot log in'],
    ],
    [
      'a context that is none',
      ['--context', 'app.tid'],
      2,
      ['"app.tid" is not of the form setting=schema.table.column'],
    ],
    [
      'a column that is none',
      ['--tenant-column', 'crm.doc.nothing'],
      2,
      ['crm.doc.nothing: is not a column of the database'],
    ],
    ['an unknown probe', ['--probe', 'live'], 2, ['probe']],
    ['a flag that is none', ['--bogus'], 2, ['bogus']],
  ] as const)('%s', async (_title, flags, exitCode, says) => {
    const ended =
      flags[0] === 'audit' ? await runCli(place, ['audit']) : await audit('hole', ...flags)
    expect(ended.exitCode).toBe(exitCode)
    for (const text of says) expect(ended.stderr).toContain(text)
    expect(ended.stdout).toBe('')
  })

  it('a list with faults, each with its line', async () => {
    const { exitCode, stderr } = await audit(
      'hole',
      '--allow',
      inPlace(
        'faulty.yaml',
        '- key: B05-x\n  reason: ""\n  expires: 2999-01-01\n- key: B05-y\n  reason: known\n  expires: soon\n',
      ),
    )
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/line 1: 0\.reason/)
    expect(stderr).toMatch(/line 4: 1\.expires/)
  })

  it('a server that is not there', async () => {
    const { exitCode, stderr } = await runCli(place, [
      'audit',
      '--database-url',
      `postgres://app:hush-hush@${reach}/x`,
    ])
    expect(exitCode).toBe(5)
    expect(stderr).toContain('The PostgreSQL server cannot be reached')
    expect(stderr).not.toContain('hush-hush')
  })
})

it('an interrupted audit leaves nothing behind', async () => {
  const { child, ended } = startCli(place, ['audit', '--database-url', urlOf('hole')])
  await until('the clone is being made', () => place.leftFolders().length > 0, 20_000)
  child.kill('SIGINT')
  expect((await ended).exitCode).toBe(130)
  await until(
    'everything is gone',
    () => place.leftFolders().length === 0 && place.leftProcesses().length === 0,
    10_000,
  )
})
