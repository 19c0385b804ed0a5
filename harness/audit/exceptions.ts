/**
 * Findings that are accepted: from a list with reasons and days of expiry, and from an earlier
 * audit.
 */
import { readFile } from 'node:fs/promises'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { type Clock, dayOf } from '../../src/base/clock.ts'
import { messageOf, TenantbenchError, type Fault } from '../../src/base/errors.ts'
import type { Exception } from '../../src/index.ts'

/** What is accepted, and what a reader should know of it. */
export interface Exceptions {
  readonly accepted: readonly Exception[]
  readonly warnings: readonly string[]
}

const day = /^\d{4}-\d{2}-\d{2}$/
const entrySchema = z.strictObject({
  key: z.string().min(1),
  reason: z.string().trim().min(1),
  expires: z.string().regex(day, 'is not a day (YYYY-MM-DD)'),
})
const baselineSchema = z.object({
  verdict: z.string(),
  findings: z.array(z.object({ key: z.string(), status: z.string() })),
})

/** Reads --allow and --baseline. Throws TB_ALLOW_INVALID with every fault, TB_BASELINE_INVALID. */
export async function exceptionsFrom(
  given: Readonly<Record<string, unknown>>,
  clock: Clock,
): Promise<Exceptions> {
  const today = dayOf(clock.nowMs())
  const entries = typeof given['allow'] === 'string' ? await readAllowList(given['allow']) : []
  const expired = entries.filter(({ expires }) => expires < today)
  const baseline =
    typeof given['baseline'] === 'string' ? await readBaseline(given['baseline']) : []
  return {
    accepted: [
      ...entries
        .filter(({ expires }) => expires >= today)
        .map(({ key, reason, expires }) => ({ key, reason: `${reason} (until ${expires})` })),
      ...baseline.map((key) => ({ key, reason: 'in the baseline' })),
    ],
    warnings: expired.map(
      ({ key, expires }) => `the entry for ${key} expired on ${expires}; the finding counts again`,
    ),
  }
}

async function readAllowList(path: string): Promise<readonly z.infer<typeof entrySchema>[]> {
  const lines = new LineCounter()
  const document = parseDocument(await textOf(path, 'TB_ALLOW_INVALID'), {
    lineCounter: lines,
    schema: 'failsafe',
  })
  const faults: Fault[] = document.errors.map((error) => ({
    path,
    line: error.linePos?.[0].line ?? null,
    message: error.message.split('\n')[0] ?? '',
  }))
  const parsed = z.array(entrySchema).safeParse(faults.length > 0 ? [] : (document.toJS() ?? []))
  for (const issue of parsed.error?.issues ?? []) {
    const node = document.getIn(issue.path.slice(0, 1), true) as
      { readonly range?: readonly number[] } | undefined
    faults.push({
      path: issue.path.join('.'),
      line: node?.range?.[0] === undefined ? null : lines.linePos(node.range[0]).line,
      message: issue.message,
    })
  }
  if (faults.length > 0 || parsed.data === undefined)
    throw new TenantbenchError('TB_ALLOW_INVALID', { faults })
  return parsed.data
}

async function readBaseline(path: string): Promise<readonly string[]> {
  const text = await textOf(path, 'TB_BASELINE_INVALID')
  try {
    return baselineSchema.parse(JSON.parse(text)).findings.map(({ key }) => key)
  } catch (error) {
    throw new TenantbenchError('TB_BASELINE_INVALID', {
      detail: `${path}: ${error instanceof z.ZodError ? 'it has no findings with keys' : messageOf(error)}.`,
      cause: error,
    })
  }
}

async function textOf(
  path: string,
  code: 'TB_ALLOW_INVALID' | 'TB_BASELINE_INVALID',
): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new TenantbenchError(code, { detail: `${messageOf(error)}.`, cause: error })
  }
}
