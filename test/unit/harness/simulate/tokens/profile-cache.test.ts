import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseScenario, type LoadedScenario } from '../../../../../harness/scenario/parse.ts'
import { cacheDirFrom, cachePath } from '../../../../../harness/simulate/tokens/cache-file.ts'
import { openProfiles } from '../../../../../harness/simulate/tokens/profile-cache.ts'
import {
  fingerprintOf,
  profileKey,
  sourceFingerprint,
} from '../../../../../harness/simulate/tokens/profile-key.ts'
import { testFolder } from '../../../support/folder.ts'
import { scenarioText, tenantLines } from '../../../support/scenario.ts'

afterEach(() => {
  vi.doUnmock('../../../../../harness/workload/workload.ts')
  vi.doUnmock('../../../../../harness/simulate/tokens/corpus-profile.ts')
  vi.resetModules()
})

const scenarioOf = (
  change: Readonly<Record<string, string>> = {},
  tenants?: readonly string[],
): LoadedScenario => parseScenario(scenarioText(change, tenants), '/nowhere/small.yaml')
const small = scenarioOf()
const ids = ['A', 'B', 'C', 'D', 'E']
const five = scenarioOf(
  {},
  ids.map((id) => tenantLines(id)),
)
const keyOf = (scenario: LoadedScenario, fingerprint = 'f'): Promise<string> =>
  profileKey({ scenario, prompts: [] }, fingerprint)

describe('profiles of a scenario', () => {
  it('are the same from the cache, byte for byte, and neither texts nor their maker are loaded then', async () => {
    await using folder = await testFolder()
    const options = { cacheDir: folder.path, isCacheUsed: true }
    const made = await openProfiles(small, options)
    const unloadable = (): never => expect.fail('loaded')
    vi.resetModules()
    vi.doMock('../../../../../harness/workload/workload.ts', unloadable)
    vi.doMock('../../../../../harness/simulate/tokens/corpus-profile.ts', unloadable)
    const again = await import('../../../../../harness/simulate/tokens/profile-cache.ts')
    const read = await again.openProfiles(small, options)
    expect([made.isFromCache, read.isFromCache]).toEqual([false, true])
    expect(JSON.stringify(read.profiles)).toBe(JSON.stringify(made.profiles))
    expect([read.key, read.frameTokensOf(1)]).toEqual([made.key, made.frameTokensOf(1)])
    expect(await readdir(join(folder.path, 'token-profiles'))).toEqual([`${made.key}.json`])
    // The mocks are in force: without the cache they are met.
    await expect(again.openProfiles(small, { ...options, isCacheUsed: false })).rejects.toThrow()
  })

  it('are shared in turn where fewer corpora are made than there are tenants', async () => {
    const { profiles, profileOf } = await openProfiles(five, {
      cacheDir: '',
      isCacheUsed: false,
      distinctCorpora: 2,
    })
    const [first, second] = profiles
    expect(profiles).toHaveLength(2)
    expect(ids.map((_id, at) => profileOf(at))).toEqual([first, second, first, second, first])
    expect(profiles).toEqual(
      (await openProfiles(scenarioOf(), { cacheDir: '', isCacheUsed: false })).profiles,
    )
  })

  it('take one tenant alone, though it has nobody to be baited with', async () => {
    const { profiles, profileOf } = await openProfiles(five, {
      cacheDir: '',
      isCacheUsed: false,
      distinctCorpora: 1,
    })
    expect(profiles).toHaveLength(1)
    expect(profileOf(4).questions).toHaveLength(6)
  })

  it("have the frame of each tenant's own template", async () => {
    const changed = tenantLines('B', {
      current:
        '{ model: gpt-4o-mini, topK: 3, rerank: false, promptTemplate: house, promptValues: { company: Acme } }',
    })
    const scenario = scenarioOf(
      {
        promptTemplates:
          '{ house: { body: "We are {{company}}. {{passages}} {{question}}", slots: { company: ' +
          '{ type: text, maxLength: 20 } } } }',
      },
      [tenantLines('A'), changed],
    )
    const { frameTokensOf } = await openProfiles(scenario, { cacheDir: '', isCacheUsed: false })
    expect(frameTokensOf(1)).toBeGreaterThan(frameTokensOf(0))
  })

  it.each([
    ['broken', () => '{"format":"tenantb'],
    ['foreign', () => '{"some":"thing"}'],
    ['of another key', (text: string) => text.replace(/"key":"."?/, '"key":"x')],
    [
      'short of a tenant',
      (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), profiles: [] }),
    ],
  ])('are made anew where the file is %s', async (_case, spoil) => {
    await using folder = await testFolder()
    const options = { cacheDir: folder.path, isCacheUsed: true }
    const { key } = await openProfiles(small, options)
    const path = cachePath(folder.path, key)
    const text = await readFile(path, 'utf8')
    await writeFile(path, spoil(text))
    expect((await openProfiles(small, options)).isFromCache).toBe(false)
    expect(await readFile(path, 'utf8')).toBe(text)
    expect((await openProfiles(small, options)).isFromCache).toBe(true)
  })

  it('are given, with a note, where nothing can be kept', async () => {
    await using folder = await testFolder()
    const notes: string[] = []
    const { isFromCache } = await openProfiles(small, {
      cacheDir: await folder.write('file', ''),
      isCacheUsed: true,
      onNote: (text) => notes.push(text),
    })
    expect([isFromCache, notes]).toEqual([
      false,
      [expect.stringMatching(/^Token profiles were not kept for the next time: /)],
    ])
  })
})

