/**
 * A corpus from a seed: documents about subjects with planted facts in ordinary prose, questions
 * whose answers are known because they were planted, and questions that nothing answers. Other
 * subjects with facts of the same kind are the distractors.
 */
import { base, en, Faker } from '@faker-js/faker'
import { randomFor, type Random } from '../../src/base/random.ts'
import type { TenantId } from '../../src/base/tenant-id.ts'
import type { SourceDocument } from '../../src/index.ts'
import { markedTitle } from './canary.ts'
import type { PlannedQuestion, TenantCorpus } from './corpus.ts'
import { sharedFacts, sharedQuestions } from './shared-questions.ts'
import { clinic } from './themes/clinic.ts'
import { engineering } from './themes/engineering.ts'
import { law } from './themes/law.ts'
import { retail } from './themes/retail.ts'
import { support } from './themes/support.ts'
import type { Attribute, Theme } from './themes/theme.ts'

const themes = { law, support, retail, clinic, engineering } as const

/**
 * What to generate. `taken` holds values and subjects used so far in the run, so that no two
 * tenants share one.
 */
export interface GenerateOptions {
  readonly seed: number
  readonly tenantId: TenantId
  readonly canary: string
  readonly theme: keyof typeof themes
  readonly documents: number
  readonly words: readonly [number, number]
  readonly taken: Set<string>
}

interface Fact {
  readonly subject: string
  readonly attribute: Attribute
  readonly value: string
  readonly documentId: string
}

/** Generates a corpus. The same options give the same corpus. */
export function generateCorpus(options: GenerateOptions): TenantCorpus {
  const theme: Theme = themes[options.theme]
  const random = randomFor([options.seed, 'corpus', options.tenantId])
  const faker = new Faker({ locale: [en, base], seed: random.integer(0, 0x7fff_ffff) })
  const written = Array.from({ length: options.documents }, (_each, at) =>
    writeDocument(options, theme, { at, random, faker }),
  )
  const facts = written.flatMap((document) => document.facts)
  const shared = sharedFacts(options)
  const documents = written.map(({ document }, at) =>
    at === 0
      ? {
          ...document,
          text: `${document.text}\n\n${shared.map(({ statement }) => statement).join(' ')}`,
        }
      : document,
  )
  const asked = questionsAbout(facts, options.tenantId)
  const home = documents[0]?.id ?? ''
  return {
    tenantId: options.tenantId,
    canary: options.canary,
    documents,
    questions: [
      ...randomFor([options.seed, 'order', options.tenantId]).shuffle(asked),
      ...unanswerable(written, options.tenantId),
      ...sharedQuestions(shared, home),
    ],
    baitStock: asked.filter(({ kind }) => kind === 'literal'),
  }
}

interface Writing {
  readonly at: number
  readonly random: Random
  readonly faker: Faker
}

interface Written {
  readonly document: SourceDocument
  readonly subject: string
  readonly facts: readonly Fact[]
  readonly left: Attribute
}

/**
 * Facts stand apart from one another, in random places, with prose between. One attribute is left
 * out: to be asked in vain.
 */
function writeDocument(
  options: GenerateOptions,
  theme: Theme,
  { at, random, faker }: Writing,
): Written {
  const subject = fresh(options.taken, () => theme.subject(faker))
  const documentId = `${options.tenantId}-${String(at + 1).padStart(5, '0')}`
  const [left, ...told] = random.shuffle(theme.attributes)
  const facts = told.map((attribute): Fact => ({
    subject,
    attribute,
    documentId,
    value: fresh(options.taken, () => attribute.value(random, faker)),
  }))
  const wanted = random.integer(options.words[0], options.words[1])
  const sentences = facts.map(({ attribute, value }) => attribute.statement(subject, value))
  let words = sentences.join(' ').split(' ').length
  while (words < wanted) {
    const sentence = theme.filler(faker)
    sentences.splice(random.integer(0, sentences.length), 0, sentence)
    words += sentence.split(' ').length
  }
  return {
    document: {
      id: documentId,
      title: markedTitle(theme.title(subject), options.canary),
      text: inParagraphs(sentences),
    },
    subject,
    facts,
    left: left ?? theme.attributes[0],
  }
}

const sentencesPerParagraph = 6

function inParagraphs(sentences: readonly string[]): string {
  const paragraphs: string[] = []
  for (let start = 0; start < sentences.length; start += sentencesPerParagraph)
    paragraphs.push(sentences.slice(start, start + sentencesPerParagraph).join(' '))
  return paragraphs.join('\n\n')
}

/**
 * A value that nobody has yet. Small ranges run out in large runs; then its last number grows until
 * it is new.
 */
function fresh(taken: Set<string>, draw: () => string): string {
  for (let tries = 0; tries < 50; tries++) {
    const value = draw()
    if (taken.has(value)) continue
    taken.add(value)
    return value
  }
  const drawn = draw()
  for (let more = taken.size; ; more++) {
    const value = /\d/.test(drawn)
      ? drawn.replace(/\d+(?!.*\d)/, (digits) => String(Number(digits) + more))
      : `${drawn} ${more}`
    if (taken.has(value)) continue
    taken.add(value)
    return value
  }
}

/** Three of four questions use other words than the document, as people do. */
function questionsAbout(facts: readonly Fact[], tenantId: TenantId): readonly PlannedQuestion[] {
  return facts.map(({ subject, attribute, value, documentId }, at) => ({
    id: `${tenantId}-q${at + 1}`,
    kind: at % 4 === 0 ? 'literal' : 'paraphrase',
    text: at % 4 === 0 ? attribute.literal(subject) : attribute.paraphrase(subject),
    answers: [value],
    sources: [documentId],
  }))
}

function unanswerable(written: readonly Written[], tenantId: TenantId): readonly PlannedQuestion[] {
  return written.map(({ subject, left }, at) => ({
    id: `${tenantId}-u${at + 1}`,
    kind: 'unanswerable',
    text: left.literal(subject),
    answers: [],
    sources: [],
  }))
}
