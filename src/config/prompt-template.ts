/**
 * Prompt templates: what a tenant may say around the passages and the question. A template is text
 * with slots, `{{passages}}` and `{{question}}` once each and any that it declares with a type.
 * Slots are looked up in the template's own declaration and in the tenant's own values, never by
 * path, so there is no way to name anything else. The guard is no part of a template and cannot be
 * dropped by one; see src/rag/prompt.ts.
 */
import { z } from 'zod'
import { TenantbenchError, type Fault } from '../base/errors.ts'
import { hidesSomething, printable } from '../base/text.ts'

const slotName = z
  .string()
  .regex(
    /^[a-z][A-Za-z0-9]{0,40}$/,
    'a slot is named with letters and digits, beginning with a small letter',
  )
const slotSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), maxLength: z.int().min(1).max(200) }),
  z.strictObject({
    type: z.literal('choice'),
    options: z
      .array(z.string().regex(/^[\p{L}\p{N} -]{1,40}$/u, 'letters, digits, blanks and dashes'))
      .min(1)
      .max(20),
  }),
  z.strictObject({ type: z.literal('integer'), least: z.int(), most: z.int() }),
])

/** What a slot takes: one line of text, one of some words, or a whole number. */
export type Slot = Readonly<z.infer<typeof slotSchema>>

/** A template as written: its text, and its own slots by name. */
export const promptTemplateSchema = z.strictObject({
  body: z.string().min(1).max(4_000),
  slots: z.record(slotName, slotSchema).default({}),
})

/** A template as written. */
export type WrittenTemplate = Readonly<z.infer<typeof promptTemplateSchema>>

/** A piece of a template: words of the tenant, or a place for a value. */
export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'slot'; readonly name: string }

/** A template taken apart. */
export interface PromptTemplate {
  readonly pieces: readonly TemplatePiece[]
  readonly slots: ReadonlyMap<string, Slot>
}

/** Values of a template's own slots, of the right types. */
export type SlotValues = ReadonlyMap<string, string | number>

const builtIn = ['passages', 'question'] as const
const marker = /\{\{([^{}]*)\}\}/

/** Passages, then the question, and nothing of the tenant's. */
export const defaultTemplate: PromptTemplate = parsePromptTemplate({
  body: '{{passages}}\n\n{{question}}',
  slots: {},
})

/** Takes a template apart. Throws TB_TEMPLATE_INVALID with every fault. */
export function parsePromptTemplate(written: unknown): PromptTemplate {
  const parsed = promptTemplateSchema.safeParse(written)
  if (!parsed.success)
    throw invalid(parsed.error.issues.map(({ path, message }) => fault(path.join('.'), message)))
  const slots = new Map(Object.entries(parsed.data.slots))
  const pieces = piecesOf(parsed.data.body)
  const faults = [...faultsOfText(parsed.data.body), ...faultsOfSlots(pieces, slots)]
  if (faults.length > 0) throw invalid(faults)
  return { pieces, slots }
}

/** Text and slots in turn: at odd places of the split stands what was between the braces. */
function piecesOf(body: string): readonly TemplatePiece[] {
  return body
    .split(marker)
    .map((part, at): TemplatePiece =>
      at % 2 === 0 ? { kind: 'text', text: part } : { kind: 'slot', name: part.trim() },
    )
    .filter((piece) => piece.kind === 'slot' || piece.text !== '')
}

function faultsOfText(body: string): readonly Fault[] {
  const hidden = body.split('\n').some((line) => hidesSomething(line.replaceAll('\t', ' ')))
  const braces = /\{\{|\}\}/.test(body.replaceAll(new RegExp(marker, 'g'), ''))
  return [
    ...(hidden
      ? [
          fault(
            'body',
            'control characters and marks that turn the direction of text are not allowed',
          ),
        ]
      : []),
    ...(braces ? [fault('body', '{{ or }} without its other half')] : []),
  ]
}

function faultsOfSlots(
  pieces: readonly TemplatePiece[],
  slots: ReadonlyMap<string, Slot>,
): readonly Fault[] {
  const used = pieces.flatMap((piece) => (piece.kind === 'slot' ? [piece.name] : []))
  const reserved = new Set<string>(builtIn)
  return [
    ...builtIn
      .filter((name) => used.filter((each) => each === name).length !== 1)
      .map((name) => fault('body', `{{${name}}} must stand there exactly once`)),
    ...used
      .filter((name) => !reserved.has(name) && !slots.has(name))
      .map((name) => fault('body', `there is no slot ${JSON.stringify(name)}`)),
    ...[...slots.keys()]
      .filter((name) => reserved.has(name))
      .map((name) => fault(`slots.${name}`, 'this slot is ours')),
    ...[...slots.keys()]
      .filter((name) => !used.includes(name))
      .map((name) => fault(`slots.${name}`, 'the text does not use this slot')),
    ...[...slots]
      .filter(([, slot]) => slot.type === 'integer' && slot.least > slot.most)
      .map(([name]) => fault(`slots.${name}`, 'least is more than most')),
  ]
}

/**
 * Checks values against a template's slots: each there, of its type, none beside. Throws
 * TB_TEMPLATE_INVALID with every fault.
 */
export function parseSlotValues(
  { slots }: PromptTemplate,
  values: Readonly<Record<string, unknown>>,
): SlotValues {
  const given = new Map(Object.entries(values))
  const faults = [
    ...[...given.keys()]
      .filter((name) => !slots.has(name))
      .map((name) => fault(`promptValues.${name}`, 'the template has no such slot')),
    ...[...slots].flatMap(([name, slot]) => {
      const wrong = wrongness(slot, given.get(name))
      return wrong === null ? [] : [fault(`promptValues.${name}`, wrong)]
    }),
  ]
  if (faults.length > 0) throw invalid(faults)
  return given as SlotValues
}

function wrongness(slot: Slot, value: unknown): string | null {
  switch (slot.type) {
    case 'text':
      if (typeof value !== 'string' || value.length > slot.maxLength)
        return `a text of at most ${slot.maxLength} characters`
      return printable(value) === value ? null : 'one line without control characters'
    case 'choice':
      return typeof value === 'string' && slot.options.includes(value)
        ? null
        : `one of ${slot.options.join(', ')}`
    case 'integer':
      return Number.isInteger(value) && Number(value) >= slot.least && Number(value) <= slot.most
        ? null
        : `a whole number from ${slot.least} to ${slot.most}`
  }
}

function fault(path: string, message: string): Fault {
  return { path, line: null, message }
}

function invalid(faults: readonly Fault[]): TenantbenchError {
  return new TenantbenchError('TB_TEMPLATE_INVALID', {
    detail: `${faults.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`,
    faults,
  })
}
