/** Finding and reading a scenario file. */
import { dirname, join } from 'node:path'
import { parse, parseDocument } from 'yaml'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { parseScenario, type LoadedScenario, type Setting } from './parse.ts'
import { readText } from './read-text.ts'

/** Reads a scenario. Throws TB_SCENARIO_UNREADABLE, TB_SCENARIO_INVALID. */
export async function loadScenario(
  path: string,
  settings: readonly Setting[] = [],
): Promise<LoadedScenario> {
  const text = await readText(path, 'TB_SCENARIO_UNREADABLE')
  const base = baseOf(text)
  return parseScenario(text, path, {
    settings,
    ...(base === null
      ? {}
      : { base: { path: join(dirname(path), base), text: await readBase(path, base) } }),
  })
}

/**
 * The path that a scenario extends, relative to its own; null when it stands alone or cannot be
 * read at all.
 */
function baseOf(text: string): string | null {
  try {
    const value: unknown = parseDocument(text).get('extends')
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}

async function readBase(path: string, base: string): Promise<string> {
  const text = await readText(join(dirname(path), base), 'TB_SCENARIO_UNREADABLE')
  if (baseOf(text) !== null)
    throw new TenantbenchError('TB_SCENARIO_INVALID', {
      detail: `1 in ${path}.`,
      faults: [
        {
          path: 'extends',
          line: null,
          message: `${base} extends another itself; one step is enough`,
        },
      ],
    })
  return text
}

const settingPattern = /^([A-Za-z_][\w-]*(?:(?:\.[A-Za-z_][\w-]*)|(?:\[\d+\]))*)=(.*)$/s

/** Reads `path=value`, e.g. `tenants[0].current.topK=5`; the value is YAML. Throws TB_USAGE. */
export function parseSetting(text: string): Setting {
  const match = settingPattern.exec(text)
  const [, path, value] = match ?? []
  if (path === undefined || value === undefined)
    throw new TenantbenchError('TB_USAGE', {
      detail: `--set ${JSON.stringify(text)} is not path=value.`,
    })
  const keys = path
    .split(/[.[\]]+/)
    .filter((key) => key !== '')
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key))
  return { path: keys, value: yamlValue(text, value) }
}

function yamlValue(text: string, value: string): unknown {
  try {
    return parse(value) as unknown
  } catch (error) {
    throw new TenantbenchError('TB_USAGE', {
      detail: `--set ${JSON.stringify(text)}: ${messageOf(error).split('\n')[0] ?? ''}`,
      cause: error,
    })
  }
}
