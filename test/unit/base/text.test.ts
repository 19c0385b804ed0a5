import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clip, printable } from '../../../src/base/text.ts'

describe('printable', () => {
  it.each([
    ['plain text, café, 日本語, 😀', 'plain text, café, 日本語, 😀'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;http://evil.example\u0007here\u001b]8;;\u0007', 'here'],
    ['two\nlines\r\n', 'two lines  '],
    ['a\u0000b\u0008c\u007fd', 'a b c d'],
    ['a\u0085b\u009b31mc', 'a bc'],
    ['a\u2028b\u2029c', 'a b c'],
  ])('%j reads %j', (text, shown) => expect(printable(text)).toBe(shown))

  it.each([
    '\u202a',
    '\u202b',
    '\u202c',
    '\u202d',
    '\u202e',
    '\u2066',
    '\u2067',
    '\u2068',
    '\u2069',
  ])('does not let direction control %j through', (control) => {
    expect(printable(`invoice${control}fdp.exe`)).toBe('invoice fdp.exe')
  })

  it('leaves nothing that a terminal acts on, whatever the text', () => {
    const fragment = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\u001b',
        '\u001b[',
        '\u009b',
        '\u001b]',
        '\u0007',
        '\r',
        '\n',
        '2J',
        'm',
        ';',
      ),
    )
    fc.assert(
      fc.property(
        fc.array(fragment),
        (fragments) =>
          !/\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(printable(fragments.join(''))),
      ),
    )
  })
})

describe('clip', () => {
  it.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['', 3, ''],
    ['ab', 1, '…'],
  ])('%j at %i is %j', (text, characters, clipped) => expect(clip(text, characters)).toBe(clipped))

  it('is never longer than asked', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 50 }),
        (text, characters) => clip(text, characters).length <= characters,
      ),
    )
  })

  it('does not cut a character in half', () => {
    expect(clip('ab😀cd', 4).isWellFormed()).toBe(true)
  })
})
