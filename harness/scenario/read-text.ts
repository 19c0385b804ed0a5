/**
 * Reading a file of the user's as text: UTF-8 or an error of its kind, never replacement
 * characters.
 */
import { readFile } from 'node:fs/promises'
import { messageOf, TenantbenchError, type ErrorCode } from '../../src/base/errors.ts'

/** Reads a text. Throws the code that is given, with the path and the reason. */
export async function readText(path: string, code: ErrorCode): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    throw new TenantbenchError(code, { detail: `${path}: ${messageOf(error)}.`, cause: error })
  }
}
