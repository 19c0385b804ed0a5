import { readFileSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  planTarget,
  type Environment,
  type TargetPlan,
} from '../../../../../harness/run/system/target-plan.ts'
import { parseScenario } from '../../../../../harness/scenario/parse.ts'
import { thrownBy } from '../../../support/failures.ts'
import { testFolder } from '../../../support/folder.ts'
import { scenarioText, tenantLines } from '../../../support/scenario.ts'

const parts: Readonly<Record<string, string>> = {
  baseUrl: 'http://127.0.0.1:8089/api',
  headers: '{ authorization: "Bearer ${TOKEN}" }',
  provision: '{ method: PUT, path: "/t/{{tenant}}" }',
  ingest:
    '{ method: POST, path: "/t/{{tenant}}/d", body: { id: "{{document.id}}", text: "{{document.text}}" } }',
  query:
    '{ method: POST, path: /ask, body: { tenant: "{{tenant}}", q: "{{question}}", model: ' +
    '"{{model}}", k: "{{topK}}", r: "{{rerank}}" }, response: { answer: /a, sources: /s } }',
  deprovision: '{ method: DELETE, path: "/t/{{tenant}}" }',
}

function http(change: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ ...parts, ...change })
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `    ${key}: ${value}`)
  return `\n  http:\n${lines.join('\n')}`
}

const environment: Environment = { TOKEN: 'hush-hush' }
const given = (
  change: Readonly<Record<string, string>> = {},
  known: Environment = environment,
  rest: Readonly<Record<string, string>> = {},
): TargetPlan =>
  planTarget(parseScenario(scenarioText({ target: http(change), ...rest }), 'x.yaml'), known)
const faultsOf = (
  ...args: Parameters<typeof given>
): readonly (readonly [path: string, line: number | null, message: string])[] =>
  thrownBy(() => given(...args)).faults.map(({ path, line, message }) => [path, line, message])
const line = (key: string, change: Readonly<Record<string, string>> = {}): number =>
  scenarioText({ target: http(change) })
    .split('\n')
    .findIndex((text) => text.trim().startsWith(`${key}:`)) + 1

