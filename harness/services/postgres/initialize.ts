/** A new data folder, made by initdb. It runs before anything of a user's is in it. */
import { spawnSync } from 'node:child_process'
import { chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { newSecret } from '../../../src/base/random.ts'
import { chooseUser, prepareBinaries, type PostgresBinaries, type RunAs } from './binaries.ts'

/** A data folder that a server can be started on. `password` is the superuser's, a secret. */
export interface Initialized {
  readonly binaries: PostgresBinaries
  /** A folder of mode 0700; the data lies in `data` below it. */
  readonly home: string
  readonly superuser: string
  readonly password: string
}

/** How the data folder is made. */
export interface InitializeOptions {
  readonly superuser: string
  readonly majorVersion?: number
  /** Binaries from elsewhere than the packages that come along. */
  readonly binariesFolder?: string
}

/**
 * Makes the data folder in an existing private folder. Throws TB_SERVICE_START with the words of
 * initdb.
 */
export async function initialize(folder: string, options: InitializeOptions): Promise<Initialized> {
  const runAs = await chooseUser()
  const home = join(folder, 'postgres')
  await mkdir(home, { mode: 0o700 })
  await giveTo(runAs, [folder, home])
  const { binariesFolder, majorVersion, superuser } = options
  const binaries =
    binariesFolder === undefined
      ? await prepareBinaries(runAs, folder, majorVersion)
      : { folder: binariesFolder, runAs }
  const password = newSecret()
  await runInitdb(binaries, { home, superuser, password })
  return { binaries, home, superuser, password }
}

/** Makes the user that runs the server the owner of paths. */
export async function giveTo(runAs: RunAs, paths: readonly string[]): Promise<void> {
  if (runAs !== null) for (const path of paths) await chown(path, runAs.uid, runAs.gid)
}

async function runInitdb(
  { folder, runAs }: PostgresBinaries,
  { home, superuser, password }: Omit<Initialized, 'binaries'>,
): Promise<void> {
  const passwordFile = join(home, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  await giveTo(runAs, [passwordFile])
  const who = ['--username', superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256']
  const how = ['--encoding', 'UTF8', '--locale', 'C', '--no-sync']
  const result = spawnSync(
    join(folder, 'initdb'),
    ['--pgdata', join(home, 'data'), ...who, ...how],
    {
      ...runAs,
      cwd: home,
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC' },
    },
  )
  if (result.status === 0) return
  const detail = `initdb: ${result.error === undefined ? result.stderr.trim() : messageOf(result.error)}`
  throw new TenantbenchError('TB_SERVICE_START', { detail, cause: result.error })
}
