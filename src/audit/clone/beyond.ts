/**
 * What in a database could act beyond it, if its code ran on the server where it lies: a copy is
 * made of none that has such.
 */
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import { behind, mayRunAnything } from '../reach/behind-relations.ts'
import { powersOf } from '../reach/powers.ts'
import type { RoleGraph } from '../reach/roles.ts'
import type { Lookup } from '../sql/lookup.ts'
import { ownersOf } from './clone.ts'
import { isUntrusted, signatureOf } from './structure.ts'

/**
 * Each thing in a clause, with its names. `trusted` are extensions that an ordinary owner may
 * create.
 */
export function beyondItsDatabase(
  lookup: Lookup,
  {
    graph,
    logins,
    trusted,
  }: {
    readonly graph: RoleGraph
    readonly logins: readonly string[]
    readonly trusted: ReadonlySet<string>
  },
): readonly string[] {
  const { catalogue } = lookup
  const { extensions, servers, functions, relations, types, jobs, eventTriggers } = catalogue
  const powerful = [...new Set([...ownersOf(catalogue), ...logins])].flatMap((role) => {
    const powers = powersOf(role, catalogue, graph)
    const owned = [...relations, ...functions, ...types]
      .filter(({ owner }) => owner === role)
      .map(nameOf)
    const what = owned.length === 0 ? 'is judged' : `owns ${few(owned)}`
    return powers.length === 0 ? [] : [`role ${role} (${powers.join(', ')}) ${what}`]
  })
  const untrusted = functions.filter(isUntrusted)
  // It could end sessions of its role elsewhere on the server, whatever is rolled back.
  const unforeseeable = functions.filter(
    (called) => !isUntrusted(called) && mayRunAnything(called, lookup),
  )
  const acting = [
    ...catalogue.acting.inRelations.map(({ name }) => name),
    ...catalogue.acting.around,
  ]
  // What an owner does is kept, also what its code does to the owner's role: judged sessions are
  // rolled back, planting is not.
  const planting = catalogue.plantingFunctions.flatMap((oid) => lookup.function(oid) ?? [])
  const filling = relations
    .filter(({ kind }) => kind === 'm')
    .filter((view) => runsCode(view, lookup))
  return [
    ...powerful,
    ...named(
      'extension',
      extensions.map(({ name }) => name).filter((name) => !trusted.has(name)),
    ),
    ...named(
      'foreign server',
      servers.map(({ name }) => name),
    ),
    ...named('function in an untrusted language', untrusted.map(signatureOf)),
    ...named('code of which it cannot be foreseen what it does,', unforeseeable.map(signatureOf)),
    ...named('function that acts beyond its statement,', [...new Set(acting)]),
    ...named('code that runs when rows are planted,', planting.map(signatureOf)),
    ...named('function that acts when rows are planted,', catalogue.acting.whenPlanted),
    ...named('materialized view that runs code when it is filled,', filling.map(nameOf)),
    ...named('event trigger', eventTriggers),
    ...(jobs.length === 0 ? [] : [`${jobs.length} scheduled job(s)`]),
  ]
}

function runsCode(view: Relation, lookup: Lookup): boolean {
  const { functions, unforeseeable } = behind(view, lookup)
  return functions.size > 0 || unforeseeable.length > 0
}

function named(word: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${word} ${few(names)}`]
}

const maxNames = 5

function few(names: readonly string[]): string {
  const more = names.length - maxNames
  return more > 0 ? `${names.slice(0, maxNames).join(', ')} and ${more} more` : names.join(', ')
}
