/**
 * What both chat vendors do once a request is understood: read, answer at length, take time, book.
 */
import { chatModelProfile, type ChatModelProfile } from '../../profiles/chat-models.ts'
import { bringToLength, extractAnswer, readPrompt } from '../reading/answerer.ts'
import { billedPromptTokens, billedTokens } from '../reading/tokenizer.ts'
import type { RequestIdentity, World } from './world.ts'

/** A chat request in either vendor's dress. */
export interface ChatWork {
  readonly identity: RequestIdentity
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly maxOutputTokens: number
}

/** A finished answer and how long it is modelled to take. */
export interface WorkedAnswer {
  readonly text: string
  readonly finishReason: 'stop' | 'length'
  readonly inputTokens: number
  readonly outputTokens: number
  readonly firstTokenMs: number
  readonly decodeMs: number
  /** True when the stream breaks off half way. */
  readonly breaksOff: boolean
}

/** Why a request is refused. */
export type ChatRefusal =
  | { readonly refused: 'unknown-model' }
  | { readonly refused: 'too-long'; readonly inputTokens: number; readonly windowTokens: number }

/** Does the work. Nothing is booked for a refused request. */
export function workChat(world: World, work: ChatWork): WorkedAnswer | ChatRefusal {
  const profile = chatModelProfile(work.model)
  if (profile === undefined) return { refused: 'unknown-model' }
  const inputTokens = billedPromptTokens(work.messages, work.model, profile.tokenFactor)
  if (inputTokens + Math.min(work.maxOutputTokens, 1) > profile.windowTokens)
    return { refused: 'too-long', inputTokens, windowTokens: profile.windowTokens }
  const answer = writeAnswer(world, work, profile)
  world.book(work.identity, {
    kind: 'chat',
    model: work.model,
    inputTokens,
    outputTokens: answer.outputTokens,
  })
  const breaksOff = world.strikes(work.identity, 'abortedStreams')
  // Half of the answer is sent before the break, and takes half the time; all of it is billed.
  return {
    ...answer,
    decodeMs: breaksOff ? answer.decodeMs / 2 : answer.decodeMs,
    inputTokens,
    breaksOff,
  }
}

function writeAnswer(
  world: World,
  work: ChatWork,
  profile: ChatModelProfile,
): Omit<WorkedAnswer, 'inputTokens' | 'breaksOff'> {
  const count = (text: string): number => billedTokens(text, work.model, profile.tokenFactor)
  const random = world.random(work.identity, 'chat')
  const firstTokenMs = random.logNormal(profile.firstTokenMedianMs, profile.firstTokenSigma)
  const tokensPerSecond = random.logNormal(profile.tokensPerSecond, profile.tokensPerSecondSigma)
  const targetTokens = Math.round(random.logNormal(profile.answerMedianTokens, profile.answerSigma))
  const prompt = readPrompt(
    work.messages
      .filter(({ role }) => role === 'user')
      .map(({ content }) => content)
      .join('\n'),
  )
  const whole = bringToLength(
    extractAnswer(prompt, profile, random),
    Math.min(targetTokens, work.maxOutputTokens),
    count,
  )
  const { text, finishReason } = cutAt(whole, work.maxOutputTokens, count)
  const outputTokens = count(text)
  return {
    text,
    finishReason,
    outputTokens,
    firstTokenMs,
    decodeMs: (1_000 * outputTokens) / tokensPerSecond,
  }
}

/** Cuts at the output limit, word by word, as a decoder would stop. */
function cutAt(
  text: string,
  maxTokens: number,
  count: (text: string) => number,
): Pick<WorkedAnswer, 'text' | 'finishReason'> {
  if (count(text) <= maxTokens) return { text, finishReason: 'stop' }
  const words = text.split(/(?<=\s)/)
  let kept = words.length
  while (kept > 0 && count(words.slice(0, kept).join('')) > maxTokens) kept = Math.floor(kept * 0.9)
  return { text: words.slice(0, kept).join(''), finishReason: 'length' }
}

/**
 * The answer in pieces as they go out: the first after the first-token time, the rest evenly over
 * decoding.
 */
export async function* streamPieces(world: World, answer: WorkedAnswer): AsyncGenerator<string> {
  const words = answer.text.split(/(?<=\s)/)
  const perPiece = Math.max(1, Math.ceil(words.length / piecesPerAnswer))
  const sent = answer.breaksOff ? Math.ceil(words.length / 2) : words.length
  await world.wait(answer.firstTokenMs)
  for (let start = 0; start < sent; start += perPiece) {
    if (start > 0) await world.wait((answer.decodeMs * perPiece) / words.length)
    yield words.slice(start, Math.min(start + perPiece, sent)).join('')
  }
}

const piecesPerAnswer = 12
