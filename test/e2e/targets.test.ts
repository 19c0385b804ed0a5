/**
 * Systems that are not ours, through the real command line: the examples that come along, and a
 * service that misbehaves in every way that was promised to be noticed.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Readiness } from '../../harness/readiness/readiness.ts'
import { decodeRecord } from '../../reports/record/codec.ts'
import type { RunRecord } from '../../reports/record/record.ts'
import { target as rag } from '../../examples/module-target/target.ts'
import {
  openWorkplace,
  root,
  runCli,
  startCli,
  until,
  type Ended,
  type Workplace,
} from '../support/cli.ts'
import { json, testServer, type Asked, type TestServer } from '../support/http-server.ts'

const httpScenario = join(root, 'examples/http-target/scenario.yaml')
const moduleScenario = join(root, 'examples/module-target/scenario.yaml')

interface Answered extends Ended {
  /** Null when there was no run. */
  readonly record: RunRecord | null
}

async function runTarget(
  place: Workplace,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const folder = join(place.folder, 'run')
  const ended = await runCli(place, ['run', ...args, '--out', folder], environment)
  const file = join(folder, 'run.json')
  return { ...ended, record: existsSync(file) ? decodeRecord(readFileSync(file, 'utf8')) : null }
}

/** The evidence of a check. */
function evidenceOf(record: RunRecord | null, id: string): string {
  return record?.checks.find((check) => check.id === id)?.evidence ?? ''
}

