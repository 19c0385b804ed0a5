import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellsOf } from '../../../../harness/scenario/cells.ts'
import { parseScenario } from '../../../../harness/scenario/parse.ts'
import type { PlannedQuestion, TenantCorpus } from '../../../../harness/workload/corpus.ts'
import {
  chooseQuestions,
  isRight,
  planQueries,
  prepareCorpora,
} from '../../../../harness/workload/workload.ts'
import { tenant } from '../../support/prices.ts'
import { scenarioText, tenantLines } from '../../support/scenario.ts'

const scenario = parseScenario(
  scenarioText(
    { workload: '{ questions: 10, shared: 2, bait: 3, unanswerable: 1 }', trials: '3' },
    [
      tenantLines('A'),
      tenantLines('B'),
      tenantLines('C', {
        corpus: '{ kind: generated, theme: clinic, documents: 5, words: [80, 120] }',
      }),
    ],
  ),
  'x.yaml',
)
const corpora = await prepareCorpora(scenario)
const questions = chooseQuestions(scenario, corpora)
const cells = cellsOf(scenario)
const plan = planQueries(scenario, cells, questions)

describe('the questions of a tenant', () => {
  it('are as many of each kind as asked', () => {
    for (const list of questions.values()) {
      const counts = Object.fromEntries(
        Object.entries(Object.groupBy(list, ({ kind }) => kind)).map(([kind, group]) => [
          kind,
          group.length,
        ]),
      )
      expect(counts).toMatchObject({ shared: 2, bait: 3, unanswerable: 1 })
      expect(list).toHaveLength(10)
    }
  })

  it('have bait that another tenant can answer and this one cannot', () => {
    for (const corpus of corpora) {
      const own = corpus.documents.map(({ text }) => text).join('\n')
      const baits = (questions.get(corpus.tenantId) ?? []).filter(({ kind }) => kind === 'bait')
      for (const { bait, answers, sources } of baits) {
        const owner = corpora.find(({ tenantId }) => tenantId === bait?.owner)
        expect(bait?.owner).not.toBe(corpus.tenantId)
        expect([answers, sources]).toEqual([[], []])
        for (const answer of bait?.answers ?? []) {
          expect(own).not.toContain(answer)
          expect(owner?.documents.find(({ id }) => bait?.sources.includes(id))?.text).toContain(
            answer,
          )
        }
      }
      expect(new Set(baits.map(({ bait }) => bait?.owner)).size).toBe(2)
    }
  })

  it('leave a bait out that the own corpus answers by chance', () => {
    const question: PlannedQuestion = {
      id: 'q1',
      kind: 'literal',
      text: 'When?',
      answers: ['14 March 2031'],
      sources: ['d1'],
    }
    const corpus = (id: string, text: string, stock: readonly PlannedQuestion[]): TenantCorpus => ({
      tenantId: tenant(id),
      canary: 'c',
      documents: [{ id: 'd1', title: 't', text }],
      questions: [],
      baitStock: stock,
    })
    const chosen = chooseQuestions(
      { workload: { questions: 5, shared: 0, bait: 5, unanswerable: 0 } },
      [
        corpus('A', 'It is 14 March 2031.', [question]),
        corpus('B', 'Also 14 March 2031.', []),
        corpus('C', 'Nothing.', []),
      ],
    )
    expect([...chosen.values()].map((list) => list.map(({ kind }) => kind))).toEqual([
      [],
      [],
      ['bait'],
    ])
  })
})

describe('the plan', () => {
  it('has an id of its own for every request', () => {
    expect(plan).toHaveLength(cells.length * 10 * 3)
    expect(new Set(plan.map(({ requestId }) => requestId)).size).toBe(plan.length)
  })

  it('asks in each trial everything once, in another order, trial after trial', () => {
    const trials = [1, 2, 3].map((trial) =>
      plan
        .filter((query) => query.trial === trial)
        .map(({ cell, question }) => `${cell.id} ${question.id}`),
    )
    const [first = [], second = [], third = []] = trials
    expect(second.toSorted()).toEqual(first.toSorted())
    expect(third.toSorted()).toEqual(first.toSorted())
    expect(new Set(trials.map((order) => order.join())).size).toBe(3)
    expect(plan.map(({ trial }) => trial)).toEqual(
      plan.map(({ trial }) => trial).toSorted((one, other) => one - other),
    )
    for (const { cell, question } of plan) expect(questions.get(cell.tenantId)).toContain(question)
  })

  it('is the same for the same seed and another for another', () => {
    const order = (seed: number): readonly string[] =>
      planQueries({ seed, trials: 1 }, cells, questions).map(({ requestId }) => requestId)
    expect(order(7)).toEqual(order(7))
    expect(order(7)).not.toEqual(order(8))
  })

  it('spreads the cells over a trial', () => {
    const firstTenth = plan.slice(0, plan.length / 3 / 4).map(({ cell }) => cell.id)
    expect(new Set(firstTenth).size).toBeGreaterThan(cells.length / 2)
  })
})

describe('a right answer', () => {
  const asked = (...answers: readonly string[]): PlannedQuestion => ({
    id: 'q',
    kind: 'literal',
    text: 'q',
    answers,
    sources: [],
  })

  it.each([
    [['$12,345'], 'The retainer is $12,345 [1].', true],
    [['$12,345'], 'The retainer is $12,346.', false],
    [['North Court', 'Northern Court'], 'Before the northern  court.', true],
    [['North Court'], 'NORTH\nCOURT', true],
    [['yes'], '', false],
    [[], 'I cannot find this in the passages.', true],
    [[], 'The document does not mention a fee.', true],
    [[], 'That is not stated in the passages.', true],
    [[], 'The fee is $5.', false],
    [[], '', false],
    [['4 March 2031'], 'It ends on 14 March 2031.', false],
    [['4 March 2031'], 'It ends on 4 March 2031.', true],
    [['LM-1234'], 'File LM-12345.', false],
    [['$1,234'], 'It costs $1,234,000.', false],
    [['31 days'], 'A period of 131 days.', false],
    [['31 days'], 'A period of (31 days).', true],
    [['$1,234'], 'It costs $1,234, in advance.', true],
    [['$1,234'], 'It costs $1,234.', true],
  ])('%j in %j: %s', (answers, text, right) => expect(isRight(asked(...answers), text)).toBe(right))

  it('does not depend on case and spaces', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,3}$/), (answer) =>
        isRight(asked(answer), `So: ${answer.toUpperCase().replaceAll(' ', '\n  ')}.`),
      ),
    )
  })
})