describe('a target over HTTP', () => {
  it('has its headers filled in from the environment, and says which values are secret', () => {
    expect(given()).toMatchObject({
      kind: 'http',
      createsTenants: true,
      service: {
        name: 'http://127.0.0.1:8089/api',
        headers: { authorization: 'Bearer hush-hush' },
        secrets: ['hush-hush'],
        timeoutMs: 30_000,
      },
    })
  })

  it('has an address from the environment that is named as it is written', () => {
    expect(
      given({ baseUrl: 'http://127.0.0.1:${PORT}' }, { TOKEN: 'hush-hush', PORT: '77' }),
    ).toMatchObject({
      service: {
        name: 'http://127.0.0.1:${PORT}',
        baseUrl: 'http://127.0.0.1:77',
        secrets: ['hush-hush'],
      },
    })
  })

  it('without variables it names: every one is a fault, with its line and without a value', () => {
    const change = {
      baseUrl: 'http://127.0.0.1:${PORT}',
      headers:
        '{ authorization: "Bearer ${TOKEN}", x-key: "${KEY} ${EMPTY}", x-short: "${SHORT}" }',
      query: (parts['query'] ?? '').replace(
        'method: POST,',
        'method: POST, headers: { x-own: "${OWN}" },',
      ),
    }
    expect(faultsOf(change, { EMPTY: '', SHORT: '12345' })).toEqual([
      ['target.http.baseUrl', line('baseUrl', change), 'the environment has no PORT'],
      ['target.http.query.headers.x-own', line('query', change), 'the environment has no OWN'],
      [
        'target.http.headers.authorization',
        line('headers', change),
        'the environment has no TOKEN',
      ],
      ['target.http.headers.x-key', line('headers', change), 'the environment has no KEY'],
      ['target.http.headers.x-key', line('headers', change), 'the environment has no EMPTY'],
      [
        'target.http.headers.x-short',
        line('headers', change),
        'SHORT has fewer than 6 characters: it could not be told from ordinary text and kept out of reports',
      ],
    ])
  })

  it.each([
    ['ftp://host', 'an http or https URL'],
    ['nonsense', 'an http or https URL'],
    ['http://me:secret@host', 'no name or password in it; put them into a header as ${NAME}'],
    ['http://host/?x=1', 'an address without ? and #'],
  ])('is not at %s', (baseUrl, message) =>
    expect(faultsOf({ baseUrl })).toEqual([['target.http.baseUrl', line('baseUrl'), message]]),
  )

  it.each([
    [
      'query',
      '{ method: POST, path: /ask, body: { tenant: "{{tenant}}", q: "{{qestion}}", m: ' +
        '"{{model}} {{topK}} {{rerank}}" }, response: { answer: /a } }',
      [
        '{{qestion}} has no value here; what has is {{tenant}}, {{question}}, {{requestId}}, ' +
          '{{model}}, {{topK}}, {{rerank}}',
        '{{question}} stands nowhere in it',
      ],
    ],
    [
      'ingest',
      '{ method: POST, path: /d, body: { text: "{{document.text}}" } }',
      ['{{tenant}} stands nowhere in it'],
    ],
    [
      'ingest',
      '{ method: POST, path: "/d/{{tenant}}", body: { "{{document.text}}": 1, text: "{{document.text}}" } }',
      ['only values are filled in, not names'],
    ],
    [
      'provision',
      '{ method: PUT, path: "/t/{{tenant}}", headers: { x-name: "{{name}}" } }',
      ['{{name}} has no value here; what has is {{tenant}}, {{model}}, {{topK}}, {{rerank}}'],
    ],
    ['provision', '', ['tenants that no run provisions are not removed by one either']],
  ])('%s as %s is at fault', (key, written, messages) =>
    expect(faultsOf({ [key]: written }).map(([, , message]) => message)).toEqual(messages),
  )

  it.each([
    [
      'a path that is an address',
      { query: '{ method: POST, path: //evil.example/ask, response: { answer: /a } }' },
      'target.http.query.path',
    ],
    [
      'a path that climbs',
      { query: '{ method: POST, path: /a/../ask, response: { answer: /a } }' },
      'target.http.query.path',
    ],
    [
      'a place that is no pointer',
      { query: '{ method: POST, path: /ask, response: { answer: a.b } }' },
      'target.http.query.response.answer',
    ],
    [
      'a body of a GET',
      { query: '{ method: GET, path: /ask, body: {}, response: { answer: /a } }' },
      'target.http.query.body',
    ],
    [
      'a header of the connection',
      { headers: '{ Host: evil.example }' },
      'target.http.headers.Host',
    ],
    ['a header with a line break', { headers: '{ x: "a\\nb: c" }' }, 'target.http.headers.x'],
    ['a key nobody knows', { queery: '{}' }, 'target.http.queery'],
  ])('%s is refused when the file is read', (_what, change, path) => {
    expect(thrownBy(() => given(change)).faults.map((fault) => fault.path)).toContain(path)
  })

  it('whose query says nothing of a setting cannot be asked under two of it', () => {
    const query =
      '{ method: POST, path: "/ask/{{tenant}}", body: { q: "{{question}}", k: "{{topK}}" }, response: { answer: /a } }'
    expect(
      faultsOf({ query }, environment, {
        variants:
          '\n  - { model: gpt-4o-mini, topK: 4, rerank: false }\n  - { model: gpt-4o, topK: 4, rerank: true }',
      }).map(([path, , message]) => [path, message]),
    ).toEqual(
      [0, 1].map((at) => [
        `variants[${at}]`,
        'differs from another configuration only in what target.http.query does not send: {{model}}, {{rerank}}',
      ]),
    )
    expect(
      faultsOf({ query }, environment, {
        variants: '[]',
        matrix: '{ models: [a, b], topK: [3, 5], rerank: [false] }',
      }).map(([path]) => path),
    ).toEqual(['matrix'])
    expect(
      given({ query }, environment, {
        variants: '\n  - { model: gpt-4o-mini, topK: 7, rerank: false }',
      }).kind,
    ).toBe('http')
    expect(
      given({ query: query.replace(', k: "{{topK}}"', '') }, environment, { variants: '[]' }).kind,
    ).toBe('http')
  })
})