describe('the service that comes along', () => {
  const file = join(root, 'examples/http-target/service.ts')
  const leaking = readFileSync(file, 'utf8')
  /** The line below the comment that says how it is mended. */
  const mended = leaking.replace(
    /(The mend: `([^`]+)`\n *)[^\n]+/,
    (_found, comment: string, line: string) => `${comment}${line}`,
  )

  async function withService<T>(
    place: Workplace,
    code: string,
    work: (url: string) => Promise<T>,
  ): Promise<T> {
    const copy = join(place.folder, 'service.ts')
    writeFileSync(copy, code)
    const child: ChildProcess = spawn(join(root, 'node_modules/.bin/node'), [copy], {
      env: { PATH: process.env['PATH'], PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [said] = (await once(child.stdout ?? child, 'data')) as [Buffer]
      return await work(/http:\S+/.exec(String(said))?.[0] ?? '')
    } finally {
      child.kill('SIGKILL')
    }
  }

  it(
    'leaks, which the run finds though the answer is in other words: 4, with tenant, ' +
      'boundary, query and mark',
    async () => {
      using place = openWorkplace()
      await withService(place, leaking, async (url) => {
        const { exitCode, record, stdout } = await runTarget(place, [
          httpScenario,
          '--set',
          `target.http.baseUrl=${url}`,
        ])
        expect(exitCode, stdout).toBe(4)
        expect(evidenceOf(record, 'isolation.no-foreign-mark')).toMatch(
          /foreign marks crossed, at answer, sources\. First: tenant (\w+) saw "[^"]+" of tenant (?!\1)\w+ at answer in query \1\.\w+\.bait-\w+-q\d+\.1\. Not shown by the target: rows, matches, rerank, prompt, errors, notices, cost-lines\./,
        )
        const canary = /^[a-z]{5,20}$/
        expect(record?.isolation.witnesses.filter(({ mark }) => canary.test(mark))).toEqual([])
        expect(new Set(record?.isolation.witnesses.map(({ boundary }) => boundary))).toEqual(
          new Set(['answer', 'sources']),
        )
        expect(record).toMatchObject({
          verdict: 'leak',
          services: 'none',
          subject: { kind: 'http', name: url },
          environment: { postgres: null, database: 'none' },
        })
        expect(await (await fetch(`${url}/v1/tenants`)).json()).toMatchObject({
          error: expect.anything() as unknown,
        })
      })
      expect(place.leftFolders()).toEqual([])
    },
  )

  it('passes after its one-line mend, on two boundaries', async () => {
    using place = openWorkplace()
    expect(mended.split('\n').filter((line, at) => line !== leaking.split('\n')[at])).toEqual([
      '  const searched = own',
    ])
    await withService(place, mended, async (url) => {
      const { exitCode, record, stdout } = await runTarget(place, [
        httpScenario,
        '--set',
        `target.http.baseUrl=${url}`,
      ])
      expect(exitCode, stdout).toBe(0)
      expect(evidenceOf(record, 'isolation.no-foreign-mark')).toMatch(
        /^0 leaks in 24 checks over 2 boundaries/,
      )
      expect(record?.cells[0]).toMatchObject({
        latencySource: 'measured',
        modelledMs: { count: 0 },
        tokens: { source: 'target' },
        costPerQueryUsd: { reason: null },
        quality: { source: 'measured' },
      })
      expect(record?.reconciliation).toMatchObject({
        verdict: null,
        reason: expect.stringContaining('no bill') as string,
        components: [],
      })
      expect(record?.notExamined.map(({ id }) => id)).toEqual([
        'cost.reconciliation',
        'corpus.canary-in-every-chunk',
        'config.unchanged',
      ])
      for (const view of ['report.html', 'report.md'])
        expect(readFileSync(join(place.folder, 'run', view), 'utf8')).toContain('not examined')
    })
  })
})

describe('the module that comes along', () => {
  it('passes on five boundaries, is announced before it is loaded, and starts no PostgreSQL', async () => {
    using place = openWorkplace()
    const { exitCode, record, stderr } = await runTarget(place, [moduleScenario])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toMatch(
      /loading .*examples\/module-target\/target\.ts, which runs as code of this process/,
    )
    expect(
      record?.isolation.boundaries
        .filter(({ state }) => state === 'covered')
        .map(({ boundary }) => boundary),
    ).toEqual(['matches', 'prompt', 'answer', 'sources', 'cost-lines'])
    expect(record).toMatchObject({
      services: 'none',
      subject: { kind: 'module', name: 'a tiny RAG in memory' },
    })
    expect(record?.timing.stages.map(({ stage }) => stage)).toEqual([
      'corpora',
      'target',
      'provision',
      'queries',
      'month',
      'probes',
    ])
  })

  it('is ready as far as it could be examined, and what could not is named', async () => {
    using place = openWorkplace()
    const { exitCode, stdout } = await runCli(place, [
      'readiness',
      moduleScenario,
      '--json',
      '--out',
      join(place.folder, 'run'),
    ])
    const said = JSON.parse(stdout) as Readiness
    expect({ exitCode, verdict: said.verdict, subject: said.subject }).toEqual({
      exitCode: 0,
      verdict: 'ready',
      subject: { kind: 'module', name: 'a tiny RAG in memory' },
    })
    expect(said.checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['tenants.three-provisioned', 'isolation.no-foreign-mark']),
    )
    expect(said.notExaminedChecks.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'rls.wrong-tenant-is-empty',
        'namespaces.capacity-alert',
        'cost.reconciliation',
      ]),
    )
  })
})

it('the reference example is the reference system', async () => {
  using place = openWorkplace()
  const { exitCode, record, stderr } = await runTarget(place, [
    join(root, 'examples/reference-target/scenario.yaml'),
  ])
  expect(exitCode, stderr).toBe(0)
  expect(record).toMatchObject({
    services: 'embedded',
    subject: { kind: 'reference' },
    notExamined: [],
  })
})

describe('a module', () => {
  const touching = (place: Workplace): string =>
    `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(join(place.folder, 'touched'))}, '')\n`
  const scenarioIn = (place: Workplace, module: string): string => {
    const path = join(place.folder, 's.yaml')
    writeFileSync(path, readFileSync(moduleScenario, 'utf8').replace('./target.ts', module))
    return path
  }

  it('is not loaded by a dry run, which finds it all the same', async () => {
    using place = openWorkplace()
    writeFileSync(join(place.folder, 'own.ts'), touching(place))
    const { exitCode, stdout } = await runCli(place, [
      'run',
      scenarioIn(place, './own.ts'),
      '--dry-run',
    ])
    expect({ exitCode, touched: existsSync(join(place.folder, 'touched')) }).toEqual({
      exitCode: 0,
      touched: false,
    })
    expect(stdout).toContain('The module was found, and not loaded.')
  })

  it.each(['../outside.ts', './link.ts', '{here}/outside.ts'])(
    'at %s is refused and not loaded',
    async (module) => {
      using place = openWorkplace()
      mkdirSync(join(place.folder, 'in'))
      writeFileSync(join(place.folder, 'outside.ts'), touching(place))
      symlinkSync(join(place.folder, 'outside.ts'), join(place.folder, 'in/link.ts'))
      const path = join(place.folder, 'in/s.yaml')
      writeFileSync(
        path,
        readFileSync(moduleScenario, 'utf8').replace(
          './target.ts',
          module.replace('{here}', place.folder),
        ),
      )
      const { exitCode, stderr } = await runTarget(place, [path])
      expect({ exitCode, touched: existsSync(join(place.folder, 'touched')) }, stderr).toEqual({
        exitCode: 2,
        touched: false,
      })
      expect(stderr).toMatch(
        /line \d+: target\.module: (the file lies outside|write a path relative)/,
      )
    },
  )

  it.each([
    ['throws when it is loaded', 'throw new Error("no key")', /no key/],
    ['is no TypeScript', 'const const = 1', /target cannot be used/],
    ['exports nothing', 'export const other = 1', /does not export an object called target/],
    [
      'lacks a function',
      'export const target = { provision() {}, ingest() {} }',
      /target has no function query/,
    ],
  ])('that %s is wrong input', async (_what, code, says) => {
    using place = openWorkplace()
    writeFileSync(join(place.folder, 'own.ts'), code)
    const { exitCode, stderr } = await runTarget(place, [scenarioIn(place, './own.ts')])
    expect({ exitCode }, stderr).toEqual({ exitCode: 2 })
    expect(stderr).toMatch(says)
    expect(stderr).toContain('(TB_TARGET_MODULE)')
  })
})

type Handler = (asked: Asked, response: ServerResponse) => boolean | void

/** The example's RAG behind HTTP, with a handler before it that may answer in its place. */
async function ragServer(
  before: Handler = () => false,
): Promise<TestServer & { readonly tenants: Set<string> }> {
  const tenants = new Set<string>()
  const served = await testServer((asked, response) => {
    if (before(asked, response) === true) return
    const [, , collection, tenant = ''] = asked.url.split('/').map(decodeURIComponent)
    const body = (asked.body === '' ? {} : JSON.parse(asked.body)) as Readonly<
      Record<string, never>
    >
    if (collection === 'ask') {
      void Promise.resolve(
        rag.query({
          tenantId: body['tenant'] ?? '',
          requestId: 'r',
          question: body['question'] ?? '',
          config: { model: 'm', topK: 2, rerank: false },
          signal: new AbortController().signal,
        }),
      ).then(({ answer, sources, usage }) =>
        json(response, {
          result: { answer, sources },
          usage: { in: usage?.promptTokens, out: usage?.completionTokens },
        }),
      )
      return
    }
    if (asked.method === 'PUT') {
      tenants.add(tenant)
      void rag.provision({
        id: tenant,
        name: '',
        tier: '',
        config: { model: 'm', topK: 2, rerank: false },
      })
    } else if (asked.method === 'DELETE') tenants.delete(tenant)
    else void rag.ingest(tenant, [{ id: body['id'] ?? '', title: '', text: body['text'] ?? '' }])
    json(response, {})
  })
  return { ...served, tenants, asked: served.asked }
}

const at = (server: TestServer): readonly string[] => [
  httpScenario,
  '--set',
  `target.http.baseUrl=${server.url}`,
]
const isAsking = ({ url }: Asked): boolean => url.endsWith('/ask')

describe('a secret', () => {
  const secret = 'S3cr+t/of "mine"&'
  const encoded = Buffer.from(secret).toString('base64')
  const sent = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    encoded,
    Buffer.from(`Bearer ${secret}`).toString('base64'),
  ]
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    encoded.slice(0, 10),
    Buffer.from(`Bearer ${secret}`).toString('base64').slice(10),
  ]
  const withToken = ['--set', 'target.http.headers={ authorization: "Bearer ${TOKEN}" }']

  it('reaches the service and nothing else, however it is sent back', async () => {
    using place = openWorkplace()
    let turn = 0
    await using server = await ragServer((asked, response) => {
      const said = `you sent ${asked.headers.authorization ?? ''} = ${sent.join(' = ')}`
      if (!isAsking(asked) || turn++ % 2 > 0) return false
      if (turn % 4 === 1) json(response, { error: said }, 500)
      else json(response, { result: { answer: said, sources: [said] }, usage: { in: 1, out: 1 } })
      return true
    })
    const { exitCode, stdout, stderr } = await runTarget(
      place,
      [...at(server), ...withToken, '--keep-texts', '--json'],
      { TOKEN: secret },
    )
    expect(exitCode, stderr).toBe(1)
    expect(server.asked.every(({ headers }) => headers.authorization === `Bearer ${secret}`)).toBe(
      true,
    )
    const files = readdirSync(join(place.folder, 'run')).map((file) =>
      readFileSync(join(place.folder, 'run', file), 'latin1'),
    )
    const everything = [stdout, stderr, ...files].join('\n')
    expect(everything.includes('[masked')).toBe(true)
    expect(forms.filter((form) => everything.includes(form))).toEqual([])
  })

  it('is not in the error that ends a run', async () => {
    using place = openWorkplace()
    await using server = await ragServer(
      (asked, response) => (json(response, { echo: asked.headers.authorization }, 401), true),
    )
    const { exitCode, stderr } = await runTarget(place, [...at(server), ...withToken], {
      TOKEN: secret,
    })
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(
      /PUT \/v1\/tenants\/\{\{tenant\}\} was answered with status 401: .*\[masked/,
    )
    expect(forms.filter((form) => stderr.includes(form))).toEqual([])
  })

  it(
    'that is missing is a fault of the scenario, with its line, and nobody is asked; a dry ' +
      'run says so too',
    async () => {
      using place = openWorkplace()
      await using server = await ragServer()
      const path = join(place.folder, 's.yaml')
      writeFileSync(
        path,
        readFileSync(httpScenario, 'utf8').replace(
          'http://127.0.0.1:8089',
          `${server.url}\n    headers: { authorization: "Bearer \${ONE}", x-other: "\${OTHER}" }`,
        ),
      )
      for (const flags of [[], ['--dry-run']]) {
        const { exitCode, stderr } = await runCli(place, ['run', path, ...flags])
        expect(exitCode).toBe(2)
        expect(stderr).toMatch(
          /line 14: target\.http\.headers\.authorization: the environment has no ONE\n.*line 14: target\.http\.headers\.x-other: the environment has no OTHER/,
        )
      }
      expect(server.asked).toEqual([])
    },
  )
})

describe('a service that', () => {
  const fails: readonly {
    readonly how: string
    when(asked: Asked): boolean
    readonly status: number
    readonly says: RegExp
  }[] = [
    {
      how: 'fails at once',
      when: () => true,
      status: 500,
      says: /PUT .* status 500: \{"why":"no disk # #\[error\]"\}/,
    },
    {
      how: 'fails at every question',
      when: isAsking,
      status: 503,
      says: /None of 60 queries was answered\. POST \/v1\/ask was answered with status 503/,
    },
  ]
  it.each(fails)(
    '$how ends the run with 5, in its own words made plain',
    async ({ when, status, says }) => {
      using place = openWorkplace()
      await using server = await ragServer((asked, response) => {
        if (!when(asked)) return false
        json(response, { why: 'no disk ##[error]' }, status)
        return true
      })
      const { exitCode, stderr } = await runTarget(place, at(server))
      expect(exitCode, stderr).toBe(5)
      expect(stderr).toMatch(says)
      expect(stderr).toContain('(TB_TARGET_FAILED)')
      expect([...server.tenants]).toEqual([])
    },
  )

  it.each([
    [
      'no JSON',
      (response: ServerResponse): void => void response.end('<html>\u001b[31m'),
      /the response is no JSON: <html>/,
    ],
    [
      'JSON without an answer',
      (response: ServerResponse) => json(response, { result: {} }),
      /no text at "\/result\/answer"/,
    ],
    [
      'an answer that is no text',
      (response: ServerResponse) => json(response, { result: { answer: ['x'], sources: [] } }),
      /no text at/,
    ],
    [
      'no sources',
      (response: ServerResponse) => json(response, { result: { answer: 'x' } }),
      /no list at "\/result\/sources"/,
    ],
    [
      'more than it may',
      (response: ServerResponse) =>
        json(response, { result: { answer: 'x'.repeat(2_000), sources: [] } }),
      /longer than 1000 bytes/,
    ],
  ] as const)('answers with %s ends the run with 5', async (_what, reply, says) => {
    using place = openWorkplace()
    await using server = await ragServer((asked, response) => {
      if (!isAsking(asked)) return false
      reply(response)
      return true
    })
    const { exitCode, stderr } = await runTarget(place, [
      ...at(server),
      '--set',
      'target.http.maxResponseBytes=1000',
    ])
    expect(exitCode, stderr).toBe(5)
    expect(stderr).toMatch(says)
    expect(stderr).toContain('(TB_TARGET_ANSWER)')
    expect([...server.tenants]).toEqual([])
  })

  it('redirects to another host is not followed there', async () => {
    using place = openWorkplace()
    await using other = await testServer((_asked, response) => json(response, {}))
    await using server = await ragServer(
      (_asked, response) => (
        response.writeHead(307, { location: `${other.url}/v1/ask` }).end(),
        true
      ),
    )
    const { exitCode, stderr } = await runTarget(place, at(server))
    expect(exitCode).toBe(5)
    expect(stderr).toContain('(TB_TARGET_REDIRECT)')
    expect(other.asked).toEqual([])
  })

  it('fails now and then is a failed check, and its failures are counted', async () => {
    using place = openWorkplace()
    let turn = 0
    await using server = await ragServer((asked, response) => {
      if (!isAsking(asked) || turn++ % 6 > 0) return false
      json(response, {}, 500)
      return true
    })
    const { exitCode, record } = await runTarget(place, at(server))
    expect(exitCode).toBe(1)
    expect(evidenceOf(record, 'requests.failures')).toMatch(/^10 of 60 queries failed/)
    expect(evidenceOf(record, 'isolation.no-foreign-mark')).toMatch(
      /^0 leaks in .* over 2 boundaries/,
    )
  })

  it(
    'leaks in the text of an error, far behind what is shown of it, is found leaking though ' +
      'it answers nothing',
    async () => {
      using place = openWorkplace()
      const documents: string[] = []
      await using server = await ragServer((asked, response) => {
        if (asked.url.endsWith('/documents')) documents.push(asked.body)
        if (!isAsking(asked)) return false
        json(response, { error: `${'x'.repeat(5_000)} last documents: ${documents.join()}` }, 500)
        return true
      })
      const { exitCode, record } = await runTarget(place, at(server))
      expect(exitCode).toBe(4)
      expect(
        record?.isolation.boundaries.find(({ boundary }) => boundary === 'errors')?.state,
      ).toBe('leak')
    },
  )

  it('tells no tokens has no cost, and the reason is everywhere that a cost would be', async () => {
    using place = openWorkplace()
    await using server = await ragServer()
    const path = join(place.folder, 's.yaml')
    writeFileSync(
      path,
      readFileSync(httpScenario, 'utf8')
        .replace(/ {8}usage:.*\n/, '')
        .replace('http://127.0.0.1:8089', server.url),
    )
    const { exitCode, record, stderr } = await runTarget(place, [path])
    expect(exitCode, stderr).toBe(0)
    const why = expect.stringContaining('without them no cost is claimed') as string
    expect(record?.cells[0]).toMatchObject({
      tokens: { promptMean: null },
      costPerQueryUsd: { mean: null, direct: null, shared: null, reason: why },
    })
    expect(record?.comparison[0]).toMatchObject({
      currentCostPerQueryUsd: null,
      projectedCostPerQueryUsd: null,
      optimalModel: null,
      reason: why,
    })
    expect(record?.sameQuestion[0]).toMatchObject({ costUsd: null, reason: why })
    expect(stderr).not.toContain('$')
  })

  it('tells tokens of a model without a price is inconclusive', async () => {
    using place = openWorkplace()
    await using server = await ragServer()
    const { exitCode, record } = await runTarget(place, [
      ...at(server),
      '--set',
      'variants[0].model=our-own-7b',
    ])
    expect(exitCode).toBe(3)
    expect(evidenceOf(record, 'cost.priced')).toBe(
      'The target told tokens of our-own-7b, for which price book list-2026-11 has no price.',
    )
  })

  it('shows one boundary alone is inconclusive, never a pass, and the rest is named', async () => {
    using place = openWorkplace()
    await using server = await ragServer()
    const path = join(place.folder, 's.yaml')
    writeFileSync(
      path,
      readFileSync(httpScenario, 'utf8')
        .replace(/ {8}sources:.*\n/, '')
        .replace('http://127.0.0.1:8089', server.url),
    )
    const { exitCode, record } = await runTarget(place, [path])
    expect(exitCode).toBe(3)
    expect(evidenceOf(record, 'isolation.no-foreign-mark')).toBe(
      'Only answer could be looked through; a leak is judged at 2 boundaries or more. Not ' +
        'shown by the target: rows, matches, rerank, prompt, sources, errors, notices, ' +
        'cost-lines.',
    )
  })

  it('keeps a tenant is told so, and the tenant named, on stderr and in the record', async () => {
    using place = openWorkplace()
    await using server = await ragServer(({ method, url }, response) => {
      if (method !== 'DELETE' || !url.endsWith('-south')) return false
      json(response, { error: 'locked' }, 409)
      return true
    })
    const { exitCode, record, stderr } = await runTarget(place, at(server))
    expect(exitCode).toBe(0)
    const says =
      /tb-[0-9a-f]{10}-south could not be removed from the target: .* status 409: \{"error":"locked"\}/
    expect(stderr).toMatch(says)
    expect(record?.warnings).toEqual([expect.stringMatching(says) as string])
    expect([...server.tenants]).toEqual([expect.stringMatching(/-south$/) as string])
  })
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s in the middle of asking: every tenant is removed again, and nothing is asked after that',
  async (signal, exitCode) => {
    using place = openWorkplace()
    let turn = 0
    await using server = await ragServer((asked) => isAsking(asked) && turn++ > 4)
    const { child, ended } = startCli(place, [
      'run',
      ...at(server),
      '--out',
      join(place.folder, 'run'),
    ])
    await until('the run asks', () => server.asked.filter(isAsking).length > 8, 20_000)
    expect(server.tenants.size).toBe(3)
    process.kill(child.pid ?? 0, signal)
    expect((await ended).exitCode).toBe(exitCode)
    expect([...server.tenants]).toEqual([])
    expect(
      server.asked
        .slice(server.asked.findIndex(({ method }) => method === 'DELETE'))
        .filter(({ method }) => method !== 'DELETE'),
    ).toEqual([])
  },
)

it('a flag that is for the reference system alone is refused', async () => {
  using place = openWorkplace()
  const { exitCode, stderr } = await runTarget(place, [
    moduleScenario,
    '--database-url',
    'postgres://a:b@127.0.0.1:1/c',
  ])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('--database-url is for the reference system')
})
