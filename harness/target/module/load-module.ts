/**
 * Loading a module of the user's. It runs code of theirs in this process, so it is loaded only from
 * the folder of the scenario, and only when a run begins: a dry run looks at the path alone.
 */
import { realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { boundaries } from '../../../src/base/boundaries.ts'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import type { TargetModule } from '../../../src/base/target-module.ts'
import { clip, printable } from '../../../src/base/text.ts'

const endings = /\.[cm]?[jt]s$/

/**
 * Where the module really is, links followed; or what is wrong with the path. Nothing is loaded.
 */
export function findModule(
  scenarioPath: string,
  module: string,
): { readonly path: string } | { readonly fault: string } {
  if (isAbsolute(module) || /^[a-z][a-z0-9+.-]*:/i.test(module) || module.includes('\0'))
    return { fault: 'write a path relative to the scenario file' }
  if (!endings.test(module))
    return { fault: 'the file must end with .ts, .mts, .js, .mjs, .cts or .cjs' }
  try {
    const folder = realpathSync(dirname(scenarioPath))
    const path = realpathSync(join(dirname(scenarioPath), module))
    const inside = relative(folder, path)
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
      return { fault: 'the file lies outside the folder of the scenario, links followed' }
    return statSync(path).isFile() ? { path } : { fault: 'this is no file' }
  } catch (error) {
    return { fault: messageOf(error).split(',')[0] ?? 'there is no such file' }
  }
}

/** Loads it. Throws TB_TARGET_MODULE. */
export async function loadModule(path: string): Promise<TargetModule> {
  let loaded: Readonly<Record<string, unknown>>
  try {
    loaded = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    throw new TenantbenchError('TB_TARGET_MODULE', {
      detail: `${path}: ${clip(printable(messageOf(error)), 300)}`,
      cause: error,
    })
  }
  const { target } = loaded
  const lacking = faultOf(target)
  if (lacking !== null)
    throw new TenantbenchError('TB_TARGET_MODULE', { detail: `${path}: ${lacking}.` })
  return target as TargetModule
}

function faultOf(target: unknown): string | null {
  if (typeof target !== 'object' || target === null)
    return 'it does not export an object called target'
  const members = target as Readonly<Record<string, unknown>>
  const missing = ['provision', 'ingest', 'query'].filter(
    (name) => typeof members[name] !== 'function',
  )
  if (missing.length > 0) return `target has no function ${missing.join(', ')}`
  const wrong = ['usage', 'deprovision'].filter(
    (name) => members[name] !== undefined && typeof members[name] !== 'function',
  )
  if (wrong.length > 0) return `${wrong.join(', ')} of target is no function`
  if (members['name'] !== undefined && typeof members['name'] !== 'string')
    return 'the name of target is no text'
  const { shows } = members
  const isList =
    shows === undefined ||
    (Array.isArray(shows) &&
      shows.every((each) => (boundaries as readonly unknown[]).includes(each)))
  return isList ? null : `what target shows is not a list of ${boundaries.join(', ')}`
}
