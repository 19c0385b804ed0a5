/**
 * The key of cached token profiles: a hash over all that they depend on, so that neither a changed
 * scenario nor changed code or packages ever meet a stale file. Texts of our own sources count as
 * they are; a published build has .js in the same places.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sha256 } from '../../../src/base/random.ts'
import type { LoadedScenario } from '../../scenario/parse.ts'
import type { FramedPrompt } from './frame-tokens.ts'

/** What is profiled. */
export interface Profiled {
  /** With those tenants alone whose corpora are made. */
  readonly scenario: LoadedScenario
  /** Distinct prompts, in the order in which their frames are kept. */
  readonly prompts: readonly FramedPrompt[]
}

/**
 * The key, in hex. `fingerprint` stands for code and packages. A folder that cannot be read has a
 * key, too: whoever reads the corpus says what is wrong.
 */
export async function profileKey(
  { scenario, prompts }: Profiled,
  fingerprint: string,
): Promise<string> {
  const { seed, workload, models, path } = scenario
  const tenants = await Promise.all(
    scenario.tenants.map(async ({ id, corpus }) => ({
      id,
      corpus,
      files:
        corpus.kind === 'folder'
          ? await folderHash(
              isAbsolute(corpus.path) ? corpus.path : join(dirname(path), corpus.path),
            )
          : null,
    })),
  )
  return sha256(
    JSON.stringify({
      fingerprint,
      seed,
      workload,
      dimensions: models.embedding.dimensions,
      tenants,
      prompts,
    }),
  )
}

/** Over names and contents of all files, whether the corpus uses them or not. */
async function folderHash(folder: string): Promise<string> {
  try {
    const entries = (await readdir(folder, { withFileTypes: true, recursive: true })).filter(
      (entry) => !entry.isDirectory(),
    )
    const named = entries
      .map((entry) => ({ path: join(entry.parentPath, entry.name), isFile: entry.isFile() }))
      .sort((one, other) => (one.path < other.path ? -1 : 1))
    const hash = createHash('sha256')
    for (const { path, isFile } of named)
      hash.update(
        JSON.stringify([
          relative(folder, path),
          isFile
            ? createHash('sha256')
                .update(await readFile(path))
                .digest('hex')
            : null,
        ]),
      )
    return hash.digest('hex')
  } catch {
    return 'unreadable'
  }
}

const ownFiles = [
  'cache-file',
  'corpus-profile',
  'frame-tokens',
  'nearest-chunks',
  'profile-cache',
  'profile-key',
]
const workloadFiles = ['generate', 'workload', 'corpus', 'folder', 'canary', 'shared-questions']
const sourceFiles = [
  'base/random',
  'base/text',
  'config/prompt-template',
  'providers/tokens',
  'rag/chunk',
  'rag/prompt',
  'rag/ingest',
]
/** What makes words, numbers and tokens. */
const packages = ['@faker-js/faker', 'gpt-tokenizer', 'pure-rand', 'stemmer']

/**
 * A hash of the code that makes profiles, of the packages it uses, and of what Node.js knows of
 * sentences.
 */
export async function sourceFingerprint(): Promise<string> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const at = (place: string): string => fileURLToPath(new URL(place, import.meta.url))
  const themes = (await readdir(at('../../workload/themes/')))
    .filter((name) => name.endsWith(extension) && !name.endsWith('.d.ts'))
    .sort()
  const files = [
    ...ownFiles.map((name) => `./${name}${extension}`),
    ...workloadFiles.map((name) => `../../workload/${name}${extension}`),
    ...themes.map((name) => `../../workload/themes/${name}`),
    ...sourceFiles.map((name) => `../../../src/${name}${extension}`),
  ]
  const require = createRequire(import.meta.url)
  const manifests = packages.map((name) => require.resolve(`${name}/package.json`))
  return fingerprintOf({
    paths: [...files.map(at), ...manifests],
    also: process.versions.icu ?? '',
  })
}

/** Over the contents of files, in order, and a text. */
export async function fingerprintOf({
  paths,
  also,
}: {
  readonly paths: readonly string[]
  readonly also: string
}): Promise<string> {
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
  return sha256(JSON.stringify([also, ...texts.map(sha256)]))
}
