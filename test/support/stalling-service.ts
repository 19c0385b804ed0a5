/**
 * A service over HTTP that stalls: every so often it answers nothing for a while, and then
 * everything that waited at once. Its schedule begins with the first question, and what it really
 * did is told at /stalls, so that a test can work out what everybody must have waited. It may also
 * answer only so many questions and never another.
 *   node stalling-service.ts '{"everyMs": 10000, "stallMs": 1400, "mostAnswers": 100}'
 */
import { createServer, type ServerResponse } from 'node:http'

/** How a service behaves; what is left out does not happen. */
export interface Stalling {
  /** A stall ends at every multiple of this. */
  readonly everyMs?: number
  readonly stallMs?: number
  readonly mostAnswers?: number
}

/** What it did, in milliseconds since the first question. */
export interface StallReport {
  readonly questions: number
  readonly stalls: readonly { readonly fromMs: number; readonly untilMs: number }[]
}

const {
  everyMs,
  stallMs = 0,
  mostAnswers = Infinity,
} = JSON.parse(process.argv[2] ?? '{}') as Stalling
const stalls: { fromMs: number; untilMs: number }[] = []
let firstMs: number | null = null
let questions = 0
let waiting: ServerResponse[] | null = null

function reply(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}

function sinceFirst(): number {
  return performance.now() - (firstMs ?? 0)
}

/** Begins the schedule: a stall before each multiple. */
function begin(every: number): void {
  const next = (at: number): void =>
    void setTimeout(
      () => stall(at * every, () => next(at + 1)),
      Math.max(0, at * every - stallMs - sinceFirst()),
    )
  next(1)
}

function stall(untilMs: number, then: () => void): void {
  const fromMs = sinceFirst()
  waiting = []
  setTimeout(() => {
    const held = waiting ?? []
    waiting = null
    stalls.push({ fromMs, untilMs: sinceFirst() })
    for (const response of held) answer(response)
    then()
  }, untilMs - fromMs)
}

function answer(response: ServerResponse): void {
  reply(response, { answer: 'I cannot find it' })
}

function ask(response: ServerResponse): void {
  questions++
  if (firstMs === null) {
    firstMs = performance.now()
    if (everyMs !== undefined) begin(everyMs)
  }
  if (questions > mostAnswers) return
  if (waiting === null) answer(response)
  else waiting.push(response)
}

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    if (request.url === '/ask') ask(response)
    else if (request.url === '/stalls') reply(response, { questions, stalls } satisfies StallReport)
    else reply(response, {})
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(
    `listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`,
  )
})
