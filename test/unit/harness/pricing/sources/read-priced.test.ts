import { describe, expect, it } from 'vitest'
import {
  mostTenants,
  readMeasured,
  readPriced,
} from '../../../../../harness/pricing/sources/read-priced.ts'
import { rejectionOf } from '../../../support/failures.ts'
import { testFolder } from '../../../support/folder.ts'
import { runRecord } from '../../../support/record.ts'
import { simulated } from './simulation.ts'

const { report } = simulated()
const [tenant] = report.tenants

describe('what is to be priced', () => {
  it('is a run, by its folder or its file, or a simulation by what it says', async () => {
    await using folder = await testFolder()
    const file = await folder.write('run.json', JSON.stringify(runRecord()))
    for (const path of [folder.path, file])
      expect(await readPriced(path)).toEqual({ kind: 'run', record: runRecord() })
    expect(await readPriced(await folder.write('simulation.json', JSON.stringify(report)))).toEqual(
      { kind: 'simulation', report },
    )
  })

  it('has at most so many tenants', async () => {
    await using folder = await testFolder()
    const write = (count: number): Promise<string> =>
      folder.write(
        'many.json',
        JSON.stringify({ ...report, tenants: Array.from({ length: count }, () => tenant) }),
      )
    expect((await readPriced(await write(mostTenants))).kind).toBe('simulation')
    expect(await rejectionOf(readPriced(await write(mostTenants + 1)))).toMatchObject({
      code: 'TB_USAGE',
      detail: expect.stringMatching(/has 5,001 tenants.*at most 5,000/) as unknown,
    })
  })

  it.each([
    ['a simulation with faults', JSON.stringify({ ...report, seed: 'x' }), /with 1 faults/],
    ['a record with faults', '{}', /faults/],
    ['no JSON', 'x', /It is not JSON/],
  ])('%s is invalid', async (_case, text, says) => {
    await using folder = await testFolder()
    expect(await rejectionOf(readPriced(await folder.write('x.json', text)))).toMatchObject({
      code: 'TB_RECORD_INVALID',
      detail: expect.stringMatching(says) as unknown,
    })
  })

  it('is nothing where nothing is', async () =>
    expect(await rejectionOf(readPriced('/nowhere/run.json'))).toMatchObject({
      code: 'TB_RECORD_INVALID',
    }))
})

it('a simulation measures no quality', async () => {
  await using folder = await testFolder()
  const [run, simulation] = [
    await folder.write('run.json', JSON.stringify(runRecord())),
    await folder.write('s.json', JSON.stringify(report)),
  ]
  expect(await readMeasured([run])).toEqual([runRecord()])
  expect(await rejectionOf(readMeasured([run, simulation]))).toMatchObject({
    code: 'TB_USAGE',
    detail: expect.stringMatching(/a simulation measures no quality/) as unknown,
  })
})
