/**
 * The scenario that something recorded came from: volumes, floors, objectives and budgets are in no
 * record. It is known by its hash.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TenantbenchError } from '../../../src/base/errors.ts'
import { loadScenario } from '../../scenario/load.ts'
import type { LoadedScenario, Setting } from '../../scenario/parse.ts'

/** What was recorded, as far as it says where it came from. */
export interface RecordedOrigin {
  readonly what: 'run' | 'simulation'
  readonly scenario: string
  readonly scenarioSha256: string
  readonly seed: number
  /** Null of a simulation, which has none. */
  readonly trials: number | null
}

/** Where a scenario may be. */
export interface ScenarioPlaces {
  /** As the user names it, or null. */
  readonly named: string | null
  /** What the user says was set. */
  readonly settings: readonly Setting[]
  /** The folder of the scenarios that come along. */
  readonly shipped: string
}

/** A scenario, and a sentence about where it was found. */
export interface FoundScenario {
  readonly scenario: LoadedScenario
  readonly note: string
}

/** Finds it. What was given by --seed and --trials is tried, too. Throws TB_USAGE. */
export async function findScenario(
  { what, scenario: name, scenarioSha256, seed, trials }: RecordedOrigin,
  { named, settings, shipped }: ScenarioPlaces,
): Promise<FoundScenario> {
  const path = named ?? join(shipped, `${name}.yaml`)
  if (named === null && !(await isThere(path)))
    throw new TenantbenchError('TB_USAGE', {
      detail:
        `Volumes, quality floors, objectives and budgets are not in the ${what}, and no ` +
        `scenario ${name} comes along: name yours with --scenario.`,
    })
  const seeded: readonly Setting[] = [{ path: ['seed'], value: seed }]
  const repeated: readonly Setting[] = trials === null ? [] : [{ path: ['trials'], value: trials }]
  for (const more of [[], seeded, repeated, [...seeded, ...repeated]]) {
    const scenario = await loadScenario(path, [...settings, ...more])
    if (scenario.sha256 === scenarioSha256)
      return {
        scenario,
        note:
          'Volumes, floors, objectives, budgets and tiers are those of ' +
          `${named ?? `scenarios/${name}.yaml`}, the scenario of the ${what} by its hash.`,
      }
  }
  const found = (await loadScenario(path, settings)).sha256.slice(0, 12)
  const given = what === 'run' ? 'run' : 'simulation'
  throw new TenantbenchError('TB_USAGE', {
    detail:
      `${named ?? path} is not the scenario that was ` +
      `${what === 'run' ? 'run' : 'simulated'}: its hash is ${found}, the ` +
      `${what === 'run' ? 'record' : 'report'}'s ${scenarioSha256.slice(0, 12)}. Give ` +
      `--scenario the file as it was, and --set what the ${given} was given.`,
  })
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
