import { describe, expect, it } from 'vitest'
import { loadScenario } from '../../../../harness/scenario/load.ts'
import type { LoadedScenario, Setting } from '../../../../harness/scenario/parse.ts'
import { rejectionOf } from '../../support/failures.ts'
import { testFolder } from '../../support/folder.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

interface Files {
  readonly base?: string
  readonly own: string
  readonly settings?: readonly Setting[]
}

/** Loads `own.yaml`, which may extend `base.yaml` beside it. */
async function load({ base = scenarioText(), own, settings = [] }: Files): Promise<LoadedScenario> {
  await using folder = await testFolder()
  await folder.write('base.yaml', base)
  return await loadScenario(await folder.write('own.yaml', own), settings)
}
const extending = (...lines: readonly string[]): string =>
  `${['extends: base.yaml', ...lines].join('\n')}\n`

describe('a scenario that extends another', () => {
  it('has all of it but for what it says itself', async () => {
    const [base, own] = [
      await load({ own: scenarioText() }),
      await load({ own: extending('name: changed', 'trials: 9') }),
    ]
    const { path: _path, sha256: baseHash, lineOf: _lineOf, ...rest } = base
    expect(own).toMatchObject({ ...rest, name: 'changed', trials: 9 })
    expect(own.sha256).not.toBe(baseHash)
    expect(Object.hasOwn(own, 'extends')).toBe(false)
  })

  it('may say nothing of its own', async () =>
    expect((await load({ own: extending() })).name).toBe('small'))

  it('replaces whole keys at the top: nothing is mixed inside one', async () => {
    const own = await load({
      base: scenarioText({ sharedMonthlyUsd: '{ postgres: "60", application: "90" }' }),
      own: extending(
        'sharedMonthlyUsd: { cache: "5" }',
        'variants: [{ model: only, topK: 4, rerank: true }]',
        'tenants:',
        tenantLines('C'),
        tenantLines('D'),
      ),
    })
    expect(own.sharedMonthlyUsd).toEqual({ cache: '5' })
    expect(own.variants.map(({ model }) => model)).toEqual(['only'])
    expect(own.tenants.map(({ id }) => id)).toEqual(['C', 'D'])
  })

  it('may add what the other has not', async () => {
    expect((await load({ own: extending('sabotage: { sql: select 1 }') })).sabotage).toEqual({
      sql: 'select 1',
    })
  })

  it('takes settings on top of both', async () => {
    const { trials, seed } = await load({
      own: extending('trials: 9'),
      settings: [
        { path: ['trials'], value: 11 },
        { path: ['seed'], value: 12 },
      ],
    })
    expect([trials, seed]).toEqual([11, 12])
  })

  it('may use anchors of its own', async () => {
    expect(
      (
        await load({
          own: extending(
            'capacity: &limits { namespaceLimit: 5, operatingLimit: 4, alertAt: 3 }',
            'sabotage: { capacity: *limits }',
          ),
        })
      ).sabotage?.capacity,
    ).toEqual({ namespaceLimit: 5, operatingLimit: 4, alertAt: 3 })
  })

  it('has another hash when the other one changes', async () => {
    expect((await load({ own: extending(), base: scenarioText({ seed: '8' }) })).sha256).not.toBe(
      (await load({ own: extending() })).sha256,
    )
  })
})

describe('lines', () => {
  it('are told for keys of its own, and none for those of the other', async () => {
    const own = await load({
      own: extending('', 'trials: 9', 'tenants:', tenantLines('C'), tenantLines('D')),
    })
    expect(own.lineOf(['trials'])).toBe(3)
    expect(own.lineOf(['tenants', 0, 'id'])).toBe(5)
    expect(own.lineOf(['seed'])).toBeNull()
    expect(own.lineOf(['variants', 0, 'model'])).toBeNull()
  })

  it('are so in faults too', async () => {
    const error = await rejectionOf(
      load({
        base: scenarioText({ seed: 'x', trials: 'y' }),
        own: extending('colour: red', 'timeScale: 7'),
      }),
    )
    expect(error.code).toBe('TB_SCENARIO_INVALID')
    expect(error.faults.map(({ path, line }) => [path, line]).sort()).toEqual([
      [expect.stringMatching(/base\.yaml: seed$/), 3],
      [expect.stringMatching(/base\.yaml: trials$/), 4],
      ['colour', 2],
      ['timeScale', 3],
    ])
  })
})

describe('what cannot be extended', () => {
  it('is a scenario that extends another itself', async () => {
    const error = await rejectionOf(
      load({ base: `extends: other.yaml\n${scenarioText()}`, own: extending() }),
    )
    expect(error).toMatchObject({
      code: 'TB_SCENARIO_INVALID',
      exitCode: 2,
      faults: [
        {
          path: 'extends',
          line: null,
          message: 'base.yaml extends another itself; one step is enough',
        },
      ],
    })
  })

  it('is the scenario itself', async () => {
    expect(
      (await rejectionOf(load({ own: `extends: own.yaml\n${scenarioText()}` }))).faults,
    ).toMatchObject([{ path: 'extends' }])
  })

  it('is a file that is not there, which is named', async () => {
    const error = await rejectionOf(load({ own: 'extends: nowhere.yaml\n' }))
    expect(error.code).toBe('TB_SCENARIO_UNREADABLE')
    expect(error.detail).toContain('nowhere.yaml')
  })

  it.each(['[base.yaml]', '5', '{ path: base.yaml }', 'null'])(
    'is no name of a file: %s',
    async (value) => {
      expect(
        (await rejectionOf(load({ own: `extends: ${value}\n${scenarioText()}` }))).faults,
      ).toMatchObject([{ path: 'extends', line: 1 }])
    },
  )

  it.each(['a: [', '', 'a: 1\na: 2\n'])('is a base that is no scenario: %j', async (base) => {
    expect((await rejectionOf(load({ base, own: extending('trials: 9') }))).code).toBe(
      'TB_SCENARIO_INVALID',
    )
  })

  it('is one that is broken, and the fault is told', async () => {
    expect(
      (await rejectionOf(load({ own: extending('trials: [') }))).faults[0]?.line,
    ).toBeGreaterThan(1)
  })
})
