/**
 * Tenant ids as an attacker would choose them: refused before any request, or a tenant of their own
 * in every place.
 */
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { parseTenantId, type TenantId } from '../../../src/base/tenant-id.ts'
import { namespaceOf } from '../../../src/index.ts'
import type { Random } from '../../../src/base/random.ts'
import type { Hunt, HuntStage, HuntTenant } from './hunt.ts'
import type { Watch } from './watch.ts'

const refusedIds: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  '  ',
  Number.NaN,
  0,
  [],
  ['A'],
  {},
  true,
  '\0',
  'A\0',
  'A ',
  ' A',
  'a/b',
  '../A',
  '.',
  '-a',
  '_a',
  '%',
  '*',
  "A'",
  "' or true --",
  'A;drop table tenants',
  '{{A}}',
  '${A}',
  '$1',
  'A,B',
  '\u0410',
  '\uff21',
  'A\u0301',
  'e\u0301',
  '\u00e9',
  'A\u200b',
  '\u202eA',
  'A\n',
  'A\tB',
  'a:b',
  'a@b',
  '__default__',
  'x'.repeat(64),
  'x'.repeat(5_000),
]

/** Pairs that folding, cutting or replacing would make one. */
const pairs: readonly (readonly [string, string])[] = [
  ['hostile-case', 'Hostile-Case'],
  ['hostile-a.b', 'hostile-a-b'],
  ['hostile-a_b', 'hostile-a-B'],
  [`hostile-${'x'.repeat(54)}1`, `hostile-${'x'.repeat(54)}2`],
  ['hostile-end', 'hostile-end.'],
  ['tenant-hostile', 'tenant-tenant-hostile'],
]

const generated = 100_000
const alphabet = [...'abAB01._-']

/** The hunt. */
export const hostileIds: Hunt = {
  id: 'ids.hostile',
  vector: 'F03',
  what:
    'names tenants by nothing, by SQL, templates and other scripts, and signs up pairs ' +
    `that a careless name makes one; ${generated} namespaces are distinct`,
  async run(stage, watch) {
    for (const id of refusedIds) await refused(stage, watch, id)
    const places = new Map<string, string>()
    for (const [first, second] of pairs) {
      const [one, other] = [
        await stage.newTenant('pair', { id: first }),
        await stage.newTenant('pair', { id: second }),
      ]
      for (const tenant of [one, other]) {
        const { indexName, namespace } = stage.target.database.directory.require(
          tenant.id,
        ).placement
        const place = `${indexName} ${namespace}`
        const taken = places.get(place)
        places.set(place, tenant.id)
        watch.held(
          {
            boundary: 'matches',
            role: 'app',
            state: 'with hostile input',
            attempt: `place of ${tenant.id}`,
          },
          {
            holds: taken === undefined,
            control: true,
            what: `tenants ${taken} and ${tenant.id} have one namespace`,
          },
        )
        await askAs(stage, watch, tenant)
      }
    }
    watch.held(
      { boundary: 'matches', role: 'app', state: 'with hostile input', attempt: 'generated ids' },
      {
        holds: distinctNamespaces(stage.random('ids')),
        control: true,
        what: 'two generated ids have one namespace',
      },
    )
  },
}

async function askAs({ ask }: HuntStage, watch: Watch, tenant: HuntTenant): Promise<void> {
  watch.crossed(
    tenant.id,
    { role: 'app', state: 'with hostile input', attempt: `asking as ${tenant.id}` },
    (await ask(tenant, { id: `pair-${tenant.id}` })).crossings,
  )
}

async function refused({ target }: HuntStage, watch: Watch, id: unknown): Promise<void> {
  const said = typeof id === 'string' ? JSON.stringify(id.slice(0, 40)) : String(id)
  const answer = await target
    .ask({
      tenantId: id as TenantId,
      requestId: 'hunt-hostile',
      text: 'What is the deposit for a storage unit?',
      variant: null,
    })
    .catch(
      (error: unknown) => ({ outcome: 'failed', code: messageOf(error), crossings: [] }) as const,
    )
  watch.held(
    { boundary: 'errors', role: 'app', state: 'with hostile input', attempt: `asking as ${said}` },
    {
      holds: answer.outcome === 'failed' && !isParsed(id),
      control: true,
      what: `a tenant called ${said} was answered`,
    },
  )
}

function isParsed(id: unknown): boolean {
  try {
    parseTenantId(id)
    return true
  } catch (error) {
    if (error instanceof TenantbenchError) return false
    throw error
  }
}

function distinctNamespaces(random: Random): boolean {
  const ids = new Set<string>()
  while (ids.size < generated)
    ids.add(
      `a${Array.from({ length: random.integer(1, 12) }, () => random.pick(alphabet)).join('')}`,
    )
  return new Set([...ids].map((id) => namespaceOf(parseTenantId(id)))).size === generated
}
