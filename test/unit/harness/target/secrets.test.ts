import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskFor } from '../../../../harness/target/http/secrets.ts'

const secret = 'pa/ss w+rd"7&x'
const mask = maskFor([secret])
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('a secret is masked', () => {
  it.each([
    ['as it is', `token ${secret} refused`],
    ['in capitals', secret.toUpperCase()],
    ['as JSON', JSON.stringify({ said: secret })],
    ['as JSON within JSON', JSON.stringify(JSON.stringify({ said: secret }))],
    ['as JSON with escaped slashes', JSON.stringify(secret).replaceAll('/', '\\/')],
    [
      'as JSON in numbers',
      [...secret].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    ],
    ['in a URL', `/x?t=${encodeURIComponent(secret)}`],
    ['in a URL, in small letters', encodeURIComponent(secret).toLowerCase()],
    ['in a form', new URLSearchParams({ t: secret }).toString()],
    [
      'in a URL, every character',
      [...secret].map((each) => `%${each.charCodeAt(0).toString(16)}`).join(''),
    ],
    ['in HTML', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['in base64', base64(secret)],
    [
      'in base64, after other text',
      `Basic ${base64(`user:${secret}`)} ${base64(`ab${secret}yz`)} ${base64(`abc${secret}`)}`,
    ],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
    ['in hex', Buffer.from(secret).toString('hex')],
    ['with a terminal escape in it', `${secret.slice(0, 5)}\u001b[31m${secret.slice(5)}`],
  ])('%s', (_how, text) => {
    const shown = mask.text(text)
    expect(shown).toContain('[masked')
    for (const form of [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      base64(secret).slice(0, 12),
    ])
      expect(shown.toLowerCase()).not.toContain(form.toLowerCase())
  })

  it('in every text of a JSON value, keys too', () => {
    expect(mask.value({ a: [`x ${secret}`, 3, null], [secret]: true })).toEqual({
      a: ['x [masked]', 3, null],
      '[masked]': true,
    })
  })

  it('wherever it stands in base64', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 30 }).filter((text) => text.trim().length >= 8),
        fc.string(),
        fc.string(),
        (value, before, after) => {
          const encoded = base64(`${before}${value}${after}`)
          const inner = base64(value).slice(4, -4)
          const shown = maskFor([value]).text(encoded)
          expect(shown).toContain('[masked')
          if (inner.length > 6) expect(shown).not.toContain(inner)
        },
      ),
    )
  })
})

it('the longer of two is masked first, so that no rest of it is shown', () => {
  expect(maskFor(['secret', 'secret-and-more']).text('a secret-and-more b secret')).toBe(
    'a [masked] b [masked]',
  )
})

it('other texts stay as they are', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      expect(maskFor([]).text(text)).toBe(text)
    }),
  )
  expect(mask.text('The fee is $740 at 100 %, see /a?b=c%20d and {"x":"\\u0041"}.')).toBe(
    'The fee is $740 at 100 %, see /a?b=c%20d and {"x":"\\u0041"}.',
  )
})
