/**
 * Fitted models as a file and back: what `calibrate --out` writes, and a simulation may start from.
 */
import { z } from 'zod'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { formatUsd, parseUsd } from '../../../src/base/money.ts'
import { partsOfTable, type QuantileTable } from '../models/quantile-table.ts'
import type { FittedModels } from './fit.ts'
import type { OwnTime } from './own-time.ts'

const finite = z.number()
const table = z.array(finite).length(partsOfTable)
const ownTime = z.strictObject({
  table,
  meanMs: finite,
  ratePerSecond: finite,
  addedMsPerRate: finite,
})
const lineIn = { intercept: finite, slope: finite } as const

const modelsFile = z.strictObject({
  calibrationVersion: z.literal(1),
  source: z.string(),
  embed: table,
  retrieve: table,
  rerank: table.nullable(),
  hydrate: ownTime,
  other: ownTime,
  chat: z.array(
    z.strictObject({
      model: z.string(),
      firstTokenMs: table,
      msPerToken: table,
      answerTokens: table,
    }),
  ),
  prompt: z.strictObject({
    byTenant: z.array(z.strictObject({ tenant: z.string(), ...lineIn })),
    byQuestion: z.array(z.strictObject({ key: z.string(), ...lineIn })),
    factors: z.array(z.strictObject({ model: z.string(), factor: finite })),
  }),
  restUsd: z.array(z.strictObject({ key: z.string(), usd: z.string().regex(/^-?\d+(\.\d+)?$/) })),
})

type ModelsFile = z.infer<typeof modelsFile>

/** Writes the models. Times keep a ten-thousandth of a millisecond. */
export function encodeModels(fitted: FittedModels): string {
  const { source, embed, retrieve, rerank, hydrate, other, chat, prompt, restUsd } = fitted
  const file: ModelsFile = {
    calibrationVersion: 1,
    source,
    embed: valuesOf(embed),
    retrieve: valuesOf(retrieve),
    rerank: rerank === null ? null : valuesOf(rerank),
    hydrate: { ...hydrate, table: valuesOf(hydrate.table) },
    other: { ...other, table: valuesOf(other.table) },
    chat: [...chat.values()].map(({ model, firstTokenMs, msPerToken, answerTokens }) => ({
      model,
      firstTokenMs: valuesOf(firstTokenMs),
      msPerToken: valuesOf(msPerToken),
      answerTokens: valuesOf(answerTokens),
    })),
    prompt: {
      byTenant: [...prompt.byTenant].map(([tenant, line]) => ({ tenant, ...line })),
      byQuestion: [...prompt.byQuestion].map(([key, line]) => ({ key, ...line })),
      factors: [...prompt.factors].map(([model, factor]) => ({ model, factor })),
    },
    restUsd: [...restUsd].map(([key, usd]) => ({ key, usd: formatUsd(usd) })),
  }
  return `${JSON.stringify(file)}\n`
}

/** Reads the models. Throws TB_CALIBRATION_INVALID. */
export function decodeModels(text: string): FittedModels {
  const { source, embed, retrieve, rerank, hydrate, other, chat, prompt, restUsd } =
    checkedFile(text)
  return {
    source,
    embed: tableFrom(embed),
    retrieve: tableFrom(retrieve),
    rerank: rerank === null ? null : tableFrom(rerank),
    hydrate: ownTimeFrom(hydrate),
    other: ownTimeFrom(other),
    chat: new Map(
      chat.map(({ model, ...tables }) => [
        model,
        {
          model,
          firstTokenMs: tableFrom(tables.firstTokenMs),
          msPerToken: tableFrom(tables.msPerToken),
          answerTokens: tableFrom(tables.answerTokens),
        },
      ]),
    ),
    prompt: {
      byTenant: new Map(prompt.byTenant.map(({ tenant, ...line }) => [tenant, line])),
      byQuestion: new Map(prompt.byQuestion.map(({ key, ...line }) => [key, line])),
      factors: new Map(prompt.factors.map(({ model, factor }) => [model, factor])),
    },
    restUsd: new Map(restUsd.map(({ key, usd }) => [key, parseUsd(usd)])),
  }
}

const mostFaults = 20

function checkedFile(text: string): ModelsFile {
  const checked = modelsFile.safeParse(parsedJson(text))
  if (checked.success) return checked.data
  const faults = checked.error.issues.map(({ path, message }) => ({
    path: path.join('.'),
    line: null,
    message,
  }))
  throw new TenantbenchError('TB_CALIBRATION_INVALID', {
    detail: `${faults.length} faults.`,
    faults: faults.slice(0, mostFaults),
  })
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new TenantbenchError('TB_CALIBRATION_INVALID', {
      detail: `It is not JSON: ${messageOf(error)}.`,
      cause: error,
    })
  }
}

function valuesOf({ values }: QuantileTable): number[] {
  return [...values].map((value) => Math.round(value * 1e4) / 1e4)
}

function tableFrom(values: readonly number[]): QuantileTable {
  return { values: Float64Array.from(values) }
}

function ownTimeFrom(written: ModelsFile['hydrate']): OwnTime {
  return { ...written, table: tableFrom(written.table) }
}
