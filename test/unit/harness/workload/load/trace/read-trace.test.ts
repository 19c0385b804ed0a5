/** Traces in both forms, those of others as they are, and their faults. */
import { describe, expect, it } from 'vitest'
import { loadSchema } from '../../../../../../harness/scenario/load-schema.ts'
import { planLoad, type LoadPlan } from '../../../../../../harness/workload/load/plan-load.ts'
import { readTrace, type Trace } from '../../../../../../harness/workload/load/trace/read-trace.ts'
import { rejectionOf } from '../../../../support/failures.ts'
import { testFolder } from '../../../../support/folder.ts'

const questions = ['one?', 'two?', 'three?'].map((text, at) => ({ id: `q${at + 1}`, text }))
const tenants = [
  { id: 'A', questions },
  { id: 'B', questions: questions.toReversed() },
]
const azure =
  'TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 ' +
  '18:17:03.9799600,4808,10\r\n2023-11-16 18:17:04.0319600,3180,8\r\n2023-11-16 ' +
  '18:17:04.0781490,110,27'

async function read(
  name: string,
  text: string,
  more: object = {},
): Promise<{ readonly trace: Trace; readonly plan: LoadPlan }> {
  await using folder = await testFolder()
  await folder.write(name, text)
  const load = loadSchema.parse({
    durationSeconds: 60,
    arrivals: { kind: 'trace', path: name, speed: 1 },
    ...more,
  })
  const trace = await readTrace({ scenarioPath: `${folder.path}/scenario.yaml`, load, tenants })
  if (trace === null) expect.unreachable('the load is no trace')
  return {
    trace,
    plan: planLoad({
      seed: 1,
      load,
      trace,
      tenants: tenants.map(({ id }) => ({ id, questions: 3, cells: 2 })),
    }),
  }
}
const timesOf = async (name: string, lines: readonly string[]): Promise<readonly number[]> => [
  ...(await read(name, lines.join('\n'))).trace.atMs,
]
const faultsOf = async (
  name: string,
  lines: readonly string[],
  more: object = {},
): Promise<readonly string[]> => {
  const error = await rejectionOf(read(name, lines.join('\n'), more))
  expect(error).toMatchObject({ code: 'TB_TABLE_INVALID', exitCode: 2 })
  return error.faults.map(({ path, line, message }) => `${path}:${line}: ${message}`)
}

describe('a trace', () => {
  it('of Azure is read as it is', async () => {
    const { trace, plan } = await read('azure.csv', azure)
    expect([...trace.atMs].map((at) => at.toFixed(4))).toEqual(['0.0000', '52.0000', '98.1890'])
    expect([trace.promptTokens, trace.completionTokens].map((tokens) => [...tokens])).toEqual([
      [4_808, 3_180, 110],
      [10, 8, 27],
    ])
    expect(plan.atMs).toEqual(trace.atMs)
    expect(trace.tenantOf(0)).toBeNull()
  })

  it.each([
    ['seconds, since the first', 'a.csv', ['time', '5', '5.25', '1e1'], [0, 250, 5_000]],
    ['seconds under their other name', 'a.csv', ['timeSeconds', '0', '0'], [0, 0]],
    [
      'dates with a zone',
      'a.csv',
      ['TIMESTAMP', '2026-03-29T01:59:59Z', '2026-03-29T04:00:00.5+02:00'],
      [0, 1_500],
    ],
    [
      'JSON lines',
      'a.jsonl',
      ['{"time": 1}', '', '{"time": 1.5}', '{"timeSeconds": "2"}'],
      [0, 500, 1_000],
    ],
    [
      'dates in JSON lines',
      'a.JSONL',
      ['{"TIMESTAMP": "2026-12-31 23:59:59"}', '{"TIMESTAMP": "2027-01-01 00:00:01"}'],
      [0, 2_000],
    ],
  ])('may say when by %s', async (_case, name, lines, times) =>
    expect(await timesOf(name, lines)).toEqual(times),
  )

  it('names tenants and questions, by text or id, and leaves the others their turns', async () => {
    const named = [
      'time,tenant,question',
      '0,B,two?',
      '1,B,q1',
      '2,B,',
      '3,B,unheard of',
      '4,A,q3',
      '5,B,two?',
      '6,B,',
    ]
    const { plan } = await read('a.csv', named.join('\n'))
    expect([...plan.tenant]).toEqual([1, 1, 1, 1, 0, 1, 1])
    expect([0, 1, 4, 5].map((at) => plan.question[at])).toEqual([1, 2, 2, 1])
    // Three questions in turn are all of them; the same question comes under its other
    // configuration.
    expect([2, 3, 6].map((at) => plan.question[at] ?? -1).sort()).toEqual([0, 1, 2])
    expect(plan.cell[0]).not.toBe(plan.cell[5])
  })

  it('spreads recorded questions that come once each over the configurations', async () => {
    const { plan } = await read('a.csv', 'time,tenant,question\n0,A,q1\n1,A,q2\n2,A,q3\n')
    expect([...plan.cell]).toEqual([0, 1, 0])
  })

  it('leaves tenants to the mix where it names none', async () => {
    const lines = [
      'time,tenant',
      ...Array.from({ length: 40 }, (_each, at) => `${at},${at === 7 ? 'A' : ''}`),
    ]
    const { plan } = await read('a.csv', lines.join('\n'), {
      tenants: { kind: 'share', shares: { B: 1 } },
    })
    expect([...plan.tenant].flatMap((tenant, at) => (tenant === 0 ? [at] : []))).toEqual([7])
  })

  it('may be faster, and is cut where the load ends', async () => {
    const { plan } = await read('a.csv', 'time\n0\n60\n119\n120\n', {
      arrivals: { kind: 'trace', path: 'a.csv', speed: 2 },
    })
    expect([...plan.atMs]).toEqual([0, 30_000, 59_500])
  })

  it('is none where arrivals are drawn', async () => {
    const load = loadSchema.parse({
      durationSeconds: 1,
      arrivals: { kind: 'constant', ratePerSecond: 1 },
    })
    expect(await readTrace({ scenarioPath: '/nowhere/x.yaml', load, tenants })).toBeNull()
  })
})

