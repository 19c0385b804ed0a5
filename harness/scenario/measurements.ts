/**
 * A user's own measurements of quality: how many of how many answers were right, by tenant and
 * configuration. They replace what the profiles assume wherever they speak of a cell.
 */
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import type { Cell } from './cells.ts'
import { readCsv, tableFault } from './csv.ts'

const columns = ['tenant', 'model', 'topK', 'rerank', 'right', 'asked'] as const
const count = z
  .string()
  .regex(/^\d{1,9}$/, 'a whole number')
  .transform(Number)
const measurementRow = z
  .strictObject({
    tenant: z.string().min(1),
    model: z.string().min(1),
    topK: count,
    rerank: z.enum(['true', 'false'], 'true or false').transform((word) => word === 'true'),
    right: count,
    asked: count.refine((asked) => asked > 0, 'at least 1'),
  })
  .refine(({ right, asked }) => right <= asked, {
    path: ['right'],
    message: 'more right than asked',
  })

/** Answers counted by the user, for one cell. */
export interface Measurement {
  readonly right: number
  readonly asked: number
}

/**
 * Reads the file and finds the cell of each row. Throws TB_TABLE_INVALID with every fault: also for
 * a row that no cell is for.
 */
export async function readMeasurements(
  scenarioPath: string,
  file: string,
  cells: readonly Cell[],
): Promise<ReadonlyMap<string, Measurement>> {
  const path = isAbsolute(file) ? file : join(dirname(scenarioPath), file)
  const rows = await readCsv({ path, columns, row: measurementRow })
  const found = rows.map(({ line, data }) => ({
    line,
    data,
    cell: cells.find(
      ({ tenantId, variant }) =>
        tenantId === data.tenant &&
        variant.model === data.model &&
        variant.topK === data.topK &&
        variant.rerank === data.rerank,
    )?.id,
  }))
  const faults = found.flatMap(({ line, data, cell }, at) => {
    if (cell === undefined)
      return [
        {
          path: 'tenant',
          line,
          message:
            `no cell of this scenario has tenant ${data.tenant} with ${data.model}, top_k ` +
            `${data.topK}, rerank ${data.rerank}`,
        },
      ]
    const first = found.findIndex((other) => other.cell === cell)
    return first === at
      ? []
      : [
          {
            path: 'tenant',
            line,
            message: `the cell is there already, in line ${found[first]?.line ?? 0}`,
          },
        ]
  })
  if (faults.length > 0) throw tableFault(path, faults)
  return new Map(
    found.flatMap(({ data: { right, asked }, cell }) =>
      cell === undefined ? [] : [[cell, { right, asked }] as const],
    ),
  )
}
