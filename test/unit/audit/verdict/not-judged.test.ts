/**
 * What keeps a verdict open: what a judged session reaches, or may, and that nobody accepted by
 * name.
 */
import { expect, it } from 'vitest'
import { understand } from '../../../../src/audit/audit.ts'
import { loadParser } from '../../../../src/audit/sql/parse.ts'
import { namesOfOpen, openAbstentions } from '../../../../src/audit/verdict/not-judged.ts'
import { catalogue, databaseFunction, relation, role } from '../catalogue-fixture.ts'

const toApp = (privilege: string) => [{ grantee: 'app', privilege, grantable: false }]
await loadParser()
const subject = understand(
  catalogue({
    roles: [role('app'), role('own', { login: false })],
    relations: [
      relation(1, 'reached', { grants: toApp('SELECT') }),
      relation(2, 'hidden'),
      relation(3, 'shown'),
    ],
    functions: [
      databaseFunction(10, 'called', { grants: toApp('EXECUTE') }),
      databaseFunction(11, 'kept'),
      databaseFunction(13, 'shows', {
        definer: true,
        grants: toApp('EXECUTE'),
        source: 'select body from public.shown',
        returnsSet: true,
      }),
      databaseFunction(12, 'fired'),
    ],
    triggers: [{ table: 1, name: 't', function: 12, definition: '', enabled: 'O' }],
  }),
  { roles: [], stated: { context: [], axis: [] } },
)
const open = (object: string, accepted: readonly string[] = []): boolean =>
  openAbstentions(
    [{ object, reason: 'x' }],
    subject,
    accepted.map((key) => ({ key, reason: 'known' })),
  ).length > 0

it.each([
  ['public.reached', true],
  ['public.hidden', false],
  ['public.shown', true],
  ['public.called()', true],
  ['public.kept()', false],
  ['public.fired', true],
  ['public.locked_by_another', true],
  ['extension vector', true],
])('%s: %s', (object, isOpen) => expect(open(object)).toBe(isOpen))

it('is closed by who accepts the object by its name', () =>
  expect(open('public.reached', ['public.reached'])).toBe(false))

it('is named, the first few and how many more', () => {
  const names = ['a', 'b', 'b', 'c', 'd', 'e'].map((object) => ({ object, reason: 'x' }))
  expect(namesOfOpen(names)).toBe('a, b, c and 2 more')
  expect(namesOfOpen(names.slice(0, 3))).toBe('a, b')
})
