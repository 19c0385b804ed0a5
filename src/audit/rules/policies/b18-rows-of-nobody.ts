/** B18: rows without a tenant are seen by all and may be written by each. */
import { always, type Rule } from '../rule.ts'
import { isNobody } from '../../sql/lineage.ts'
import { commandsReached, policyHit } from '../support.ts'

/** The rule: a branch for an empty tenant column in a policy that also governs writes. */
export const b18: Rule = {
  id: 'B18',
  title: 'A tenant can write rows that every other tenant reads',
  severities: always('critical'),
  explanation:
    'Global rows are fine to read. Where the same condition governs writes, each tenant can ' +
    'plant, change or delete what all others see; in a RAG corpus that is poisoning.',
  source:
    'PostgreSQL documentation, CREATE POLICY: without WITH CHECK, USING is used for new rows too',
  shownBy: ['null-insert', 'update', 'delete', 'move'],
  find: (subject) =>
    subject.model.policies.flatMap((judged) => {
      const { policy, using, check, relation } = judged
      const axis = subject.model.tables.get(relation.oid)?.axis ?? []
      const writes = commandsReached(subject, judged).filter((command) => command !== 'r')
      const governing = [
        ...(writes.includes('a') || writes.includes('w') ? [check ?? using] : []),
        ...(writes.includes('w') || writes.includes('d') ? [using] : []),
      ]
      const found = governing.find((expression) =>
        expression?.branches.some(
          ({ atoms, bound }) =>
            !bound &&
            atoms.some(
              (atom) =>
                atom.kind === 'row' &&
                (atom.vector === 'B18' || (atom.constant !== null && isNobody(atom.constant))) &&
                atom.columns.some(({ column }) => axis.includes(column)),
            ),
        ),
      )
      return !policy.permissive || writes.length === 0 || found === undefined || found === null
        ? []
        : [policyHit(subject, { judged, expression: found })]
    }),
}
