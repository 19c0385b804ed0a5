/** A19: an event trigger switches row security on for new tables. */
import { always, type Rule } from '../rule.ts'

/** The rule: hygiene, and no proof of anything. */
export const a19: Rule = {
  id: 'A19',
  title: 'Row security of new tables rests on an event trigger',
  severities: always('info'),
  explanation:
    'Such a trigger usually covers one schema, sets no FORCE and no policy, and swallows its errors.',
  source: 'PostgreSQL documentation, "Event Triggers"',
  shownBy: 'catalogue',
  find: ({ lookup }) =>
    lookup.catalogue.functions
      .filter(
        ({ returns, source }) =>
          returns === 'event_trigger' && /row\s+level\s+security/i.test(source),
      )
      .map(({ schema, name }) => ({
        object: `${schema}.${name}`,
        oid: null,
        detail: 'an event trigger that enables row security',
        fix: '-- Check each new table in CI as well.',
      })),
}
