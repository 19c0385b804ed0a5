/** The session states that every relation is read under, made from what the policies compare. */
import type { Source } from '../sql/lineage.ts'
import type { TenancyModel } from '../tenancy/model.ts'
import type { CloneTenant } from '../clone/tenants.ts'
import type { ContextState } from './evidence.ts'
import type { Context } from './clone-session.ts'

/** A state with its values. `detail` names what was varied. */
export interface StatedContext {
  readonly state: ContextState
  readonly context: Context
  readonly detail: string | null
  /** Owners whose rows belong to the session in this state. */
  readonly belongs: readonly string[]
}

/** Values that tell a switch to open, tried one after the other. */
const switchWords = ['true', 'on', '1', 'admin', '*', 'all', 'superadmin', 'service_role']

/** Builds contexts of a model. */
export interface Contexts {
  /** The session of a tenant, with the switches that its own policies ask for. */
  of(tenant: CloneTenant): Context
  readonly varied: readonly StatedContext[]
}

/**
 * The contexts for tenant A and its variations. `required` are switches without which nobody sees
 * anything.
 */
export function contextsFor(model: TenancyModel, tenants: readonly CloneTenant[]): Contexts {
  const [own] = tenants
  const required = requiredSwitches(model)
  const keyed = model.keySources.filter(({ source }) => source.setting !== 'role')
  const of = (tenant: CloneTenant): Context => [
    ...required,
    ...keyed.flatMap(({ source, keyClass }) => {
      const value = tenant.keys.get(keyClass)
      return value === undefined ? [] : [{ source, value }]
    }),
  ]
  if (own === undefined) return { of, varied: [] }
  const victim = tenants.find(({ label }) => label === 'B')
  const vary = (
    state: ContextState,
    value: (key: string, other: string) => string | null,
    belongs: readonly string[] = [],
  ): readonly StatedContext[] => {
    const context = keyed.flatMap(({ source, keyClass }) => {
      const key = own.keys.get(keyClass)
      const varied = key === undefined ? null : value(key, victim?.keys.get(keyClass) ?? key)
      return varied === null ? [] : [{ source, value: varied }]
    })
    return context.length === 0
      ? []
      : [{ state, context: [...required, ...context], detail: null, belongs }]
  }
  const isText = (key: string): boolean => key.startsWith('tbk')
  return {
    of,
    varied: [
      ...vary('garbage', garbageFor),
      ...vary('wildcard', (key) => (isText(key) ? '%' : null)),
      ...vary('wildcard', (key) => (isText(key) ? '.*' : null)),
      ...vary('prefix', (key) => (isText(key) ? key.slice(0, 3) : null)),
      ...vary('case', (key) => (isText(key) ? key.toUpperCase() : null), ['upper']),
      ...vary('list', (key, other) => `${key},${other}`),
      ...vary('list', (key, other) => `{${key},${other}}`),
      ...model.switches.flatMap(({ source, constants }) =>
        [...new Set([...constants, ...switchWords])].slice(0, 10).map((word): StatedContext => ({
          state: 'switch',
          context: [
            ...of(own).filter((each) => !same(each.source, source)),
            { source, value: word },
          ],
          detail: `${[source.setting, ...source.path].join(' / ')} = ${word}`,
          belongs: ['A'],
        })),
      ),
    ],
  }
}

function same(one: Source, other: Source): boolean {
  return one.setting === other.setting && one.path.join('/') === other.path.join('/')
}

function garbageFor(key: string): string {
  if (/^[0-9a-f]{8}-/.test(key)) return '7f000000-0000-4000-8000-00000000dead'
  return /^-?\d+$/.test(key) ? '708999' : 'tb-nobody'
}

/**
 * Switches in branches that also bind the tenant: without them a tenant would not even see its own
 * rows.
 */
function requiredSwitches({ policies, switches }: TenancyModel): Context {
  const branches = policies
    .flatMap(({ using, check }) => [...(using?.branches ?? []), ...(check?.branches ?? [])])
    .filter(({ bound }) => bound)
  const wanted = branches
    .flatMap(({ atoms }) => atoms)
    .flatMap((atom) =>
      atom.kind === 'session' && atom.vector === 'B07' && atom.constant !== null
        ? atom.sources.map((source) => ({ source, value: atom.constant ?? '' }))
        : [],
    )
  return wanted.filter(
    ({ source }, position) =>
      switches.some((each) => same(each.source, source)) &&
      wanted.findIndex((each) => same(each.source, source)) === position,
  )
}
