import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario, parseSetting } from '../../../../harness/scenario/load.ts'
import { rejectionOf, thrownBy } from '../../support/failures.ts'
import { scenarioText } from '../../support/scenario.ts'

describe('a setting', () => {
  it.each([
    ['trials=5', ['trials'], 5],
    ['tenants[0].current.topK=5', ['tenants', 0, 'current', 'topK'], 5],
    [
      'variants[12]={ model: m, topK: 1, rerank: true }',
      ['variants', 12],
      { model: 'm', topK: 1, rerank: true },
    ],
    ['description=a=b', ['description'], 'a=b'],
    ['sharedMonthlyUsd.postgres="60"', ['sharedMonthlyUsd', 'postgres'], '60'],
    ['name=', ['name'], null],
    ['description=two\nlines', ['description'], 'two lines'],
    ['tenants[0].current.rerank=true', ['tenants', 0, 'current', 'rerank'], true],
  ])('%j is read', (text, path, value) => expect(parseSetting(text)).toEqual({ path, value }))

  it.each([
    '',
    '=5',
    'trials',
    '5=5',
    '[0]=5',
    '.a=5',
    'a.=5',
    'a..b=5',
    'a[x]=5',
    'a[-1]=5',
    'a b=5',
    'trials=[',
    'trials="x',
    'a={ b: ',
  ])('%j is refused as wrong usage', (text) => {
    expect(thrownBy(() => parseSetting(text))).toMatchObject({ code: 'TB_USAGE', exitCode: 2 })
  })
})

describe('a scenario file', () => {
  it('is read as UTF-8; anything else is refused with its path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tenantbench-load-'))
    try {
      await writeFile(join(folder, 'good.yaml'), scenarioText())
      await writeFile(join(folder, 'bad.yaml'), Buffer.from([0x6e, 0xff, 0xfe, 0x80]))
      expect(
        await loadScenario(join(folder, 'good.yaml'), [{ path: ['trials'], value: 9 }]),
      ).toMatchObject({ name: 'small', trials: 9 })
      for (const name of ['bad.yaml', 'missing.yaml', '.']) {
        const error = await rejectionOf(loadScenario(join(folder, name)))
        expect(error.code).toBe('TB_SCENARIO_UNREADABLE')
        expect(error.detail).toContain(join(folder, name))
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
