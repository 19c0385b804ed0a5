/** B27: a cast in a policy fails on a hidden row and prints it. */
import { nodeOf, walk } from '../../sql/parse.ts'
import { lineageOf } from '../../sql/lineage.ts'
import { always, type Rule } from '../rule.ts'
import { policyHit } from '../support.ts'

const textual = /^(text|character|json|name)|citext$/

/** The rule: a text of the row is cast inside the policy. */
export const b27: Rule = {
  id: 'B27',
  title: 'A policy prints the value of a hidden row when a cast fails',
  severities: always('medium'),
  explanation:
    'The cast runs before it is known whether the row may be seen, and its error quotes the value.',
  source: 'PostgreSQL documentation, CREATE POLICY, notes on functions in policies',
  shownBy: ['error'],
  find: (subject) =>
    subject.model.policies.flatMap((judged) => {
      const { using, relation } = judged
      if (using === null || (subject.model.tables.get(relation.oid)?.kind ?? 'shared') === 'shared')
        return []
      let casts = false
      walk(using.node, ({ kind, fields }) => {
        if (kind !== 'TypeCast') return
        const names = (nodeOf({ TypeName: fields['typeName'] })?.fields['names'] ??
          []) as readonly unknown[]
        const target = nodeOf(names.at(-1))?.fields['sval']
        const [column] = lineageOf(fields['arg'], using.scope).columns
        const type =
          column?.depth === 0
            ? column.relation.columns.find(({ name }) => name === column.column)?.baseType
            : undefined
        if (
          type !== undefined &&
          textual.test(type) &&
          typeof target === 'string' &&
          !/^(text|varchar|bpchar|name|jsonb?|citext)$/.test(target)
        )
          casts = true
      })
      return casts ? [policyHit(subject, { judged, expression: using })] : []
    }),
}