describe('faults', () => {
  it('are told all at once, in the order of the file', async () => {
    expect(
      await faultsOf('a.csv', [
        'time,tenant,question,promptTokens',
        '0,A,,1',
        '5,X,,1',
        '3,A,,-1',
        'noon,A,,1',
        '6,A,,1',
        ',A,,1',
      ]),
    ).toEqual([
      'tenant:3: there is no tenant "X"',
      'time:4: earlier than the entry before it',
      'promptTokens:4: a whole number',
      'time:5: neither seconds nor a time as in 2026-10-31T23:59:59.5Z',
      'time:7: there is no time',
    ])
  })

  it('are told all at once of JSON lines', async () => {
    expect(
      await faultsOf('a.jsonl', [
        '{"time": 2}',
        '[1]',
        '{"time": 1, "who": "A"}',
        '{"time": 3, "timeSeconds": 3}',
        '{"time": 4, "tenant": 5, "question": {}}',
        '{"time": true, "ContextTokens": 1.5}',
        '{"time"',
      ]),
    ).toEqual([
      ':2: not an object',
      'who:3: unknown key',
      'time:3: earlier than the entry before it',
      'timeSeconds:4: this is there already under another name',
      'tenant:5: not a text',
      'question:5: not a text',
      'time:6: neither seconds nor a time as in 2026-10-31T23:59:59.5Z',
      'ContextTokens:6: a whole number',
      expect.stringMatching(/^:7: .*JSON/),
    ])
  })

  it.each([
    ['a column that is missing', 'a.csv', ['tenant', 'A'], ['time:1: this column is missing']],
    ['an unknown column', 'a.csv', ['time,who', '0,A'], ['who:1: unknown column']],
    [
      'a thing under two names',
      'a.csv',
      ['time,TIMESTAMP', '0,0'],
      ['TIMESTAMP:1: this is there already under another name'],
    ],
    ['no row', 'a.csv', ['time'], [':null: there is no row below the header']],
    ['no line', 'a.jsonl', ['', ''], [':null: there is no line in it']],
    [
      'a day that there is not',
      'a.csv',
      ['time', '2026-02-30 00:00:00'],
      ['time:2: neither seconds nor a time as in 2026-10-31T23:59:59.5Z'],
    ],
    [
      'times of two kinds',
      'a.csv',
      ['time', '2026-02-01 00:00:00', '2026-02-01T00:00:00Z', '7'],
      [
        'time:3: not written as the first time is: as a date without a zone',
        'time:4: not written as the first time is: as a date without a zone',
      ],
    ],
  ])('are told of %s', async (_case, name, lines, faults) =>
    expect(await faultsOf(name, lines)).toEqual(faults),
  )

  it('are told of tenants who are not there then', async () => {
    const more = { cold: ['A'], churn: [{ tenant: 'B', joinsAtSeconds: 0, leavesAtSeconds: 2 }] }
    expect(await faultsOf('a.csv', ['time,tenant', '0,B', '1,A', '2,B', '60,B'], more)).toEqual([
      'tenant:3: A is cold, and asked once at a moment of its own',
      'tenant:4: B is not there at 2 s, by churn',
    ])
  })

  it('are told of a file that is not there', async () => {
    const load = loadSchema.parse({
      durationSeconds: 1,
      arrivals: { kind: 'trace', path: '/nowhere/x.csv' },
    })
    expect(await rejectionOf(readTrace({ scenarioPath: 'x.yaml', load, tenants }))).toMatchObject({
      code: 'TB_TABLE_INVALID',
    })
  })
})
