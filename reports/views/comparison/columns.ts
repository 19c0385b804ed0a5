/** The user's seven columns, for every table of them: what each is called and what it holds. */
import type { ComparisonLine } from '../../record/record.ts'

/** A column. `null` is unknown: nothing can be recommended yet. */
export interface Column {
  readonly name: string
  /** Dollars keep every place in text; a number is a number. */
  of(
    line: ComparisonLine,
  ):
    | { readonly kind: 'text'; readonly text: string | null }
    | { readonly kind: 'number' | 'dollars'; readonly text: string | null }
}

const text = (value: string | null): ReturnType<Column['of']> => ({ kind: 'text', text: value })
const number = (value: number | null): ReturnType<Column['of']> => ({
  kind: 'number',
  text: value === null ? null : String(value),
})
const dollars = (value: string | null): ReturnType<Column['of']> => ({
  kind: 'dollars',
  text: value,
})

/** The seven, in the user's order. Costs are dollars a query; sizes are words. */
export const comparisonColumns: readonly Column[] = [
  { name: 'Tenant', of: ({ tenant }) => text(tenant) },
  { name: 'Doc Count', of: ({ docCount }) => number(docCount) },
  { name: 'Avg Doc Size', of: ({ avgDocWords }) => number(avgDocWords) },
  {
    name: 'Current Cost/Query',
    of: ({ currentCostPerQueryUsd }) => dollars(currentCostPerQueryUsd),
  },
  { name: 'Optimal Model', of: ({ optimalModel }) => text(optimalModel) },
  { name: 'Optimal top_k', of: ({ optimalTopK }) => number(optimalTopK) },
  {
    name: 'Projected Cost',
    of: ({ projectedCostPerQueryUsd }) => dollars(projectedCostPerQueryUsd),
  },
]
