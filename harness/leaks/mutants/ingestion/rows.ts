/** Texts that are stored for another tenant than their vectors. */
import type { Mutant } from '../mutant.ts'
import { layeredPool } from '../pool-layer.ts'
/** The mutant. */
export const misplacedRows: readonly Mutant[] = [
  {
    id: 'ingestion.title-of-the-job-before',
    vector: 'F15',
    layer: 'ingestion',
    severity: 'critical',
    what: 'columns of a batch are one job behind: titles are those of the job before',
    layers: () => {
      let before: readonly unknown[] | null = null
      return {
        decorateDatabase: (database) =>
          layeredPool(database, {
            values(text, values) {
              if (!text.startsWith('insert into documents (')) return values
              const titles = values[2] as readonly unknown[]
              const stale = titles.map((title, at) => before?.[at] ?? title)
              before = titles
              return values.with(2, stale)
            },
          }),
      }
    },
  },
]
