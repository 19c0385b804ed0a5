/**
 * The causes of a gap between what we allocate and what is billed, and a part of the gap with its
 * evidence.
 */
import type { PicoUsd } from '../../base/money.ts'

/** Every cause there is. */
export const causeIds = [
  'quantity',
  'price',
  'mix',
  'timing',
  'minimum',
  'tax',
  'credit',
  'rounding',
  'unmetered',
  'duplicated',
] as const
/** A cause. */
export type CauseId = (typeof causeIds)[number]

/** A part of the gap: allocated minus billed, like drift; negative where the bill is higher. */
export interface GapPart {
  readonly cause: CauseId
  readonly usd: PicoUsd
  readonly component: string
  readonly sku: string | null
  /** The day it is about; null where it is about the month. */
  readonly dayMs: number | null
  /** Events of ours, or requests of theirs, that it is about. */
  readonly events: bigint
  readonly why: string
}
