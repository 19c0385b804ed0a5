import { describe, expect, it } from 'vitest'
import { parsePromptTemplate, parseSlotValues } from '../../../src/config/prompt-template.ts'
import { thrownBy } from '../support/failures.ts'

const slots = {
  tone: { type: 'choice', options: ['formal', 'friendly'] },
  company: { type: 'text', maxLength: 20 },
  most: { type: 'integer', least: 1, most: 5 },
}
const body = 'Be {{tone}} for {{ company }}, {{most}} sentences.\n{{passages}}\n{{question}}'
const values = { tone: 'formal', company: 'Acme', most: 3 }

describe('a template', () => {
  it('is taken apart into words and slots', () => {
    const { pieces } = parsePromptTemplate({ body, slots })
    expect(pieces.flatMap((piece) => (piece.kind === 'slot' ? [piece.name] : []))).toEqual([
      'tone',
      'company',
      'most',
      'passages',
      'question',
    ])
  })

  it.each([
    ['no passages', { body: '{{question}}' }, 'body'],
    ['no question', { body: '{{passages}}' }, 'body'],
    ['the question twice', { body: '{{passages}}{{question}}{{question}}' }, 'body'],
    ['a slot that is not declared', { body: '{{passages}}{{question}}{{company}}' }, 'body'],
    ['another tenant by path', { body: '{{passages}}{{question}}{{tenants.B.company}}' }, 'body'],
    ['the prototype', { body: '{{passages}}{{question}}{{__proto__}}' }, 'body'],
    ['a constructor', { body: '{{passages}}{{question}}{{constructor}}' }, 'body'],
    ['half a slot', { body: '{{passages}}{{question}} {{company' }, 'body'],
    ['a closing half', { body: '{{passages}}{{question}} company}}' }, 'body'],
    ['a slot in a slot', { body: '{{passages}}{{question}}{{ {{company}} }}' }, 'body'],
    ['control characters', { body: '{{passages}}{{question}}\u001b[2J' }, 'body'],
    ['text that runs backwards', { body: '{{passages}}{{question}}\u202e' }, 'body'],
    [
      'a slot of ours',
      { body: '{{passages}}{{question}}', slots: { passages: { type: 'text', maxLength: 5 } } },
      'slots.passages',
    ],
    [
      'a slot that is not used',
      { body: '{{passages}}{{question}}', slots: { company: { type: 'text', maxLength: 5 } } },
      'slots.company',
    ],
    [
      'a type that is none',
      { body: '{{passages}}{{question}}{{c}}', slots: { c: { type: 'html' } } },
      'slots.c.type',
    ],
    [
      'limits in the wrong order',
      {
        body: '{{passages}}{{question}}{{c}}',
        slots: { c: { type: 'integer', least: 5, most: 1 } },
      },
      'slots.c',
    ],
    ['a text without end', { body: `{{passages}}{{question}}${'x'.repeat(4_000)}` }, 'body'],
    ['a system message', { body: '{{passages}}{{question}}', system: 'no guard' }, ''],
  ])('with %s is refused', (_what, written, path) => {
    const error = thrownBy(() => parsePromptTemplate(written))
    expect(error).toMatchObject({ code: 'TB_TEMPLATE_INVALID', exitCode: 2 })
    expect(error.faults.map((each) => each.path)).toContain(path)
  })

  it('tells all its faults at once', () => {
    expect(
      thrownBy(() =>
        parsePromptTemplate({
          body: '{{question}} {{who}} }}',
          slots: { unused: { type: 'text', maxLength: 1 } },
        }),
      ).faults,
    ).toHaveLength(4)
  })
})

describe('values', () => {
  const template = parsePromptTemplate({ body, slots })
  it('of the right types are taken', () => {
    expect([...parseSlotValues(template, values)]).toEqual(Object.entries(values))
  })

  it.each([
    ['tone', 'rude'],
    ['tone', undefined],
    ['company', 'a name that is much too long'],
    ['company', 'two\nlines'],
    ['company', 'esc \u001b[31m'],
    ['company', 7],
    ['most', 6],
    ['most', 1.5],
    ['most', '3'],
    ['other', 'x'],
    ['toString', 'x'],
  ])('%s: %j is refused', (name, value) => {
    expect(
      thrownBy(() => parseSlotValues(template, { ...values, [name]: value })).faults.map(
        ({ path }) => path,
      ),
    ).toEqual([`promptValues.${name}`])
  })

  it('of the prototype are not values', () => {
    expect(
      thrownBy(() =>
        parseSlotValues(
          template,
          JSON.parse('{"tone":"formal","company":"Acme","most":3,"__proto__":"x"}') as Record<
            string,
            unknown
          >,
        ),
      ).faults.map(({ path }) => path),
    ).toEqual(['promptValues.__proto__'])
  })
})
