/**
 * A bill in any of the forms that are read. All faults of all of its files at once; of a faulty
 * bill nothing is taken.
 */
import { TenantbenchError, type Fault } from '../../base/errors.ts'
import type { PriceBook } from '../prices/price-book.ts'
import { anthropicCost } from './anthropic-cost.ts'
import type { Bill, BillReader, BillResult } from './bill.ts'
import { focusBill } from './focus.ts'
import { genericBill } from './generic.ts'
import { openaiCosts } from './openai-costs.ts'
import { pineconeUsage } from './pinecone-usage.ts'

/** The forms, in the order in which a text is held against them. */
export const billReaders: readonly BillReader[] = [
  openaiCosts,
  anthropicCost,
  focusBill,
  pineconeUsage,
  genericBill,
]

/** Reads the files of a bill. Throws TB_BILL_INVALID. */
export function readBill(
  files: readonly { readonly path: string; readonly text: string }[],
  book: PriceBook,
): Bill {
  const read = files.map(({ path, text }): BillResult => {
    const reader = billReaders.find((each) => each.recognises({ path, text, book }))
    return (
      reader?.read({ path, text, book }) ?? [
        {
          path,
          line: 1,
          message: `not a bill that is read; forms are ${billReaders.map(({ id }) => id).join(', ')}`,
        },
      ]
    )
  })
  const faults = read.flatMap((each): readonly Fault[] => ('lines' in each ? [] : each))
  const bills = read.filter((each): each is Bill => 'lines' in each)
  if (faults.length > 0)
    throw new TenantbenchError('TB_BILL_INVALID', {
      detail: `${faults.length} in ${files.map(({ path }) => path).join(', ')}.`,
      faults,
    })
  const lines = bills.flatMap((bill) => bill.lines)
  if (lines.length === 0)
    throw new TenantbenchError('TB_BILL_INVALID', {
      detail: 'It has no line, so there is nothing to compare with.',
    })
  return { lines, requests: bills.flatMap(({ requests }) => requests) }
}
