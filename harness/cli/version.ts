/** Which code is running: version, and commit where the checkout is one. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RunRecord } from '../../reports/record/record.ts'

/**
 * The folder that holds package.json: two up from here in a checkout, one more in what is
 * published.
 */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** The version in package.json. */
export function packageVersion(): string {
  return (
    JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
      readonly version: string
    }
  ).version
}

/** Version, commit and whether the checkout was changed. No commit outside a checkout. */
export async function codeVersion(): Promise<RunRecord['code']> {
  const root = packageRoot()
  const version = packageVersion()
  if (!existsSync(join(root, '.git'))) return { version, commit: null, dirty: null }
  try {
    const git = promisify(execFile)
    const commit = await git('git', ['-C', root, 'rev-parse', 'HEAD'])
    const changed = await git('git', ['-C', root, 'status', '--porcelain', '--untracked-files=no'])
    return { version, commit: commit.stdout.trim(), dirty: changed.stdout.trim() !== '' }
  } catch {
    return { version, commit: null, dirty: null }
  }
}
