/**
 * Runs a row and holds what came of it against the row: exit code, message, way out, and that
 * nothing was left or changed.
 */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { errorRegistry } from '../../../src/base/errors.ts'
import { openWorkplace, runCli } from '../../support/cli.ts'
import { arrange, placed, type BadInput } from './row.ts'

/** Everything below a folder, by path: the text of files, the target of links. */
export function contentsOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(entries.map((path) => [path, contentOf(join(folder, path))]))
}

function contentOf(path: string): string {
  const found = lstatSync(path)
  if (found.isSymbolicLink()) return `-> ${readlinkSync(path)}`
  return found.isFile() ? readFileSync(path, 'latin1') : '/'
}

/** Runs a row. Its secrets are passwords that no message may hold. */
export async function expectRefused(row: BadInput, secrets: readonly string[] = []): Promise<void> {
  using place = openWorkplace()
  arrange(row, place.folder)
  const before = contentsOf(place.folder)
  const { exitCode, stdout, stderr } = await runCli(
    place,
    row.args.map((arg) => placed(arg, place.folder)),
    row.environment ?? {},
  )
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: row.exitCode, stdout: '' })
  for (const phrase of row.says) expect(stderr).toContain(placed(phrase, place.folder))
  for (const secret of secrets) expect(stderr).not.toContain(secret)
  expect(stderr.endsWith(`\n${errorRegistry[row.code].wayOut} (${row.code})\n`), stderr).toBe(true)
  expect({
    folders: place.leftFolders(),
    processes: place.leftProcesses(),
    contents: contentsOf(place.folder),
  }).toEqual({ folders: [], processes: [], contents: before })
}
