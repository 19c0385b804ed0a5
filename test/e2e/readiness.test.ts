/**
 * Readiness through the real command line: ready as it stands, and each planted fault is named by
 * the check that it is about.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { randomFor } from '../../src/base/random.ts'
import type { Readiness } from '../../harness/readiness/readiness.ts'
import { openWorkplace, root, runCli, type Ended } from '../support/cli.ts'

const folder = join(root, 'scenarios/faults')

/**
 * By fault: the exit code, the word, the check that must name it, and what its evidence must say.
 */
const faults: Readonly<
  Record<
    string,
    readonly [exitCode: number, verdict: Readiness['verdict'], check: string, says: RegExp]
  >
> = {
  'alert-late': [
    1,
    'not-ready',
    'namespaces.capacity-alert',
    /alert came at 85 namespaces; it is due at 72/,
  ],
  'bill-comes-late': [1, 'stop', 'cost.reconciliation', /stop/],
  'blind-insert': [1, 'not-ready', 'rls.wrong-tenant-is-empty', /app insert documents/],
  'blind-update': [
    1,
    'not-ready',
    'rls.wrong-tenant-is-empty',
    /app update documents as "B" blind, setting title/,
  ],
  'corpus-lost': [
    1,
    'not-ready',
    'tenants.three-provisioned',
    /0 of 3 tenants.*0 from its own documents/,
  ],
  'default-tenant': [
    4,
    'not-ready',
    'rls.wrong-tenant-is-empty',
    /app select documents without a tenant id/,
  ],
  'force-dropped': [4, 'not-ready', 'rls.wrong-tenant-is-empty', /owner select ledger/],
  'index-overfull': [
    1,
    'not-ready',
    'namespaces.capacity-alert',
    /holds 100 namespaces, over the operating limit of 90/,
  ],
  'index-quota': [1, 'not-ready', 'namespaces.capacity-alert', /signup 91 of 101 was refused/],
  'operator-reads-content': [4, 'not-ready', 'rls.wrong-tenant-is-empty', /operator select chunks/],
  'policy-for-everybody': [4, 'not-ready', 'rls.wrong-tenant-is-empty', /app select documents/],
  'price-a-little-off': [1, 'not-ready', 'cost.reconciliation', /openai\.chat: warn/],
  'row-security-off': [4, 'not-ready', 'rls.wrong-tenant-is-empty', /app select chunks/],
  'truncate-granted': [1, 'not-ready', 'rls.wrong-tenant-is-empty', /app truncate chunks/],
  'silent-default': [
    4,
    'not-ready',
    'rls.wrong-tenant-is-empty',
    /app select documents without a tenant id/,
  ],
  'stale-price': [1, 'stop', 'cost.reconciliation', /openai\.chat: stop/],
  'streams-break': [1, 'stop', 'requests.failures', /queries failed/],
  'usage-not-metered': [1, 'stop', 'cost.reconciliation', /anthropic\.chat: stop/],
  'view-with-owners-rights': [
    4,
    'not-ready',
    'rls.wrong-tenant-is-empty',
    /app select recent_documents/,
  ],
}

// All of them take two minutes: here a sample drawn from the commit, in full by `npm run proof --
// readiness`.
const seed = execFileSync('git', ['-C', root, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
const sample = randomFor(['faults', seed]).shuffle(Object.entries(faults)).slice(0, 4)

const four = [
  'rls.wrong-tenant-is-empty',
  'cost.reconciliation',
  'namespaces.capacity-alert',
  'tenants.three-provisioned',
]

async function answer(args: readonly string[]): Promise<Ended & { readonly said: Readiness }> {
  using place = openWorkplace()
  const ended = await runCli(place, [
    'readiness',
    ...args,
    '--json',
    '--out',
    join(place.folder, 'run'),
  ])
  expect(place.leftFolders()).toEqual([])
  return { ...ended, said: JSON.parse(ended.stdout) as Readiness }
}

describe('readiness', () => {
  it('is ready as it stands, names its subject first, and what it did not look at', async () => {
    const { exitCode, said } = await answer([])
    expect(exitCode).toBe(0)
    expect(Object.keys(said)[0]).toBe('subject')
    expect(said).toMatchObject({
      subject: { kind: 'reference', name: 'the reference system' },
      verdict: 'ready',
    })
    expect(said.notExamined).toMatch(/^Yours was not looked at: add --database-url/)
    expect(said.checks.slice(0, 4).map(({ id, verdict }) => [id, verdict])).toEqual(
      four.map((id) => [id, 'pass']),
    )
    expect(said.checks.every(({ evidence }) => evidence.length > 10)).toBe(true)
  })

  it('in words: the answer, the subject, every check with its evidence', async () => {
    using place = openWorkplace()
    const { exitCode, stdout } = await runCli(place, [
      'readiness',
      join(folder, 'row-security-off.yaml'),
      '--out',
      join(place.folder, 'run'),
    ])
    expect(exitCode).toBe(4)
    expect(stdout).toMatch(
      /^NOT READY \(the reference system\): Tenant data leaked\. Not passed: .*rls\.wrong-tenant-is-empty.*\nYours was not looked at/,
    )
    for (const id of four) expect(stdout).toContain(id)
  })

  it('knows every scenario in scenarios/faults', () => {
    expect(
      readdirSync(folder)
        .map((file) => file.replace('.yaml', ''))
        .sort(),
    ).toEqual(Object.keys(faults).sort())
  })

  it.each(sample)(
    `%s is found (sample of ${seed})`,
    async (name, [exitCode, verdict, check, says]) => {
      const ended = await answer([join(folder, `${name}.yaml`)])
      expect({ exitCode: ended.exitCode, verdict: ended.said.verdict }).toEqual({
        exitCode,
        verdict,
      })
      const found = ended.said.checks.find(({ id }) => id === check)
      expect(found?.verdict).not.toBe('pass')
      expect(found?.evidence).toMatch(says)
    },
  )
})
