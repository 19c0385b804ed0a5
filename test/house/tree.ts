/**
 * What the laws are held against: the committed text files as a map of path to text, and how a
 * breach is told.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Texts by path from the top of the checkout, with slashes. A map and not a folder, so that a fault
 * can be planted.
 */
export type Tree = ReadonlyMap<string, string>

/** A breach of a law, and where. */
export interface Finding {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly what: string
}

/** The top folder of the checkout. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** Folders whose code is the product; every law holds there. */
export const productFolders = ['src', 'harness', 'reports', 'bin', 'scripts'] as const

/** Everything that git would keep, without what .gitignore names and without binary files. */
export function readTree(): Tree {
  const ignored = readFileSync(join(checkout, '.gitignore'), 'utf8')
    .split('\n')
    .map((line) => line.trim().replace(/\/$/, ''))
  const skipped = new Set(['.git', ...ignored.filter((line) => line !== '')])
  const files = new Map<string, string>()
  const read = (folder: string): void => {
    for (const entry of readdirSync(join(checkout, folder), { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) read(path)
      else if (entry.isFile()) files.set(path, readFileSync(join(checkout, path), 'utf8'))
    }
  }
  read('')
  return new Map([...files].filter(([, text]) => !text.includes('\0')))
}

/** A small tree to plant a fault in. */
export function planted(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files))
}

/** The files of some folders, all of them or those with one of some endings. */
export function filesIn(
  tree: Tree,
  folders: readonly string[],
  endings: readonly string[] = [''],
): [path: string, text: string][] {
  return [...tree].filter(
    ([path]) =>
      folders.some((folder) => isInside(path, folder)) &&
      endings.some((ending) => path.endsWith(ending)),
  )
}

/** Whether a path is this folder or file, or lies in it. */
export function isInside(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}

/** Findings as a person reads them, in the order of the files. */
export function told(findings: readonly Finding[]): string[] {
  const ordered = [...findings].sort((a, b) =>
    a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
  )
  return ordered.map(({ file, line, what }) => `${file}:${line} ${what}`)
}

/** The line, from 1, of an offset in a text. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** Every match of a pattern, as findings. The pattern needs the flag g. */
export function matches(
  file: string,
  text: string,
  pattern: RegExp,
  what: (found: string) => string,
): Finding[] {
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    line: lineAt(text, match.index),
    what: what(match[0]),
  }))
}
