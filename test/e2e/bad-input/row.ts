/**
 * What a row of the table is: what lies in the workplace, what is typed, and what must come of it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ErrorCode } from '../../../src/base/errors.ts'
import { smallScenario } from '../../support/run-small.ts'

/** A bad input. In texts `{here}` stands for the workplace. */
export interface BadInput {
  readonly title: string
  /** Files of the workplace by path; a path that ends with a slash is a folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** What cannot be said by files. */
  arrange?(folder: string): void
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly code: ErrorCode
  readonly exitCode: number
  /** What stderr must hold. */
  readonly says: readonly string[]
}

/** Puts the workplace in its name's place. */
export function placed(text: string, folder: string): string {
  return text.replaceAll('{here}', folder)
}

/** Writes what the row wants to be there. */
export function arrange(row: Pick<BadInput, 'files' | 'arrange'>, folder: string): void {
  for (const [path, content] of Object.entries(row.files ?? {})) {
    const full = join(folder, path)
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true })
    if (!path.endsWith('/'))
      writeFileSync(full, typeof content === 'string' ? placed(content, folder) : content)
  }
  row.arrange?.(folder)
}

type Change = readonly [from: string, to: string]

/** The small scenario with changes; its line numbers stay as long as a change has no line break. */
export function small(...changes: readonly Change[]): string {
  return changes.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`the small scenario has no ${from}`)
      return text.replace(from, () => to)
    },
    readFileSync(smallScenario, 'utf8'),
  )
}

/** Flags with which the folder of a run lies in the workplace. */
export const out = ['--out', '{here}/out'] as const

/** A scenario file that is refused. */
export function scenarioRow(
  title: string,
  content: string | Uint8Array,
  says: readonly string[],
): BadInput {
  return {
    title,
    files: { 's.yaml': content },
    args: ['run', '{here}/s.yaml', ...out],
    code: 'TB_SCENARIO_INVALID',
    exitCode: 2,
    says,
  }
}

/** The small scenario, refused for the flags it is run with. */
export function flagRow(
  title: string,
  flags: readonly string[],
  expected: Pick<BadInput, 'code' | 'says'> & { readonly exitCode?: number },
): BadInput {
  return {
    title,
    args: ['run', smallScenario, ...(flags.includes('--out') ? [] : out), ...flags],
    exitCode: 2,
    ...expected,
  }
}
