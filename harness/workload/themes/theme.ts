/**
 * A theme: what a line of business writes about, as facts with their wording, and the prose around
 * them.
 */
import type { Faker } from '@faker-js/faker'
import type { Random } from '../../../src/base/random.ts'

/**
 * One fact that can be stated about a subject, and asked for in the document's words and in others.
 */
export interface Attribute {
  readonly key: string
  value(random: Random, faker: Faker): string
  statement(subject: string, value: string): string
  literal(subject: string): string
  /** Asks for the same with as few of the statement's words as English allows. */
  paraphrase(subject: string): string
}

/** A line of business. */
export interface Theme {
  readonly name: string
  title(subject: string): string
  subject(faker: Faker): string
  readonly attributes: readonly [Attribute, ...Attribute[]]
  /** Prose that states no fact that is asked for. */
  filler(faker: Faker): string
}

/** Whole dollars between bounds, written as `$12,345`. */
export function dollars(random: Random, low: number, high: number): string {
  return `$${random.integer(low, high).toLocaleString('en-US')}`
}

/** A code like `KX-4821`. */
export function code(random: Random, prefix: string): string {
  return `${prefix}-${random.integer(1_000, 99_999)}`
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** A day like `14 March 2031`. */
export function futureDay(random: Random): string {
  return `${random.integer(1, 28)} ${random.pick(months)} ${random.integer(2027, 2044)}`
}
