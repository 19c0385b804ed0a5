import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { embedText } from '../../../../../harness/services/reading/embedding.ts'

const model = 'text-embedding-3-small'
const cosine = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)
const likeness = (one: string, other: string, dimensions = 512): number =>
  cosine(embedText(one, model, dimensions), embedText(other, model, dimensions))

describe('an embedding', () => {
  it('has length 1 for any text, and no number that is none', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constantFrom(8, 64, 513, 3_072),
        (text, dimensions) => {
          const vector = embedText(text, model, dimensions)
          expect(vector).toHaveLength(dimensions)
          expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
        },
      ),
    )
  })

  it('is a pure function of text, model and dimensions', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, between) => {
        const first = embedText(text, model, 64)
        embedText(between, model, 64)
        expect(embedText(text, model, 64)).toEqual(first)
      }),
    )
    expect(embedText('the notice period', 'text-embedding-3-large', 64)).not.toEqual(
      embedText('the notice period', model, 64),
    )
  })

  it.each([
    [
      'How long is the notice period?',
      'The notice period is 31 days.',
      'Oil is changed every 500 hours.',
    ],
    [
      'retainer for Alder & Stone',
      'The retainer for Alder & Stone is $5.',
      'The retainer for Brook & Field is $5.',
    ],
    ['update the firmware', 'updating firmware', 'delete the account'],
    ['hydraulic pump', 'hydraulics of pumps', 'court of appeal'],
  ])('of %j is nearer to %j than to %j', (text, near, far) => {
    expect(likeness(text, near)).toBeGreaterThan(likeness(text, far) + 0.05)
  })

  it('takes no notice of case and order of words, and knows itself', () => {
    expect(likeness('Notice Period', 'period NOTICE')).toBeCloseTo(1, 5)
    expect(likeness('a b c words', 'a b c words')).toBeCloseTo(1, 5)
  })

  it('of a text without words is still a direction', () => {
    for (const text of ['', '   ', '?!', 'the of and'])
      expect([...embedText(text, model, 8)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0])
  })
})