it('the service in docs/targets.md is one that can be planned', () => {
  const written =
    /```yaml\n(target:\n {2}http:[^]*?)```/.exec(
      readFileSync(new URL('../../../../../docs/targets.md', import.meta.url), 'utf8'),
    )?.[1] ?? ''
  const plan = planTarget(
    parseScenario(`${scenarioText({ variants: '[]' })}${written}`, 'x.yaml'),
    { RAG_TOKEN: 'hush-hush' },
  )
  expect(plan).toMatchObject({
    kind: 'http',
    createsTenants: true,
    service: { name: 'our service', timeoutMs: 30_000, maxResponseBytes: 1_000_000 },
  })
})

describe('a target of another kind', () => {
  it.each(['reference', ''])('is the reference system when it is %j', (target) => {
    expect(planTarget(parseScenario(scenarioText({ target }), 'x.yaml'), {})).toEqual({
      kind: 'reference',
    })
  })

  it.each(['referenz', '{}', '{ module: ./a.ts, http: {} }', '{ modul: ./a.ts }'])(
    'is none when it is %s',
    (target) => {
      expect(thrownBy(() => parseScenario(scenarioText({ target }), 'x.yaml')).code).toBe(
        'TB_SCENARIO_INVALID',
      )
    },
  )

  it('needs nothing that only the reference system is built from, and takes no planted faults', () => {
    const alone = { models: '', timeScale: '', allocation: '', target: '{ module: ./a.ts }' }
    expect(parseScenario(scenarioText(alone), 'x.yaml').target).toEqual({ module: './a.ts' })
    expect(
      thrownBy(() =>
        parseScenario(scenarioText({ ...alone, sabotage: '{ sql: select 1 }' }), 'x.yaml'),
      ).faults,
    ).toMatchObject([
      {
        path: 'sabotage',
        message: 'faults are planted in the reference system alone, and target names another',
      },
    ])
    expect(
      thrownBy(() =>
        parseScenario(scenarioText({ ...alone, target: 'reference' }), 'x.yaml'),
      ).faults.map(({ path }) => path),
    ).toEqual(['timeScale', 'allocation', 'models'])
  })
})

describe('a module', () => {
  it('is found in the folder of the scenario or below, and is not loaded', async () => {
    await using folder = await testFolder()
    await mkdir(join(folder.path, 'sub'))
    await folder.write('sub/target.ts', 'throw new Error("loaded")')
    const plan = planTarget(
      parseScenario(
        scenarioText({ target: '{ module: ./sub/../sub/target.ts }' }),
        join(folder.path, 's.yaml'),
      ),
      {},
    )
    expect(plan).toMatchObject({ kind: 'module', written: './sub/../sub/target.ts' })
  })

  it('is refused outside of it, however the path is written', async () => {
    await using outside = await testFolder()
    await using folder = await testFolder()
    const target = await outside.write('target.ts', '')
    await symlink(target, join(folder.path, 'link.ts'))
    await symlink(outside.path, join(folder.path, 'out'))
    const faultOf = (module: string): string | undefined =>
      thrownBy(() =>
        planTarget(
          parseScenario(
            scenarioText({ target: `{ module: "${module}" }` }, [
              tenantLines('A'),
              tenantLines('B'),
            ]),
            join(folder.path, 's.yaml'),
          ),
          {},
        ),
      ).faults[0]?.message
    const outsideOf = 'the file lies outside the folder of the scenario, links followed'
    expect(faultOf('link.ts')).toBe(outsideOf)
    expect(faultOf('out/target.ts')).toBe(outsideOf)
    expect(faultOf(`../${outside.path.split('/').at(-1) ?? ''}/target.ts`)).toBe(outsideOf)
    for (const module of [target, 'file:///etc/x.ts', 'data:text/javascript,1', 'npm:x.ts'])
      expect(faultOf(module)).toBe('write a path relative to the scenario file')
    expect(faultOf('missing.ts')).toMatch(/^ENOENT/)
    expect(faultOf('target.json')).toMatch(/must end with \.ts/)
  })

  it('that goes by another name on disk is where it really is', async () => {
    await using folder = await testFolder()
    const real = await folder.write('real.ts', '')
    await symlink(real, join(folder.path, 'link.ts'))
    expect(
      planTarget(
        parseScenario(scenarioText({ target: '{ module: link.ts }' }), join(folder.path, 's.yaml')),
        {},
      ),
    ).toMatchObject({ path: expect.stringMatching(/real\.ts$/) as string })
  })
})
