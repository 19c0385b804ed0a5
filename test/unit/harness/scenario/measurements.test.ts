import { describe, expect, it } from 'vitest'
import { cellsOf } from '../../../../harness/scenario/cells.ts'
import { readMeasurements, type Measurement } from '../../../../harness/scenario/measurements.ts'
import { parseScenario } from '../../../../harness/scenario/parse.ts'
import { rejectionOf } from '../../support/failures.ts'
import { testFolder } from '../../support/folder.ts'
import { scenarioText } from '../../support/scenario.ts'

const cells = cellsOf(parseScenario(scenarioText(), 'x.yaml'))
const header = 'tenant,model,topK,rerank,right,asked'

async function read(...lines: readonly string[]): Promise<ReadonlyMap<string, Measurement>> {
  await using folder = await testFolder()
  await folder.write('quality.csv', `${[header, ...lines].join('\n')}\n`)
  return await readMeasurements(`${folder.path}/scenario.yaml`, 'quality.csv', cells)
}
const placesOf = async (...lines: readonly string[]): Promise<readonly unknown[]> => {
  const error = await rejectionOf(read(...lines))
  expect(error).toMatchObject({ code: 'TB_TABLE_INVALID', exitCode: 2 })
  return error.faults.map(({ path, line }) => [path, line])
}
const idOf = (tenant: string, model: string): string | undefined =>
  cells.find(({ tenantId, variant }) => tenantId === tenant && variant.model === model)?.id

describe('measurements', () => {
  it('are found for the cell that they are of, beside the scenario', async () => {
    expect(await read('A,gpt-4o,5,true,41,50', 'B,gpt-4o-mini,3,false,0,7')).toEqual(
      new Map([
        [idOf('A', 'gpt-4o'), { right: 41, asked: 50 }],
        [idOf('B', 'gpt-4o-mini'), { right: 0, asked: 7 }],
      ]),
    )
  })

  it('may all be right', async () =>
    expect([...(await read('A,gpt-4o,5,true,50,50')).values()]).toEqual([{ right: 50, asked: 50 }]))

  it('may be given by a full path', async () => {
    await using folder = await testFolder()
    const path = await folder.write('elsewhere.csv', `${header}\nA,gpt-4o,5,true,1,2\n`)
    expect((await readMeasurements('/nowhere/scenario.yaml', path, cells)).size).toBe(1)
  })
})

describe('faults', () => {
  it.each([
    ['more right than asked', 'A,gpt-4o,5,true,51,50', ['right', 3]],
    ['nothing asked', 'A,gpt-4o,5,true,0,0', ['asked', 3]],
    ['a number that is not whole', 'A,gpt-4o,5,true,0.5,1', ['right', 3]],
    ['a number below zero', 'A,gpt-4o,5,true,-1,1', ['right', 3]],
    ['a word that is neither true nor false', 'A,gpt-4o,5,yes,1,1', ['rerank', 3]],
    ['no model', 'A,,5,true,1,1', ['model', 3]],
    ['a tenant that no cell has', 'C,gpt-4o,5,true,1,1', ['tenant', 3]],
    ['a model that no cell has', 'A,gpt-4,5,true,1,1', ['tenant', 3]],
    ['a top_k that no cell has', 'A,gpt-4o,6,true,1,1', ['tenant', 3]],
    ['the other rerank', 'A,gpt-4o,5,false,1,1', ['tenant', 3]],
    ['a cell that is there already', 'B,gpt-4o,5,true,2,3', ['tenant', 3]],
  ])('are %s, with the line', async (_case, line, place) => {
    expect(await placesOf('B,gpt-4o,5,true,1,2', line)).toEqual([place])
  })

  it('are told all at once', async () => {
    expect(await placesOf('A,gpt-4o,5,true,2,1', 'A,gpt-4o,5,maybe,x,1')).toEqual([
      ['right', 2],
      ['rerank', 3],
      ['right', 3],
    ])
    expect(
      await placesOf(
        'C,gpt-4o,5,true,1,1',
        'A,gpt-4o,5,true,1,1',
        'A,gpt-4o,5,true,1,1',
        'A,gpt-4o,5,true,1,1',
      ),
    ).toEqual([
      ['tenant', 2],
      ['tenant', 4],
      ['tenant', 5],
    ])
  })

  it('say in which line the cell was before', async () => {
    const error = await rejectionOf(
      read('A,gpt-4o,5,true,1,1', 'B,gpt-4o,5,true,1,1', 'A,gpt-4o,5,true,1,1'),
    )
    expect(error.faults.map(({ message }) => message)).toEqual([
      'the cell is there already, in line 2',
    ])
  })
})
