/** Time and chance come in from outside: on the real tree, and on planted reads. */
import { describe, expect, test } from 'vitest'
import { clockAndChance } from './laws/clock-and-chance.ts'
import { planted, readTree, told } from './tree.ts'

const found = (path: string, text: string): string[] =>
  told(clockAndChance(planted({ [path]: text })))

test('the tree reads the clock and draws in src/base alone', () =>
  expect(told(clockAndChance(readTree()))).toEqual([]))

describe('a planted read is found', () => {
  test.each([
    ['const a = Date.now()', 'Date of now'],
    ['const a = Date["now"]()', 'Date of now'],
    ['const a = new Date()', 'Date of now'],
    ['const a = new Date', 'Date of now'],
    ['const a = Date()', 'Date of now'],
    ['const { now } = Date', 'Date of now'],
    ['const clock = { Date }', 'Date of now'],
    ['const a = globalThis.Date.now()', 'Date of now'],
    ['const a = performance.now()', 'performance'],
    ['const a = globalThis.performance.now()', 'performance'],
    ['const a = Math.random()', 'Math.random'],
    ['const { random } = Math', 'Math as a whole'],
    ['const a = process.hrtime.bigint()', 'process.hrtime'],
    ['const a = AbortSignal.timeout(5)', 'AbortSignal.timeout'],
    ['setTimeout(f, 5)', 'setTimeout'],
    ['const later = setInterval', 'setInterval'],
    ['const a = globalThis.setTimeout(f)', 'setTimeout'],
    [`import { randomBytes as draw } from 'node:crypto'`, 'randomBytes'],
    ['const a = crypto.randomUUID()', 'randomUUID'],
    [`import { setTimeout as delay } from 'node:timers/promises'`, 'timers/promises'],
    [`const a = await import('perf_hooks')`, 'perf_hooks'],
    ['await query(`select now()`)', 'now( in SQL'],
    ['await query(`insert ${a} values (current_timestamp)`)', 'current_timestamp in SQL'],
    [`await query('select clock_timestamp (), 1')`, 'clock_timestamp ( in SQL'],
    [`await query('order by random()')`, 'random( in SQL'],
    [`await query("select gen_random_uuid()")`, 'gen_random_uuid( in SQL'],
  ])('%s', (line, what) => {
    expect(
      found(
        'harness/recommend/a.ts',
        `/** Head: Date.now() and now() are only named here. */\n${line}\n`,
      ),
    ).toEqual([expect.stringContaining(`harness/recommend/a.ts:2 ${what}`)])
  })

  test('in a template, on the line where it stands', () => {
    expect(found('src/db/a.ts', 'const a = `select 1,\n  2,\n  NOW()`\n')).toEqual([
      'src/db/a.ts:3 NOW( in SQL: pass the time or the value in',
    ])
  })

  test('in a migration, but not in its comments', () => {
    const sql =
      '-- now() is the time of the transaction\ncreate table a (\n  at timestamptz default ' +
      "now(), /* random()\n */ day date default 'today'\n);\n"
    expect(found('src/db/migrations/001-a.sql', sql)).toEqual([
      'src/db/migrations/001-a.sql:3 now( in SQL: pass the time or the value in',
      "src/db/migrations/001-a.sql:4 'today' in SQL: pass the time or the value in",
    ])
  })

  test('of more than the loop delay in harness/run/progress.ts', () => {
    const lines =
      `import { monitorEventLoopDelay } from 'node:perf_hooks'\nimport { ` +
      `monitorEventLoopDelay as b, eventLoopUtilization } from 'node:perf_hooks'\n`
    expect(found('harness/run/progress.ts', lines)).toEqual([
      'harness/run/progress.ts:2 perf_hooks: take a Clock',
    ])
    expect(found('harness/load/other.ts', lines)).toHaveLength(2)
  })
})

test.each([
  ['src/base/clock.ts', 'const a = Date.now()'],
  ['src/cost/a.ts', 'const a = new Date(atMs).toISOString()'],
  ['src/cost/a.ts', 'const a = Date.parse(text) + Date.UTC(2026, 1)'],
  ['src/cost/a.ts', 'function f(a: Date): boolean { return a instanceof Date }'],
  ['src/cost/a.ts', 'const a = Math.max(1, known(2))'],
  ['src/cost/a.ts', `const a = random.unit() + clock.nowMs()`],
  ['src/cost/a.ts', 'socket.setTimeout(5)'],
  ['src/cost/a.ts', `import { createHash } from 'node:crypto'`],
])('%s may say: %s', (path, line) => expect(found(path, `${line}\n`)).toEqual([]))