describe('the key', () => {
  it('is another for all that profiles depend on, and the same for the rest', async () => {
    const key = await keyOf(small)
    const others = [
      keyOf(small, 'g'),
      keyOf(scenarioOf({ seed: '8' })),
      keyOf(
        scenarioOf({
          models: '{ embedding: { model: embed, dimensions: 128 }, reranker: ranker }',
        }),
      ),
      keyOf(scenarioOf({ workload: '{ questions: 7, shared: 1, bait: 1, unanswerable: 1 }' })),
      keyOf(
        scenarioOf({}, [
          tenantLines('A', {
            corpus: '{ kind: generated, theme: law, documents: 4, words: [80, 120] }',
          }),
          tenantLines('B'),
        ]),
      ),
      keyOf(scenarioOf({}, [tenantLines('A'), tenantLines('X')])),
      profileKey({ scenario: small, prompts: [{ written: null, values: {} }] }, 'f'),
    ]
    const keys = await Promise.all(others)
    expect(new Set([key, ...keys]).size).toBe(others.length + 1)
    expect(await keyOf(scenarioOf({ description: 'Another.', trials: '3' }))).toBe(key)
  })

  it('follows the files of a folder, by name and content', async () => {
    await using folder = await testFolder()
    await mkdir(join(folder.path, 'corpus'))
    const scenario = parseScenario(
      scenarioText({}, [
        tenantLines('A', { corpus: '{ kind: folder, path: corpus }' }),
        tenantLines('B'),
      ]),
      join(folder.path, 'small.yaml'),
    )
    const keys = [await keyOf(scenario)]
    for (const [name, text] of [
      ['a.md', 'One.'],
      ['a.md', 'Two.'],
      ['b.md', 'Two.'],
    ] as const) {
      await folder.write(`corpus/${name}`, text)
      keys.push(await keyOf(scenario))
    }
    expect(new Set(keys).size).toBe(4)
    expect(await keyOf(scenario)).toBe(keys.at(-1))
    expect(await keyOf({ ...scenario, path: '/nowhere/small.yaml' })).not.toBe(keys.at(-1))
  })

  it('follows our own sources', async () => {
    await using folder = await testFolder()
    const paths = [await folder.write('a.ts', 'one')]
    const before = await fingerprintOf({ paths, also: '' })
    expect(await fingerprintOf({ paths, also: '77' })).not.toBe(before)
    await folder.write('a.ts', 'two')
    expect(await fingerprintOf({ paths, also: '' })).not.toBe(before)
    expect(await sourceFingerprint()).toBe(await sourceFingerprint())
  })
})

describe('the folder of the cache', () => {
  it.each([
    [{ TENANTBENCH_CACHE_DIR: '/own', XDG_CACHE_HOME: '/xdg', HOME: '/home/u' }, '/own'],
    [{ XDG_CACHE_HOME: '/xdg', HOME: '/home/u' }, '/xdg/tenantbench'],
    [
      { TENANTBENCH_CACHE_DIR: '', XDG_CACHE_HOME: 'relative', HOME: '/home/u' },
      '/home/u/.cache/tenantbench',
    ],
  ])('of %j is %s', (environment, path) => expect(cacheDirFrom(environment)).toBe(path))

  it('is somewhere without any variable', () =>
    expect(cacheDirFrom({})).toMatch(/\.cache.tenantbench$/))
})
