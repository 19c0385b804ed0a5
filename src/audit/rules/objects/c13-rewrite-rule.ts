/** C13: a rewrite rule writes with its owner's rights. */
import { nameOf } from '../../catalogue/catalogue.ts'
import { qualified, quoted } from '../../sql/quote.ts'
import { always, type Rule } from '../rule.ts'
import { loginsOf, sessionsWith } from '../support.ts'

/** The rule. */
export const c13: Rule = {
  id: 'C13',
  title: "A rewrite rule writes into another table with its owner's rights",
  severities: always('high'),
  explanation:
    "What a rule does is checked against the rights of the table's owner, not of whoever ran the statement.",
  source: 'PostgreSQL documentation, "Rules and Privileges"',
  shownBy: 'catalogue',
  find: (subject) =>
    subject.lookup.catalogue.rules.flatMap(({ table, name, definition }) => {
      const relation = subject.lookup.relation(table)
      const sessions =
        relation === null
          ? []
          : sessionsWith(subject, relation, ['SELECT', 'INSERT', 'UPDATE', 'DELETE'])
      const reached = subject.lookup.catalogue.relations.filter(
        ({ oid, name: other, schema }) =>
          oid !== table &&
          (subject.model.tables.get(oid)?.kind ?? 'shared') !== 'shared' &&
          new RegExp(
            `\\b(?:into|update|from)\\s+(?:only\\s+)?(?:"?${schema}"?\\.)?"?${other.replace(/[^\w]/g, '.')}"?`,
            'i',
          ).test(definition),
      )
      return relation === null || sessions.length === 0 || reached.length === 0
        ? []
        : [
            {
              object: nameOf(relation),
              oid: table,
              roles: loginsOf(sessions),
              detail: `rule "${name}" acts on ${reached.map(nameOf).join(', ')}`,
              fix:
                `DROP RULE ${quoted(name)} ON ${qualified(relation)};\n-- and use a trigger, which ` +
                'runs as the invoker.',
            },
          ]
    }),
}
