/** Fitted models as a file and back. */
import { describe, expect, it } from 'vitest'
import { calibrate } from '../../../../../harness/calibrate/calibrate.ts'
import { serviceModelsAt } from '../../../../../harness/simulate/fit/fit.ts'
import { decodeModels, encodeModels } from '../../../../../harness/simulate/fit/models-file.ts'
import { thrownBy } from '../../../support/failures.ts'
import { book, syntheticRuns } from './synthetic.ts'

const { fitted } = calibrate({
  runs: syntheticRuns(900),
  book,
  wanted: { model: null, topK: null },
  maxInFlight: null,
  simulations: 1,
  seed: 1,
})

describe('a file of models', () => {
  it('is read as it was written', () => {
    const text = encodeModels(fitted)
    const read = decodeModels(text)
    expect(encodeModels(read) === text).toBe(true)
    expect(read.prompt).toEqual(fitted.prompt)
    expect(read.restUsd).toEqual(fitted.restUsd)
    const [here, there] = [serviceModelsAt(fitted, 9), serviceModelsAt(read, 9)]
    expect(there.embedMs.values[4_000]).toBeCloseTo(here.embedMs.values[4_000] ?? 0, 4)
    expect([...there.chat.keys()]).toEqual([...here.chat.keys()])
  })

  it.each([
    ['no JSON', '{', /not JSON/],
    [
      'another version',
      encodeModels(fitted).replace('"calibrationVersion":1', '"calibrationVersion":2'),
      /1 faults/,
    ],
    [
      'a short table',
      JSON.stringify({ ...(JSON.parse(encodeModels(fitted)) as object), embed: [1, 2] }),
      /1 faults/,
    ],
  ])('%s is refused', (_case, text, words) => {
    const { code, message } = thrownBy(() => decodeModels(text))
    expect(code).toBe('TB_CALIBRATION_INVALID')
    expect(message).toMatch(words)
  })
})
