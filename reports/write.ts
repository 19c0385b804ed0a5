/**
 * Writing a run folder: its samples, its views, and last the record. A run that cannot write
 * everything leaves nothing.
 */
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, TenantbenchError } from '../src/base/errors.ts'
import { encodeRecord } from './record/codec.ts'
import type { RunRecord } from './record/record.ts'
import { comparisonCsv } from './views/comparison/csv.ts'
import { comparisonWorkbook } from './views/comparison/workbook.ts'
import { reportHtml } from './views/html/report-html.ts'
import { junitXml } from './views/junit-xml.ts'
import { reportMarkdown } from './views/report-markdown.ts'
import type { View } from './views/view.ts'

/**
 * Every view that a run folder gets. A new report is one file or folder in views/ and one entry
 * here.
 */
export const views: readonly View[] = [
  reportMarkdown,
  reportHtml,
  comparisonCsv,
  comparisonWorkbook,
  junitXml,
]

const claimName = '.tenantbench-running'

/**
 * A folder that is ours to write. Disposing gives it back; one that was made for it and into which
 * nothing was written goes.
 */
export interface ClaimedFolder extends AsyncDisposable {
  readonly folder: string
}

/**
 * Claims a folder for a run: it is made, or is there and empty. With `mayNumber` one that is taken
 * is passed over for `-2`, `-3`, ... Throws TB_OUT_NOT_OURS, TB_OUT_UNWRITABLE.
 */
export async function claimFolder(wanted: string, mayNumber = false): Promise<ClaimedFolder> {
  for (let number = 1; ; number++) {
    try {
      return await claimOne(number === 1 ? wanted : `${wanted}-${number}`)
    } catch (error) {
      if (
        !mayNumber ||
        number >= mostNumbers ||
        !(error instanceof TenantbenchError) ||
        error.code !== 'TB_OUT_NOT_OURS'
      )
        throw error
    }
  }
}

const mostNumbers = 1_000

async function claimOne(folder: string): Promise<ClaimedFolder> {
  const { made, entries } = await naming(async () => ({
    made: await makeFolders(folder),
    entries: await readdir(folder),
  }))
  if (entries.includes(claimName))
    throw new TenantbenchError('TB_OUT_NOT_OURS', {
      detail: `${folder}: another run is writing there, or was killed there and left ${claimName}.`,
    })
  if (entries.length > 0) throw new TenantbenchError('TB_OUT_NOT_OURS', { detail: `${folder}.` })
  try {
    // Of two runs that come at once, one makes the file.
    await writeFile(join(folder, claimName), String(process.pid), { flag: 'wx' })
  } catch (error) {
    await removeFolders(made)
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new TenantbenchError('TB_OUT_NOT_OURS', {
        detail: `${folder}: another run is writing there.`,
        cause: error,
      })
    throw new TenantbenchError('TB_OUT_UNWRITABLE', {
      detail: `${messageOf(error)}.`,
      cause: error,
    })
  }
  return claimed(folder, made)
}

function claimed(folder: string, made: readonly string[]): ClaimedFolder {
  return {
    folder,
    async [Symbol.asyncDispose]() {
      await rm(join(folder, claimName), { force: true }).catch(() => undefined)
      await removeFolders(made)
    },
  }
}

/**
 * Claims the folder of an interrupted run again. Throws TB_RESUME_INVALID, and TB_OUT_NOT_OURS
 * while somebody is writing there.
 */
export async function claimAgain(folder: string): Promise<ClaimedFolder> {
  const entries = await readdir(folder).catch((error: unknown) => {
    throw new TenantbenchError('TB_RESUME_INVALID', {
      detail: `${messageOf(error)}.`,
      cause: error,
    })
  })
  if (entries.includes('run.json'))
    throw new TenantbenchError('TB_RESUME_INVALID', { detail: `${folder} is a finished run.` })
  if (entries.includes(claimName) && (await isAlive(join(folder, claimName))))
    throw new TenantbenchError('TB_OUT_NOT_OURS', {
      detail: `${folder}: another run is writing there.`,
    })
  await naming(() => writeFile(join(folder, claimName), String(process.pid)))
  return claimed(folder, [])
}

async function isAlive(claim: string): Promise<boolean> {
  const pid = Number(await readFile(claim, 'utf8').catch(() => ''))
  // In a container a killed run often had the very number that its successor has.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Makes a folder and what is missing above it; returns what was made, the innermost last. Node's
 * own way never ends under /proc.
 */
async function makeFolders(folder: string): Promise<readonly string[]> {
  try {
    await mkdir(folder)
    return [folder]
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'EEXIST') return []
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    const above = await makeFolders(dirname(folder))
    await mkdir(folder)
    return [...above, folder]
  }
}

/** Removes folders that are empty, the innermost first. */
async function removeFolders(made: readonly string[]): Promise<void> {
  for (const folder of made.toReversed()) await rmdir(folder).catch(() => undefined)
}

/**
 * What a run leaves behind: its record, from which every view is made, and one line for each query.
 */
export interface RunFiles {
  readonly record: RunRecord
  readonly samples: readonly object[]
}

/**
 * Writes a run's folder, the record last. Throws TB_OUT_UNWRITABLE; what was written by then is
 * taken away again.
 */
export async function writeRun(folder: string, { record, samples }: RunFiles): Promise<void> {
  const lines = samples.map((line) => `${JSON.stringify(line)}\n`).join('')
  const files = [
    { file: 'samples.jsonl', content: lines },
    ...(await rendered(record)),
    { file: 'run.json', content: encodeRecord(record) },
  ]
  try {
    await writeAll(folder, files)
  } catch (error) {
    await Promise.all(
      files.map(({ file }) => rm(join(folder, file), { force: true }).catch(() => undefined)),
    )
    throw error
  }
}

/**
 * Writes all views of a record, each over the one that is there. Throws TB_OUT_UNWRITABLE. Returns
 * the files.
 */
export async function writeViews(folder: string, record: RunRecord): Promise<readonly string[]> {
  await naming(() => makeFolders(folder))
  await writeAll(folder, await rendered(record))
  return views.map(({ file }) => join(folder, file))
}

interface NamedContent {
  readonly file: string
  readonly content: string | Uint8Array
}

async function rendered(record: RunRecord): Promise<readonly NamedContent[]> {
  return Promise.all(
    views.map(async (view) => ({ file: view.file, content: await view.render(record) })),
  )
}

/**
 * First everything beside its place, then all into place: a disk that fills up leaves no file
 * half-written.
 */
async function writeAll(folder: string, files: readonly NamedContent[]): Promise<void> {
  const partial = (file: string): string => join(folder, `.${file}.partial`)
  try {
    for (const { file, content } of files) await naming(() => writeFile(partial(file), content))
    for (const { file } of files) await naming(() => rename(partial(file), join(folder, file)))
  } catch (error) {
    await Promise.all(
      files.map(({ file }) => rm(partial(file), { force: true }).catch(() => undefined)),
    )
    throw error
  }
}

async function naming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new TenantbenchError('TB_OUT_UNWRITABLE', {
      detail: `${messageOf(error)}.`,
      cause: error,
    })
  }
}
