/** B36: a trigger writes the tenant's column from something a tenant chooses. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { always, type Rule } from '../rule.ts'

/** The rule. */
export const b36: Rule = {
  id: 'B36',
  title: 'A trigger decides whose a new row is, from what the tenant wrote',
  severities: always('medium'),
  explanation:
    "A BEFORE trigger overwrites the tenant's column. Where no WITH CHECK looks at the result, " +
    'another column chooses the tenant.',
  source: 'PostgreSQL documentation, CREATE TRIGGER and CREATE POLICY',
  shownBy: ['insert', 'side-write', 'move'],
  find: ({ lookup, model }) =>
    lookup.catalogue.triggers.flatMap(({ table, function: oid, name, definition }) => {
      const relation = lookup.relation(table)
      const called = lookup.function(oid)
      if (relation === null || called === null || !/\bBEFORE\b/.test(definition)) return []
      const axis = model.tables.get(table)?.axis ?? []
      // WITH CHECK looks at the row as the trigger left it.
      const checked =
        relation.rowSecurity &&
        model.policies
          .filter(
            (judged) =>
              judged.relation.oid === table &&
              (judged.policy.command === 'a' || judged.policy.command === '*'),
          )
          .every(
            ({ check, using, policy }) =>
              (check ?? (policy.command === '*' ? using : null))?.branches.every(
                ({ bound }) => bound,
              ) === true,
          )
      if (checked) return []
      const written = axis.flatMap((column) =>
        [
          ...called.source.matchAll(
            new RegExp(`\\bnew\\."?${column.replace(/[^\w]/g, '.')}"?\\s*:?=\\s*([^;]+);`, 'gi'),
          ),
        ].map(([, value]) => value ?? ''),
      )
      const chosen = written.find(
        (value) =>
          !/current_setting|current_user|session_user|\bauth\.|\bcurrent_\w+\(/i.test(value),
      )
      return chosen === undefined
        ? []
        : [
            {
              object: nameOf(relation),
              oid: relation.oid,
              detail: `trigger "${name}" sets ${axis[0] ?? ''} to ${chosen.trim()}`,
              fix: '-- Take the tenant from the session in the trigger, and check it in a policy WITH CHECK.',
            },
          ]
    }),
}
