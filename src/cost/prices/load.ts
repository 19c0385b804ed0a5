/**
 * Books that come along, by name, and books of the user's own, by path: a folder with one file a
 * provider, or one such file.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { messageOf, TenantbenchError } from '../../base/errors.ts'
import { sha256 } from '../../base/random.ts'
import type { PriceBook } from './price-book.ts'
import { parsePriceFile, type NamedText, type PriceFile } from './price-file.ts'

const booksFolder = new URL('./books/', import.meta.url)

/** The names of the books that come along. */
export async function priceBookIds(): Promise<readonly string[]> {
  const entries = await readdir(booksFolder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** Reads a book by name. Throws TB_PRICE_BOOK_UNKNOWN with the names there are. */
export async function loadPriceBook(id: string): Promise<PriceBook> {
  const known = await priceBookIds()
  if (!known.includes(id))
    throw new TenantbenchError('TB_PRICE_BOOK_UNKNOWN', {
      detail: `${JSON.stringify(id)}; known are ${known.join(', ')}.`,
    })
  return readFolder(id, new URL(`${id}/`, booksFolder))
}

/** Reads a book of the user's own. Throws TB_PRICE_BOOK_UNKNOWN and TB_PRICE_BOOK_INVALID. */
export async function readPriceBook(path: string): Promise<PriceBook> {
  try {
    if ((await stat(path)).isDirectory()) return await readFolder(basename(path), path)
    return buildPriceBook(basename(path).replace(/\.ya?ml$/, ''), [
      { path: basename(path), text: await readFile(path, 'utf8') },
    ])
  } catch (error) {
    if (error instanceof TenantbenchError) throw error
    throw new TenantbenchError('TB_PRICE_BOOK_UNKNOWN', {
      detail: `${path} cannot be read: ${messageOf(error)}.`,
      cause: error,
    })
  }
}

async function readFolder(id: string, folder: string | URL): Promise<PriceBook> {
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort()
  const files = names.map(async (name): Promise<NamedText> => ({
    path: name,
    text: await readFile(
      typeof folder === 'string' ? join(folder, name) : new URL(name, folder),
      'utf8',
    ),
  }))
  return buildPriceBook(id, await Promise.all(files))
}

/**
 * Builds a book from the texts of its files: pure. Throws TB_PRICE_BOOK_INVALID with the faults of
 * all of them.
 */
export function buildPriceBook(id: string, texts: readonly NamedText[]): PriceBook {
  const read = texts.map(parsePriceFile)
  const files = read.filter((each): each is PriceFile => 'provider' in each)
  const faults = [
    ...read.flatMap((each) => ('provider' in each ? [] : each)),
    ...twiceTold(files),
    ...(texts.length === 0 ? [{ path: id, line: null, message: 'no .yaml file in it' }] : []),
  ]
  if (faults.length > 0)
    throw new TenantbenchError('TB_PRICE_BOOK_INVALID', {
      detail: `${faults.length} in ${id}.`,
      faults,
    })
  return {
    id,
    sha256: sha256(texts.map(({ text }) => text).join('\n')),
    prices: files.flatMap(({ prices }) => prices),
    aliases: files.flatMap(({ aliases }) => aliases),
    formulas: files.flatMap(({ formulas }) => formulas),
    monthlyMinimum: new Map(
      files.map(({ provider, monthlyMinimum }) => [provider, monthlyMinimum]),
    ),
    sources: files.map(({ provider, source, checked }) => ({ provider, source, checked })),
  }
}

function twiceTold(
  files: readonly PriceFile[],
): readonly { readonly path: string; readonly line: null; readonly message: string }[] {
  const providers = files.map(({ provider }) => provider)
  return providers
    .filter((provider, at) => providers.indexOf(provider) !== at)
    .map((provider) => ({
      path: provider,
      line: null,
      message: `two files have the prices of ${provider}`,
    }))
}
