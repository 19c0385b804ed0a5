/**
 * The file that keeps token profiles: one per key, whole or not at all. What it says is checked
 * before it is believed.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../../../src/base/errors.ts'
import { newSuffix } from '../../../src/base/random.ts'
import type { CorpusProfile } from './corpus-profile.ts'

/** What makes a file one of ours. */
export const cacheFormat = 'tenantbench-token-profiles-1'

const count = z.int().min(0)
const questionSchema = z.strictObject({
  tokens: count,
  goldChunks: z.array(count),
  nearest: z.array(count),
  rerankPlaces: z.array(count),
})
const profileSchema = z.strictObject({
  documents: count,
  words: count,
  chunkTokens: z.array(count),
  passageTokens: z.array(count),
  questions: z.array(questionSchema),
  ingestTokens: count,
  upsertBytes: count,
  storedBytes: count,
  o200kPerCl100k: z.number().positive(),
})
const fileSchema = z.strictObject({
  format: z.literal(cacheFormat),
  key: z.string(),
  frames: z.array(z.number().positive()),
  profiles: z.array(profileSchema),
})

/** What a file holds. */
export interface CacheFile {
  readonly format: typeof cacheFormat
  readonly key: string
  readonly frames: readonly number[]
  readonly profiles: readonly CorpusProfile[]
}

/**
 * Where profiles are kept: TENANTBENCH_CACHE_DIR, else tenantbench in XDG_CACHE_HOME (absolute, as
 * its specification has it), else in ~/.cache.
 */
export function cacheDirFrom(environment: Readonly<Record<string, string | undefined>>): string {
  const {
    TENANTBENCH_CACHE_DIR: own = '',
    XDG_CACHE_HOME: shared = '',
    HOME: home = '',
  } = environment
  if (own !== '') return own
  return join(
    isAbsolute(shared) ? shared : join(home === '' ? homedir() : home, '.cache'),
    'tenantbench',
  )
}

/** The path of a key's file. */
export function cachePath(cacheDir: string, key: string): string {
  return join(cacheDir, 'token-profiles', `${key}.json`)
}

/** Reads the file of a key. A file that is not there, broken, or another's is null. */
export async function readCacheFile(path: string, key: string): Promise<CacheFile | null> {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
    return parsed.success && parsed.data.key === key ? parsed.data : null
  } catch {
    return null
  }
}

/**
 * Writes a file under another name first, so that nobody ever reads half of it. Says why it could
 * not, or null.
 */
export async function writeCacheFile(path: string, file: CacheFile): Promise<string | null> {
  const partial = `${path}.${newSuffix()}`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(partial, JSON.stringify(file))
    await rename(partial, path)
    return null
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined)
    return messageOf(error)
  }
}
