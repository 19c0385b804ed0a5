/**
 * A file of JSON lines that survives the death of its writer: each line is handed to the operating
 * system in one write before work goes on. It is not forced to disk: the machine going down is not
 * what it is for.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import { messageOf, TenantbenchError } from './errors.ts'

/** Where lines are added. */
export interface LineFile extends Disposable {
  write(line: object): void
}

/**
 * Opens a file for adding, after what is there; a last line that was torn is ended first. Throws
 * TB_OUT_UNWRITABLE, as its `write` does.
 */
export function openLineFile(path: string): LineFile {
  const isTorn = existsSync(path) && !/(^|\n)$/.test(readFileSync(path, 'utf8').slice(-1))
  const file = naming(() => openSync(path, 'a', 0o600))
  const add = (text: string): void => naming(() => void writeSync(file, text))
  if (isTorn) add('\n')
  let isOpen = true
  return {
    write(line) {
      if (isOpen) add(`${JSON.stringify(line)}\n`)
    },
    [Symbol.dispose]() {
      if (isOpen) closeSync(file)
      isOpen = false
    },
  }
}

function naming<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new TenantbenchError('TB_OUT_UNWRITABLE', {
      detail: `${messageOf(error)}.`,
      cause: error,
    })
  }
}

/**
 * The lines of a file, none where there is no file. A line that was torn by its writer's death says
 * nothing: what it told of is done again.
 */
export function readLineFile(path: string): readonly unknown[] {
  if (!existsSync(path)) return []
  const texts = readFileSync(path, 'utf8').split('\n')
  return texts.flatMap((text) => {
    try {
      return text === '' ? [] : [JSON.parse(text) as unknown]
    } catch {
      return []
    }
  })
}
