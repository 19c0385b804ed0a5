/** Finding and reading a scenario file. */
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { messageOf, TenantbenchError } from '../../src/base/errors.ts'
import { parseScenario, type LoadedScenario, type Setting } from './parse.ts'

/** Reads a scenario. Throws TB_SCENARIO_UNREADABLE, TB_SCENARIO_INVALID. */
export async function loadScenario(path: string, settings: readonly Setting[] = []): Promise<LoadedScenario> {
  return parseScenario(await readText(path), path, settings)
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    throw new TenantbenchError('TB_SCENARIO_UNREADABLE', { detail: `${path}: ${messageOf(error)}.`, cause: error })
  }
}

const settingPattern = /^([A-Za-z_][\w-]*(?:(?:\.[A-Za-z_][\w-]*)|(?:\[\d+\]))*)=(.*)$/s

/** Reads `path=value`, e.g. `tenants[0].current.topK=5`; the value is YAML. Throws TB_USAGE. */
export function parseSetting(text: string): Setting {
  const match = settingPattern.exec(text)
  const [, path, value] = match ?? []
  if (path === undefined || value === undefined) throw new TenantbenchError('TB_USAGE', { detail: `--set ${JSON.stringify(text)} is not path=value.` })
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '').map((key) => (/^\d+$/.test(key) ? Number(key) : key))
  return { path: keys, value: yamlValue(text, value) }
}

function yamlValue(text: string, value: string): unknown {
  try {
    return parse(value) as unknown
  } catch (error) {
    throw new TenantbenchError('TB_USAGE', { detail: `--set ${JSON.stringify(text)}: ${messageOf(error).split('\n')[0] ?? ''}`, cause: error })
  }
}
