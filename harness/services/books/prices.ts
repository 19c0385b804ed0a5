/**
 * The vendors' price list as the local services bill by it, written from the vendors' own pages. It
 * is a second list on purpose (DESIGN law 4): if it were read from the price book under test,
 * reconciling would compare a number with itself. Dollars per unit, as [whole dollars x 10^12]
 * would be unreadable: strings, parsed once.
 */
import { parseUsd, type PicoUsd } from '../../../src/base/money.ts'

/**
 * Dollars per million tokens of a chat model, and the name under which its use stands on the bill.
 */
export interface ChatPrice {
  readonly input: PicoUsd
  readonly cached: PicoUsd
  readonly output: PicoUsd
  readonly billedAs: string
}

/**
 * Dollars a million: input, cached input, output. Models without a cache ask for cached tokens what
 * they ask for others.
 */
function chat(
  input: string,
  output: string,
  { cached = input, billedAs }: { readonly cached?: string; readonly billedAs: string },
): ChatPrice {
  return { input: parseUsd(input), cached: parseUsd(cached), output: parseUsd(output), billedAs }
}

/** By the name that is asked for. */
export const chatPerMillion: Readonly<Record<string, ChatPrice>> = {
  'gpt-4': chat('30', '60', { billedAs: 'gpt-4-0613' }),
  'gpt-4-turbo': chat('10', '30', { billedAs: 'gpt-4-turbo-2024-04-09' }),
  'gpt-4o': chat('2.50', '10', { cached: '1.25', billedAs: 'gpt-4o-2024-08-06' }),
  'gpt-4o-2024-05-13': chat('5', '15', { billedAs: 'gpt-4o-2024-05-13' }),
  'gpt-4o-mini': chat('0.15', '0.60', { cached: '0.075', billedAs: 'gpt-4o-mini-2024-07-18' }),
  'gpt-3.5-turbo': chat('0.50', '1.50', { billedAs: 'gpt-3.5-turbo-0125' }),
  'gpt-3.5-turbo-16k': chat('3', '4', { billedAs: 'gpt-3.5-turbo-16k-0613' }),
  'claude-haiku-4-5': chat('1', '5', { cached: '0.10', billedAs: 'claude-haiku-4-5-20251001' }),
  'claude-sonnet-4-5': chat('3', '15', { cached: '0.30', billedAs: 'claude-sonnet-4-5-20250929' }),
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
}
