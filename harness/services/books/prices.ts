/**
 * The vendors' price list as the local services bill by it, written from the vendors' own pages. It is a second list on purpose
 * (DESIGN law 4): if it were read from the price book under test, reconciling would compare a number with itself.
 * Dollars per unit, as [whole dollars x 10^12] would be unreadable: strings, parsed once.
 */
import { parseUsd, type PicoUsd } from '../../../src/base/money.ts'

/** Dollars per million input and output tokens of a chat model. */
export const chatPerMillion: Readonly<Record<string, readonly [input: PicoUsd, output: PicoUsd]>> = {
  'gpt-4': [parseUsd('30'), parseUsd('60')],
  'gpt-4-turbo': [parseUsd('10'), parseUsd('30')],
  'gpt-4o': [parseUsd('2.50'), parseUsd('10')],
  'gpt-4o-mini': [parseUsd('0.15'), parseUsd('0.60')],
  'gpt-3.5-turbo': [parseUsd('0.50'), parseUsd('1.50')],
  'claude-haiku-4-5': [parseUsd('1'), parseUsd('5')],
  'claude-sonnet-4-5': [parseUsd('3'), parseUsd('15')],
}

/** Dollars per million tokens embedded. */
export const embeddingPerMillion: Readonly<Record<string, PicoUsd>> = {
  'text-embedding-3-small': parseUsd('0.02'),
  'text-embedding-3-large': parseUsd('0.13'),
}

/** Pinecone serverless, Standard plan. */
export const pineconePrices = {
  perMillionReadUnits: parseUsd('16'),
  perMillionWriteUnits: parseUsd('4'),
  perGigabyteMonth: parseUsd('0.33'),
  perThousandReranks: parseUsd('2'),
  monthlyMinimum: parseUsd('50'),
} as const
