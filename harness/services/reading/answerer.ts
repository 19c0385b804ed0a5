/**
 * A reader without a language model: it takes its answer from the passages that the prompt really
 * contains, cites them, says that it cannot find the answer when nothing fits, and misreads as
 * often as the model's profile assumes. What it adds for length is plain talk that states nothing,
 * so that length cannot make an answer right.
 */
import { assumedReading, type ChatModelProfile } from '../../profiles/chat-models.ts'
import type { Random } from '../../../src/base/random.ts'
import { conceptsOf, givesWhatIsAsked, namesIn } from './concepts.ts'
import { relevanceOf } from './relevance.ts'
import { stemsOf } from './stems.ts'

/** A prompt taken apart. */
export interface ReadPrompt {
  readonly question: string
  readonly passages: readonly {
    readonly label: string
    readonly title: string
    readonly text: string
  }[]
}

/** What the reader says when the passages do not hold the answer. */
export const abstention = 'I cannot find this in the passages.'

/**
 * Of a question's topic, so much must stand in the sentence; of its names, so much in the sentence
 * or the title above it.
 */
const leastTopic = 0.3
const leastNames = 0.5
const rightKindBonus = 1.5
const sentenceSegmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/**
 * Takes a prompt apart: numbered passages, whose first line is a title, and the question. Both
 * stand between marked tags; in the prompt of another client the question is what follows the last
 * "Question:".
 */
export function readPrompt(prompt: string): ReadPrompt {
  const blocks = blocksOf(prompt)
  const asked = prompt.lastIndexOf('Question:')
  const question =
    blocks.get('question') ??
    (asked < 0
      ? (prompt.trim().split('\n').at(-1) ?? '')
      : prompt.slice(asked + 'Question:'.length))
  const context = blocks.get('passages') ?? (asked < 0 ? prompt : prompt.slice(0, asked))
  const parts = context.split(/^\[(\d+)\] /m)
  const passages = []
  for (let at = 1; at + 1 < parts.length; at += 2) {
    const [title = '', ...rest] = (parts[at + 1] ?? '').split('\n')
    passages.push({ label: parts[at] ?? '', title: title.trim(), text: rest.join('\n').trim() })
  }
  return { question: question.trim(), passages }
}

/**
 * The marked blocks of a prompt in turn. What looks like a tag inside a block is text of the block.
 */
function blocksOf(prompt: string): ReadonlyMap<string, string> {
  const blocks = new Map<string, string>()
  for (const match of prompt.matchAll(/<(passages|question)-([0-9a-f]+)>\n([^]*?)\n<\/\1-\2>/g))
    blocks.set(match[1] ?? '', match[3] ?? '')
  return blocks
}

interface Sentence {
  readonly text: string
  readonly passage: number
}

/** The answer to a prompt, before it is brought to length. */
export function extractAnswer(
  prompt: ReadPrompt,
  profile: ChatModelProfile,
  random: Random,
): string {
  const sentences = prompt.passages.flatMap(({ text }, passage) =>
    splitSentences(text).map((sentence): Sentence => ({ text: sentence, passage })),
  )
  const order = rankSentences(prompt, sentences)
  const [best] = order
  if (best === undefined) return abstention
  const misreads = random.unit() >= assumedReading(profile, best.passage, prompt.passages.length)
  const chosen = misreads ? order.slice(2, 3) : order.slice(0, 2)
  return chosen.map((sentence) => cite(prompt, sentence)).join(' ') || abstention
}

/** Sentences that may answer, the best first. */
function rankSentences(prompt: ReadPrompt, sentences: readonly Sentence[]): readonly Sentence[] {
  const { question } = prompt
  const titled = sentences.map(
    ({ text, passage }) => `${text} ${prompt.passages[passage]?.title ?? ''}`,
  )
  const { scores } = relevanceOf(question, titled)
  const names = new Set(namesIn(question))
  const topic = new Set(conceptsOf(question).filter((concept) => !names.has(concept)))
  return sentences
    .map((sentence, at) => ({ sentence, titled: titled[at] ?? '', score: scores[at] ?? 0 }))
    .filter(
      ({ sentence, titled: withTitle }) =>
        shareIn(topic, conceptsOf(sentence.text)) >= leastTopic &&
        shareIn(names, stemsOf(withTitle)) >= leastNames,
    )
    .map(({ sentence, score }) => ({
      sentence,
      score: score * (givesWhatIsAsked(question, sentence.text) === true ? rightKindBonus : 1),
    }))
    .sort((one, other) => other.score - one.score)
    .map(({ sentence }) => sentence)
}

function shareIn(wanted: ReadonlySet<string>, present: readonly string[]): number {
  if (wanted.size === 0) return 1
  const there = new Set(present)
  return [...wanted].filter((each) => there.has(each)).length / wanted.size
}

function splitSentences(text: string): readonly string[] {
  return [...sentenceSegmenter.segment(text)]
    .map(({ segment }) => segment.replace(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '')
}

function cite(prompt: ReadPrompt, sentence: Sentence | undefined): string {
  const passage = sentence === undefined ? undefined : prompt.passages[sentence.passage]
  return sentence === undefined || passage === undefined
    ? ''
    : `${sentence.text} [${passage.label}] (${passage.title})`
}

const talk = [
  'That is what the cited passage states.',
  'The other passages add nothing that would change this.',
  'I have kept to the wording of the source where it matters.',
  'Where the passages overlap, they agree with each other.',
  'Please refer to the source for the full context.',
  'This answer rests on the passages above and on nothing else.',
] as const

/**
 * Brings an answer to about so many tokens with talk that states nothing. `count` counts tokens.
 */
export function bringToLength(
  answer: string,
  targetTokens: number,
  count: (text: string) => number,
): string {
  if (answer === abstention) return answer
  const perSentence = talk.map(count)
  let text = answer
  let tokens = count(answer)
  for (let at = 0; tokens + (perSentence[at % talk.length] ?? 1) <= targetTokens; at++) {
    text += ` ${talk[at % talk.length]}`
    tokens += perSentence[at % talk.length] ?? 1
  }
  return text
}
